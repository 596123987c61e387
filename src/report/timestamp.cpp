// Calendar arithmetic on nanoseconds since 1970, rounding down also before it.
#include "report/timestamp.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace deadair::report {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

constexpr std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

std::chrono::year_month_day date_of(std::int64_t day) {
  return std::chrono::sys_days(std::chrono::days(day));
}

// `count` decimal digits of `value`, most significant first.
void put_digits(char* out, std::uint32_t value, std::size_t count) {
  for (std::size_t i = count; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

void TimestampFormatter::use_minute(std::int64_t minute) {
  const std::int64_t day = floor_div(minute, 24 * 60);
  const auto of_day = static_cast<std::uint32_t>(minute - day * 24 * 60);
  const auto date = date_of(day);
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  constexpr std::string_view kShape = "0000-00-00T00:00:";
  std::copy(kShape.begin(), kShape.end(), prefix_.begin());
  put_digits(&prefix_[0], year, 4);
  put_digits(&prefix_[5], static_cast<unsigned>(date.month()), 2);
  put_digits(&prefix_[8], static_cast<unsigned>(date.day()), 2);
  put_digits(&prefix_[11], of_day / 60, 2);
  put_digits(&prefix_[14], of_day % 60, 2);
  minute_ = minute;
}

void TimestampFormatter::append(Buffer& out, std::int64_t ts_ns) {
  const std::int64_t minute = floor_div(ts_ns, kMinute);
  if (minute != minute_) use_minute(minute);
  // Unsigned, because minute * kMinute leaves the signed range for the very first times.
  const std::uint64_t in_minute = static_cast<std::uint64_t>(ts_ns) -
                                  static_cast<std::uint64_t>(minute) * std::uint64_t{kMinute};
  const auto nanos = static_cast<std::uint32_t>(in_minute % kSecond);
  const bool fine = nanos % 1000 != 0;
  const std::size_t digits = fine ? 9 : 6;
  const std::span<char> text = out.room(31);
  std::copy(prefix_.begin(), prefix_.end(), text.begin());
  put_digits(&text[17], static_cast<std::uint32_t>(in_minute / kSecond), 2);
  text[19] = '.';
  put_digits(&text[20], fine ? nanos : nanos / 1000, digits);
  text[20 + digits] = 'Z';
  out.keep(21 + digits);
}

std::string readable_time(std::int64_t ts_ns) {
  const std::int64_t day = floor_div(ts_ns, kDay);
  const auto date = date_of(day);
  return fmt::format("{:04}-{:02}-{:02} {}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     readable_clock(ts_ns).substr(0, 8));
}

std::string readable_clock(std::int64_t ts_ns) {
  const std::int64_t second = floor_div(ts_ns, kSecond);
  const std::int64_t of_day = second - floor_div(second, 86'400) * 86'400;
  const std::int64_t millis = floor_div(ts_ns, 1'000'000) - second * 1000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", of_day / 3600, of_day / 60 % 60, of_day % 60,
                     millis);
}

bool same_day(std::int64_t a_ns, std::int64_t b_ns) {
  return floor_div(a_ns, kDay) == floor_div(b_ns, kDay);
}

}  // namespace deadair::report
