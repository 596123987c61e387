// Judges servers that answer no SYN: the finding RST.SYN.NONE.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interference/fates.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"

namespace deadair::interference {

inline constexpr std::string_view kSynRules = "DROP.SYN 1.0";

// A flow of nothing but SYNs of the client, to a server of a known application.
struct SilentSyn {
  FlowNote note;
  std::string app;
  std::string flow;  // Community ID
  std::vector<wire::FrameRef> frames;
  GateSet gates;
};

// One finding for each client, application and server, of flows in which the SYN was sent twice or
// more and nothing came back for 10 s. Nothing when no other flow of the client was answered
// meanwhile. `observed`; `anomalous` when two flows met with silence, and the same server answered
// within 10 minutes: then it is not down. More cannot be told from here: a server that is down, or
// a firewall in front of it, looks the same.
std::vector<Finding> judge_silent_syns(std::span<const SilentSyn> silent, const FateBook& book,
                                       std::int64_t until_ns);

}  // namespace deadair::interference
