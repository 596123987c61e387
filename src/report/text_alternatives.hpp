// Benign explanations as one line of text.
#pragma once

#include <span>
#include <string>

#include "report/records.hpp"

namespace deadair::report {

// "excluded: dead link (TCP alive); ..." or "open: relay outage (no second vantage); ..." in any
// length; empty when there are none of the kind asked for.
std::string alternatives_text(std::span<const Alternative> considered, bool excluded);

}  // namespace deadair::report
