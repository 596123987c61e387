// Puts together for a page the findings that speak of the same packets, and those that say the
// same.
#pragma once

#include <vector>

#include "interference/finding.hpp"

namespace deadair::interference {

// Fills in Finding::fold. One tear-down, forged answer or forged page has a finding for each thing
// that shows it: the gravest leads, and names the others. Where several flows fared alike (same
// ids, level, application, trigger, alternatives and gates) the first stands for all.
void fold(std::vector<Finding>& findings);

}  // namespace deadair::interference
