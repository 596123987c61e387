// Gathers what flows and calls show of interference, and reports what it comes to at the end.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "call/attempt.hpp"
#include "call/outcome.hpp"
#include "classify/engine.hpp"
#include "flow/flow_table.hpp"
#include "interference/call_story.hpp"
#include "interference/controls.hpp"
#include "interference/finding.hpp"
#include "pipeline/reporter.hpp"
#include "pipeline/tear_downs.hpp"

namespace deadair::pipeline {

class InterferenceStage {
 public:
  explicit InterferenceStage(Reporter& reporter) : reporter_(reporter) {}

  void tcp_packet(std::uint32_t flow, flow::Side from, const wire::Packet& packet) {
    tear_downs_.packet(flow, from, packet);
  }
  // An ended flow, decided. `flow` is its index in the table.
  void flow(std::uint32_t flow, const flow::FlowRecord& record, const flow::FlowKey& key,
            const classify::Decision& decision, const classify::Engine& engine);
  void call(interference::CallStory story);
  // The input is over: findings are judged and reported.
  void finish(std::int64_t now_ns);

 private:
  static constexpr std::size_t kMostTorn = 16384;
  static constexpr std::size_t kMostCalls = 16384;
  struct Named {
    std::uint64_t flows = 0;
    std::uint64_t hits = 0;
  };

  void control(const flow::FlowRecord& record, const flow::FlowKey& key,
               const classify::Decision& decision);
  void judge_resets(std::int64_t now_ns, std::vector<interference::Finding>& findings);

  Reporter& reporter_;
  TearDowns tear_downs_;
  interference::Controls controls_;
  std::vector<TornFlow> torn_;
  std::map<std::string, Named, std::less<>> names_;  // watched ones, of flows that said them
  std::vector<interference::CallStory> calls_;
};

}  // namespace deadair::pipeline
