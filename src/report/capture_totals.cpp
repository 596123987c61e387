// Adds up capture records.
#include "report/capture_totals.hpp"

#include <algorithm>

namespace deadair::report {
namespace {

void add_optional(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

}  // namespace

void CaptureTotals::add(const Capture& capture, std::string_view name) {
  if (inputs++ == 0) first_name = name;
  packets += capture.packets;
  bytes += capture.bytes;
  if (capture.span_ns) {
    const auto& [first, last] = *capture.span_ns;
    if (!span_ns) span_ns = capture.span_ns;
    span_ns->first = std::min(span_ns->first, first);
    span_ns->second = std::max(span_ns->second, last);
  }
  for (const auto& [reason, count] : capture.undecoded) undecoded[reason] += count;
  truncated += capture.truncated ? 1 : 0;
  if (!capture.problem.empty()) {
    ++problem_count;
    if (problems.size() < kProblemsKept) problems.push_back(capture.problem);
  }
  missed_bytes += capture.missed_bytes;
  add_optional(kernel_drops, capture.kernel_drops);
  add_optional(interface_drops, capture.interface_drops);
  evicted_flows += capture.evicted_flows;
  gates.insert(capture.gates.begin(), capture.gates.end());
}

}  // namespace deadair::report
