// A short sorted list of findings; what it cannot hold gives way at its end.
#include "report/top_findings.hpp"

#include <algorithm>
#include <numeric>

namespace deadair::report {
namespace {

bool graver(const Finding& a, const Finding& b) {
  if (a.level != b.level) return a.level > b.level;
  return a.score.value_or(0) > b.score.value_or(0);
}

bool alike(const Finding& a, const Finding& b) {
  return a.id == b.id && a.app == b.app && a.trigger.name == b.trigger.name;
}

}  // namespace

void TopFindings::add(const Finding& finding) {
  if (finding.fold.hidden) return;
  counts_[static_cast<std::size_t>(finding.level)][finding.id] += finding.fold.times;
  // Behind its equals, which came before.
  const auto place = std::upper_bound(kept_.begin(), kept_.end(), finding, graver);
  if (kept_.size() == limit_ && place == kept_.end()) return;
  kept_.insert(place, finding);
  const auto same = [&](const Finding& other) { return alike(other, finding); };
  const bool too_many =
      static_cast<std::size_t>(std::count_if(kept_.begin(), kept_.end(), same)) > alike_;
  if (too_many) {
    kept_.erase(std::prev(std::find_if(kept_.rbegin(), kept_.rend(), same).base()));
  } else if (kept_.size() > limit_) {
    kept_.pop_back();
  }
}

std::uint64_t TopFindings::total(Level level) const {
  const Counts& ids = counts(level);
  return std::accumulate(ids.begin(), ids.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

bool TopFindings::suspicious() const {
  return total(Level::anomalous) + total(Level::likely) + total(Level::confirmed_pattern) > 0;
}

}  // namespace deadair::report
