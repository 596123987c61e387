// The answers at the head of the text output: a sentence to quote for each application and service.
#pragma once

#include <span>
#include <string>

#include "report/records.hpp"
#include "report/text_style.hpp"

namespace deadair::report {

// Something is wrong, or could not be ruled out.
bool raises_doubt(const Verdict& verdict);

// One row for each verdict, those of an application together and the application worst off first;
// below what is degraded or blocked the bound and the explanations left open, with `detailed` below
// each also what it rests on. All rows with `detailed`, else a screenful, and the rest counted.
// Empty without verdicts.
std::string render_verdicts(std::span<const Verdict> verdicts, bool detailed, const Style& style);

}  // namespace deadair::report
