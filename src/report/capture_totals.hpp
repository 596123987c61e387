// What all inputs of a run were together, for the head of the text output.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

class CaptureTotals {
 public:
  // At most this many problems are kept word for word; the others are counted.
  static constexpr std::size_t kProblemsKept = 5;

  void add(const Capture& capture, std::string_view name);

  // Nothing is known to be missing: no damage, no loss, no flow ended early for lack of room.
  [[nodiscard]] bool whole() const {
    return problem_count == 0 && truncated == 0 && missed_bytes == 0 && evicted_flows == 0 &&
           kernel_drops.value_or(0) == 0 && interface_drops.value_or(0) == 0;
  }

  std::uint64_t inputs = 0;
  std::string first_name;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::optional<std::pair<std::int64_t, std::int64_t>> span_ns;
  std::map<std::string, std::uint64_t> undecoded;
  std::uint64_t truncated = 0;  // inputs
  std::vector<std::string> problems;
  std::uint64_t problem_count = 0;
  std::uint64_t missed_bytes = 0;
  std::optional<std::uint64_t> kernel_drops;
  std::optional<std::uint64_t> interface_drops;
  std::uint64_t evicted_flows = 0;
  std::set<std::string> gates;  // of any input
};

}  // namespace deadair::report
