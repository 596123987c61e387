// Edit distance over the option table.
#include "cli/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "cli/option_table.hpp"

namespace deadair::cli {
namespace {

// Levenshtein distance: insertions, deletions and replacements that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string suggest_option(std::string_view typed) {
  constexpr std::size_t kNear = 2;
  constexpr std::size_t kLongestTyped = 40;
  typed = typed.substr(0, typed.find('='));
  typed.remove_prefix(std::min(typed.find_first_not_of('-'), typed.size()));
  if (typed.size() < 3 || typed.size() > kLongestTyped) return {};
  std::string_view best;
  std::size_t best_distance = kNear + 1;
  for (const OptionEntry& entry : option_table()) {
    const std::size_t distance = edit_distance(typed, entry.long_name());
    if (distance < best_distance) {
      best = entry.long_name();
      best_distance = distance;
    }
  }
  return best.empty() ? "" : fmt::format("--{}", best);
}

}  // namespace deadair::cli
