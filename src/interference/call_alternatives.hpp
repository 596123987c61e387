// The innocent explanations of calls that fail, each ruled out by what was seen or left open.
#pragma once

#include <span>

#include "interference/call_signs.hpp"
#include "interference/evidence.hpp"

namespace deadair::interference {

// Of the attempts that show a finding; never empty.
void explain(std::span<const CallSign> signs, Evidence& evidence);

// Of the failed attempts of an application.
void explain_failures(std::span<const CallStory* const> failed, std::vector<Alternative>& out);

}  // namespace deadair::interference
