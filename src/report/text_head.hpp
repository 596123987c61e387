// The head of the text output: what was read, what is missing, and each application in one line.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/app_totals.hpp"
#include "report/capture_totals.hpp"
#include "report/text_style.hpp"

namespace deadair::report {

// File, span, counts, and one line for each thing that could not be read.
std::string render_capture(const CaptureTotals& totals, const Summary& summary, const Style& style);

// One line for each recognised application: flows and bytes of each service seen; empty without
// any.
std::string render_apps(std::span<const AppTotal> apps, const Style& style);

}  // namespace deadair::report
