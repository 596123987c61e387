// Judges connections that freeze after the same amount: TRUNC.BYTES, TRUNC.PKTS and TRUNC.TIME.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "interference/fates.hpp"
#include "interference/finding.hpp"
#include "interference/silent_flow.hpp"

namespace deadair::interference {

inline constexpr std::string_view kTruncationRules = "TRUNC 1.1";

// A connection that went well, and how far it got.
struct GoodFlow {
  IpAddress client, server;
  std::int64_t begin_ns = 0;
  std::int64_t lasted_ns = 0;
  std::uint64_t down_bytes = 0;  // on the wire
  std::uint64_t down_packets = 0;
};

// Whether the flow answered well and then fell silent for 10 s while it was asked: probes or
// retransmissions, three at least, so that a lost tail had been made good. What the server closed
// is not such a flow, nor what it goes on acknowledging.
bool froze(const SilentFlow& silent);

// For each client at most one finding, over five such flows or more to two servers or more, that
// have the same stream bytes from the server (12 to 32 KiB, robust coefficient of variation below
// 0.25), packets (below 0.1 and below that of bytes) or duration (5 s or more; below 0.1). Of
// several the steadiest. Levels: `anomalous`; `likely` when a connection of the client to another
// server went on past the amount, and none to these servers did.
// A flow that fell silent while nothing tells of the line (fate `silent`) is proven by another that
// was heard meanwhile until it fell silent itself. Those that are not count when no two of them
// were silent at one time and the bytes vary by less than 0.1: `observed`; `anomalous` when three
// proven ones to two servers are among them.
std::vector<Finding> judge_truncations(std::span<const SilentFlow> silent,
                                       std::span<const GoodFlow> good);

// 1.4826 times the median deviation from the median, as a share of it; 1 when there is no median.
double robust_variation(std::vector<double> values);

}  // namespace deadair::interference
