// What was measured of a finding, and the evidence that -v adds.
#pragma once

#include <string>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

// "held to 128.0 kbit/s", "after 12 packets": one phrase for each measurement.
std::vector<std::string> measured_texts(const Measured& measured);

// "limited by: GATE.END, GATE.MIDFLOW"; empty without gates.
std::string gates_text(const Finding& finding);

// Each item with its weight, the sum, what the sender normally sends, and the flow; a line each.
std::vector<std::string> evidence_lines(const Finding& finding, const InputNames& names);

}  // namespace deadair::report
