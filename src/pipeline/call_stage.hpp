// Gathers what flows show of calls, and reports each call when it is over.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "call/chat_book.hpp"
#include "call/joiner.hpp"
#include "call/outcome.hpp"
#include "call/sightings.hpp"
#include "call/sip_dialogs.hpp"
#include "classify/call_watch.hpp"
#include "classify/engine.hpp"
#include "pipeline/interference_stage.hpp"
#include "pipeline/reporter.hpp"

namespace deadair::pipeline {

class CallStage final : public classify::CallWatch, public call::AttemptSink {
 public:
  CallStage(Reporter& reporter, InterferenceStage& interference);

  // The first packet of all.
  void start(std::int64_t ts_ns) { begins_ns_ = ts_ns; }
  void may_be_call(const flow::FlowKey& key, std::int64_t ts_ns) override {
    joiner_.begin(key, ts_ns);
  }
  void ice_session(std::uint64_t session) override { joiner_.begin_session(session); }
  void signalling(const wire::Packet& packet) override;
  void dns(const wire::Packet& packet, const proto::dns::Message& message,
           std::string_view app) override {
    interference_.dns(packet, message, app);
  }
  std::uint64_t chat_begins(const IpAddress& client, std::uint32_t classifier,
                            const flow::ChatTrack& track, std::int64_t ts_ns) override {
    return chats_.begin(client, classifier, track, ts_ns);
  }
  void chat_ends(std::uint64_t number, std::int64_t ts_ns) override { chats_.end(number, ts_ns); }
  // A flow has packets in both directions.
  void answered(const flow::FlowKey& key, std::int64_t ts_ns) {
    sightings_.note(key.a, ts_ns);
    sightings_.note(key.b, ts_ns);
    interference_.answered(key, ts_ns);
  }
  // An ended flow, decided.
  void flow(const flow::FlowRecord& record, const flow::FlowKey& key,
            const classify::Decision& decision, const classify::Engine& engine,
            std::int64_t now_ns);
  // Packet time has come to `now_ns`.
  void pass_time(std::int64_t now_ns);
  // The input is over.
  void finish(std::int64_t now_ns);

 private:
  void finished(const call::Attempt& attempt, std::int64_t known_until_ns) override;

  void report_dialogs(std::int64_t now_ns);
  [[nodiscard]] const call::SipDialog* dialog_of(const call::FlowEvidence& evidence) const;
  call::Joiner::Id attempt_of(const call::SipDialog& dialog);

  call::Joiner joiner_;
  call::SipDialogs dialogs_;
  std::unordered_map<call::SipCall, call::Joiner::Id> dialog_attempts_;
  std::vector<call::SipDialog> ended_dialogs_;
  call::ChatBook chats_;
  call::Sightings sightings_;
  Reporter& reporter_;
  InterferenceStage& interference_;
  std::vector<flow::MediaTrack::Stream> streams_;
  std::vector<call::StreamSample> samples_;
  std::int64_t begins_ns_ = 0;
};

}  // namespace deadair::pipeline
