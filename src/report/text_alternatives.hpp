// Benign explanations as lines of text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

// "excluded: dead link (TCP alive); ..." or "open: relay outage (no second vantage); ..." in at
// most `most` lines of `width` columns, without the reasons where they find no room there; empty
// when there are none of the kind asked for.
std::vector<std::string> alternatives_lines(std::span<const Alternative> considered, bool excluded,
                                            std::size_t width, std::size_t most);

}  // namespace deadair::report
