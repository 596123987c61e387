// Counts how the flows of each application went that are no calls: text, web, transfers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "classify/engine.hpp"
#include "flow/key.hpp"
#include "flow/record.hpp"
#include "interference/controls.hpp"
#include "interference/gates.hpp"
#include "interference/verdicts.hpp"

namespace deadair::pipeline {

class ServiceDesk {
 public:
  // An ended flow, decided, and what it shows itself of the capture's gaps: where one direction is
  // missing, silence is none.
  void flow(const flow::FlowRecord& record, const flow::FlowKey& key,
            const classify::Decision& decision, const interference::GateSet& gates);
  // The flow that began with this packet was answered, and torn down or cut off by somebody else:
  // it did not go well.
  void deny(wire::FrameRef frame_first);
  // Of the whole run.
  [[nodiscard]] std::vector<interference::ServiceTally> tallies(
      const interference::Controls& controls) const;

 private:
  static constexpr std::size_t kMostTallies = 256, kMostServers = 64, kMostAnswered = 1U << 16;

  struct Tally {
    interference::ServiceTally sum;
    std::set<IpAddress> servers;  // that failed
    IpAddress client;             // of the first failure
    std::int64_t failed_from_ns = 0, failed_to_ns = 0;

    void fail(const IpAddress& of, const IpAddress& server, std::int64_t from_ns,
              std::int64_t to_ns);
  };
  struct Answered {
    Tally* tally = nullptr;
    IpAddress client, server;
    std::int64_t from_ns = 0, to_ns = 0;
  };

  std::map<std::pair<std::string, interference::Service>, Tally> tallies_;
  std::unordered_map<std::uint64_t, Answered> answered_;  // by the flow's first packet
};

}  // namespace deadair::pipeline
