// Turns ended flows and inputs into records for the sink.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "call/attempt.hpp"
#include "call/outcome.hpp"
#include "capture/packet_source.hpp"
#include "classify/engine.hpp"
#include "flow/community_id.hpp"
#include "flow/flow_table.hpp"
#include "flow/media_track.hpp"
#include "flow/tcp_track.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"
#include "interference/verdicts.hpp"
#include "report/records.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// What only the flows and the decoder know of an input.
struct InputCounts {
  std::array<std::uint64_t, static_cast<std::size_t>(wire::Undecoded::count_)> undecoded{};
  std::uint64_t missed_bytes = 0;
  std::uint64_t evicted_flows = 0;
};

// Text flows of the same application and client around a call.
struct ChatBeside {
  std::uint32_t flows = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::optional<double> rtt_ms;
};

class Reporter {
 public:
  explicit Reporter(report::Sink& sink) : sink_(sink), complete_(sink.complete()) {}

  // `track` and `media` are the flow's, null when it has none; `missed_bytes` what the tracker
  // counted.
  void flow(const flow::FlowRecord& record, const flow::FlowKey& key,
            const classify::Decision& decision, const flow::TcpTrack* track,
            std::uint64_t missed_bytes, const flow::MediaTrack* media);
  // Returns the number of the call.
  std::uint64_t call(const call::Attempt& attempt, const call::Verdict& verdict,
                     const call::Quality& quality, const ChatBeside& chat);
  void finding(const interference::Finding& finding);
  void verdict(const interference::AppVerdict& verdict);
  // Empty when no sink shows it. Valid until the next call.
  std::string_view community_id(const flow::FlowKey& key) {
    return complete_ ? community_id_.of(key) : std::string_view();
  }
  void capture(std::uint32_t input, const capture::InputSummary& summary, const InputCounts& counts,
               const interference::GateSet& gates);
  // Distinct clients of recognised flows so far; counting stops at a million.
  [[nodiscard]] std::uint64_t clients() const { return clients_.size(); }

 private:
  void add_tcp(report::Flow& out, const flow::FlowRecord& record, const flow::TcpTrack* track);
  void add_rtp(report::Flow& out, const flow::FlowRecord& record, const flow::MediaTrack& media);

  report::Sink& sink_;
  bool complete_;
  flow::CommunityId community_id_;
  std::vector<report::Signal> signals_;
  std::vector<report::Flow::Closing> closings_;
  std::vector<flow::MediaTrack::Stream> streams_;
  std::vector<report::RtpStream> rtp_;
  std::set<IpAddress> clients_;
  std::uint64_t calls_ = 0;
};

// How a TCP flow stands or ended: the `tcp_state` of its record.
std::string_view tcp_state(const flow::FlowRecord& record);

}  // namespace deadair::pipeline
