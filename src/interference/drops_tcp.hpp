// Judges TCP flows that fall silent after what they said: DROP.TRIGGER.SNI, HOST and FEP.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "interference/fates.hpp"
#include "interference/finding.hpp"
#include "interference/silent_flow.hpp"

namespace deadair::interference {

inline constexpr std::string_view kTcpDropRules = "DROP.TCP 1.3";

// How a flow that was silent at its end went: `dropped` when the condition of DROP.TRIGGER.* is
// met, `froze` when it went well before and then met the same condition, otherwise `silent`,
// `silent_syn` or `unseen`. `book` holds the flows that were not silent.
FlowFate fate_of(const SilentFlow& silent, const FateBook& book, std::int64_t until_ns);

// Fell silent within ten packets and 5 s after its trigger.
bool follows_trigger(const SilentFlow& silent);

// While the segment was sent again, another flow of the same client went on: the link was alive.
bool link_alive(const SilentFlow& silent, const FateBook& book);

// One finding for each client and trigger (FEP: and server). Only flows whose note says `dropped`.
// Levels:
//   observed   the condition is met in one flow;
//   anomalous  in two or more, none with the trigger went well, and a flow without it to the same
//              server went well within 10 minutes;
//   likely     in three or more, three flows without the trigger to the same server went well, none
//              failed for a reason of its own, and it is no matter of the segment's size.
// Flows with the trigger whose fate is `silent` count neither way.
// `book` holds all flows.
std::vector<Finding> judge_tcp_drops(std::span<const SilentFlow> silent, const FateBook& book);

}  // namespace deadair::interference
