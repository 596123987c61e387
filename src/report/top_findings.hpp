// Keeps the findings worth showing out of any number that passes by, and counts all of them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

// True for levels at which a finding speaks of interference at all.
constexpr bool is_suspicious(Level level) { return level >= Level::anomalous; }

class TopFindings {
 public:
  // At most `limit` findings are kept, and at most `alike` of one id, application and name that set
  // them off.
  TopFindings(std::size_t limit, std::size_t alike) : limit_(limit), alike_(alike) {}

  // One whose Fold is hidden is passed over: another tells of it. Keeps `finding` only if it is
  // among those to show: higher levels first, then higher scores, then the earlier ones.
  void add(const Finding& finding);

  // How many findings of each id there were, as often as their Fold says.
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  [[nodiscard]] const Counts& counts(Level level) const {
    return counts_[static_cast<std::size_t>(level)];
  }
  [[nodiscard]] std::uint64_t total(Level level) const;
  // Some finding speaks of interference.
  [[nodiscard]] bool suspicious() const;
  // Those kept, the gravest first.
  [[nodiscard]] const std::vector<Finding>& ranked() const { return kept_; }

 private:
  std::size_t limit_;
  std::size_t alike_;
  std::array<Counts, kLevels> counts_;
  std::vector<Finding> kept_;
};

}  // namespace deadair::report
