// Picks the words by how many there are.
#include "interference/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace deadair::interference {

std::string share_of(std::uint64_t some, std::uint64_t all, std::string_view one,
                     std::string_view many) {
  constexpr std::uint64_t kBoth = 2;
  if (some != all) return fmt::format("{} of {} {}", some, all, all == 1 ? one : many);
  if (all == 1) return fmt::format("the one {}", one);
  if (all == kBoth) return fmt::format("both {}", many);
  return fmt::format("all {} {}", all, many);
}

std::string share_at_start(std::uint64_t some, std::uint64_t all, std::string_view one,
                           std::string_view many) {
  std::string text = share_of(some, all, one, many);
  if (text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

std::string count_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string answered(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {} answered", count_of(count, one, many), count == 1 ? "was" : "were");
}

std::string spoken(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '_', ' ');
  return out;
}

}  // namespace deadair::interference
