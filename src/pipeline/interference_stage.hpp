// Gathers what flows and calls show of interference, and reports what it comes to at the end.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call/attempt.hpp"
#include "call/outcome.hpp"
#include "classify/engine.hpp"
#include "flow/flow_table.hpp"
#include "interference/call_story.hpp"
#include "interference/controls.hpp"
#include "interference/dns_book.hpp"
#include "interference/finding.hpp"
#include "interference/fingerprints.hpp"
#include "interference/heard_log.hpp"
#include "interference/reset_bursts.hpp"
#include "interference/verdicts.hpp"
#include "interference/watch_list.hpp"
#include "pipeline/answers_desk.hpp"
#include "pipeline/context_desk.hpp"
#include "pipeline/fate_desk.hpp"
#include "pipeline/gate_desk.hpp"
#include "pipeline/refusal_desk.hpp"
#include "pipeline/reporter.hpp"
#include "pipeline/service_desk.hpp"
#include "pipeline/silence_desk.hpp"
#include "pipeline/tear_downs.hpp"

namespace deadair::pipeline {

class InterferenceStage {
 public:
  InterferenceStage(Reporter& reporter, std::vector<IpPrefix> public_nets,
                    interference::WatchList watch_list)
      : reporter_(reporter),
        watch_list_(std::move(watch_list)),
        public_nets_(std::move(public_nets)),
        answers_(public_nets_),
        refusals_(public_nets_),
        fates_(public_nets_),
        names_asked_(public_nets_) {}

  // Fetch ahead, in this order, what tcp_packet() will read.
  [[gnu::always_inline]] void prefetch_slot(std::uint32_t flow) const {
    tear_downs_.prefetch_slot(flow);
  }
  [[gnu::always_inline]] void prefetch(std::uint32_t flow) const { tear_downs_.prefetch(flow); }
  void tcp_packet(std::uint32_t flow, flow::Side from, const wire::Packet& packet) {
    fates_.tcp_packet(flow, from, packet);
    tear_downs_.packet(flow, from, packet);
    answers_.packet(flow, from, packet);
  }
  GateDesk& gates() { return gates_; }
  void icmp(const wire::Packet& packet) { refusals_.packet(packet); }
  void udp_packet(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
                  const wire::Packet& packet) {
    fates_.udp_packet(flow, from, record, packet);
  }
  void syn(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
           const wire::Packet& packet) {
    fates_.syn(flow, from, record, packet);
  }
  // A DNS message; `app` is whose name it asks for, empty for nobody's.
  void dns(const wire::Packet& packet, const proto::dns::Message& message, std::string_view app);
  // An ended flow, decided. `flow` is its index in the table, `gates` what it shows itself.
  void flow(std::uint32_t flow, const flow::FlowRecord& record, const flow::FlowKey& key,
            const classify::Decision& decision, const classify::Engine& engine,
            const interference::GateSet& gates);
  // A flow got its first answer.
  void answered(const flow::FlowKey& key, std::int64_t ts_ns);
  // The host was told something in the second that begins so.
  void heard(const IpAddress& host, std::int64_t ts_ns) {
    heard_.note(host, ts_ns, interference::HeardLog::What::came);
  }
  void call(interference::CallStory story);
  // The input is over: findings are judged and reported.
  void finish(std::int64_t now_ns);

 private:
  static constexpr std::size_t kMostTorn = 16384;
  static constexpr std::size_t kMostCalls = 16384;
  static constexpr std::size_t kMostNames = 65536;
  struct Named {
    std::uint64_t flows = 0;
    std::uint64_t hits = 0;
  };

  void control(const flow::FlowRecord& record, const flow::FlowKey& key,
               const classify::Decision& decision, const classify::Engine& engine);
  Named* name_of(std::string_view host);  // null when there is no room
  void note_closed_ports();
  void gather_resets(interference::FingerprintLedger& ledger, interference::ResetBursts& bursts);
  void judge_resets(std::vector<interference::Finding>& findings);

  Reporter& reporter_;
  interference::WatchList watch_list_;
  std::vector<IpPrefix> public_nets_;
  GateDesk gates_;
  TearDowns tear_downs_;
  SilenceDesk silences_;
  AnswersDesk answers_;
  RefusalDesk refusals_;
  FateDesk fates_;
  interference::Controls controls_;
  interference::HeardLog heard_;
  std::vector<TornFlow> torn_;
  std::map<std::string, Named, std::less<>> names_;  // watched ones, of flows that said them
  ContextDesk contexts_;
  std::vector<interference::CallStory> calls_;
  std::vector<std::uint32_t> call_epochs_;  // parallel to calls_
  ServiceDesk services_;
  interference::DnsBook names_asked_;
};

}  // namespace deadair::pipeline
