// Writes what was done, one line of JSON for each rule and flow.
#pragma once

#include <ostream>

#include "rule.hpp"

namespace deadair::middlebox {

class Truth {
 public:
  // `ready_unix_ns`: the wall clock when the times of the rules began.
  Truth(std::ostream& out, std::int64_t ready_unix_ns) : out_(out), ready_unix_ns_(ready_unix_ns) {}

  // Writes the flow's lines: of every rule that did something to it, in the rules' order.
  void write(const std::vector<Rule>& rules, const FlowState& flow);

 private:
  std::ostream& out_;
  std::int64_t ready_unix_ns_;
};

}  // namespace deadair::middlebox
