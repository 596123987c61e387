// The course of a call in words: set-up, ring, talk, end, and what changed on the way.
#pragma once

#include <string>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

// `set-up 1.9 s > ring 6.0 s > talk 3m 04s > end 20:19:51`, the time UTC. Set-up and ring together
// last until media flows both ways, or until the end of a call without any.
std::string timeline(const Call& call);

// What changed during the call: when a camera was on, unless it was on throughout, and when nothing
// came from either side. Empty for most calls.
std::vector<std::string> media_changes(const Call& call);

}  // namespace deadair::report
