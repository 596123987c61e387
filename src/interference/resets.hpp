// Judges how a TCP flow was torn down: the findings of the families RST and INJ.
#pragma once

#include <vector>

#include "interference/finding.hpp"
#include "interference/fingerprints.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

inline constexpr std::string_view kResetRules = "RESETS 1.2";

// The tear-downs of a flow that are to be judged: at most one of each side.
std::vector<TearDown> tear_downs_of(const TcpStory& story);

// For each tear-down one finding of its shape (RST.*), and one for each thing that speaks against
// its sender (INJ.*); all findings of one tear-down share its evidence and level. Most of what ends
// connections is innocent: such findings are `observed`. `ledger` has taken in all tear-downs of
// the run, this flow's included. App, flow and tests are the caller's to fill in.
std::vector<Finding> judge_resets(const TcpStory& story, const Context& context,
                                  const FingerprintLedger& ledger);

}  // namespace deadair::interference
