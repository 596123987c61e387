// Rounding of quantities to a unit that keeps them short.
#include "report/human.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace deadair::report {
namespace {

// `value` with one digit after the point below 10, none above; at least 1000 moves to the next
// unit.
template <std::size_t N>
std::string scaled(std::uint64_t value, const std::array<std::string_view, N>& units) {
  auto number = static_cast<double>(value);
  std::size_t unit = 0;
  while (number >= 999.5 && unit + 1 < N) {
    number /= 1000;
    ++unit;
  }
  const int digits = unit > 0 && number < 9.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}", number, digits, units[unit]);
}

}  // namespace

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> kUnits = {" B",  " kB", " MB", " GB",
                                                      " TB", " PB", " EB"};
  return scaled(bytes, kUnits);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string short_count(std::uint64_t count) {
  if (count < 10'000) return std::to_string(count);
  constexpr std::array<std::string_view, 7> kUnits = {"", "k", "M", "G", "T", "P", "E"};
  return scaled(count, kUnits);
}

std::string human_duration(std::int64_t ns) {
  const std::int64_t millis = std::max<std::int64_t>(ns, 0) / 1'000'000;
  if (millis < 1000) return fmt::format("{} ms", millis);
  const std::int64_t seconds = millis / 1000;
  if (seconds < 60) return fmt::format("{}.{} s", seconds, millis / 100 % 10);
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}m {:02}s", minutes, seconds % 60);
  const std::int64_t hours = minutes / 60;
  if (hours < 24) return fmt::format("{}h {:02}m", hours, minutes % 60);
  const std::int64_t days = hours / 24;
  return days < 100 ? fmt::format("{}d {:02}h", days, hours % 24) : fmt::format("{} d", days);
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", human_count(count), noun, count == 1 ? "" : "s");
}

}  // namespace deadair::report
