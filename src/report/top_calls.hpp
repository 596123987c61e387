// Keeps the calls worth showing out of any number that passes by, and counts all of them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

// A call record that owns its text; it has no Community IDs but knows their number.
class OwnedCall {
 public:
  explicit OwnedCall(const Call& call);
  // Moving keeps the text where it is; copying would leave the views pointing into the original.
  OwnedCall(OwnedCall&&) = default;
  OwnedCall& operator=(OwnedCall&&) = default;
  OwnedCall(const OwnedCall&) = delete;
  OwnedCall& operator=(const OwnedCall&) = delete;

  [[nodiscard]] const Call& call() const { return call_; }
  [[nodiscard]] std::size_t flows() const { return flows_; }

 private:
  Call call_;
  std::size_t flows_;
  std::vector<char> text_;  // what the views of call_ point into
  std::vector<CallTarget> relays_;
  std::vector<CallTarget> peers_;
  std::vector<CallStretch> stretches_;
};

// True for outcomes in which something went wrong: neither a good call nor a callee who does not
// answer, nor a caller who gives up, nor what the capture cannot tell.
bool went_wrong(CallOutcome outcome);

// Calls by outcome.
using OutcomeCounts = std::array<std::uint64_t, kCallOutcomes>;

class TopCalls {
 public:
  explicit TopCalls(std::size_t limit) : limit_(limit) {}

  // Copies `call` only if it is among the `limit` to show: those that went wrong before others,
  // then the earlier ones.
  void add(const Call& call);

  [[nodiscard]] const OutcomeCounts& counts() const { return counts_; }
  // The calls kept, by start; of more than `most` those to give way first are left out.
  [[nodiscard]] std::vector<const OwnedCall*> in_order(std::size_t most = SIZE_MAX) const;

 private:
  std::size_t limit_;
  OutcomeCounts counts_{};
  std::vector<OwnedCall> heap_;  // the first to give way at the front
};

}  // namespace deadair::report
