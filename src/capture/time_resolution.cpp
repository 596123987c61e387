// The rare cases: finer than nanoseconds, powers of two, and times out of range.
#include "capture/time_resolution.hpp"

#include <algorithm>
#include <limits>

namespace deadair::capture {
namespace {

constexpr std::uint8_t kPowerOfTwo = 0x80;
constexpr std::uint64_t kMostNs = std::numeric_limits<std::int64_t>::max();
constexpr unsigned kNanoDigits = 9;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr unsigned kFractionBits = 34;  // 2^34 times 10^9 still fits into 64 bits

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

std::uint64_t whole_seconds_and(std::uint64_t seconds, std::uint64_t rest_ns) {
  if (seconds > kMostNs / kSecond) return kMostNs;
  return seconds * kSecond + rest_ns;
}

}  // namespace

TimeResolution::TimeResolution(std::uint8_t tsresol) : tsresol_(tsresol) {
  if (tsresol <= kNanoDigits) {
    ns_per_tick_ = power_of_ten(kNanoDigits - tsresol);
    most_ticks_ = kMostNs / ns_per_tick_;
  } else {
    most_ticks_ = 0;  // always by the slow way
  }
}

void TimeResolution::set_offset(std::int64_t seconds) {
  if (__builtin_mul_overflow(seconds, std::int64_t{1'000'000'000}, &offset_ns_))
    offset_ns_ = seconds < 0 ? std::numeric_limits<std::int64_t>::min()
                             : std::numeric_limits<std::int64_t>::max();
}

std::int64_t TimeResolution::coarse_ns(std::uint64_t ticks) const {
  const auto ns = static_cast<std::int64_t>(std::min(scaled(ticks), kMostNs));
  std::int64_t sum = 0;
  return __builtin_add_overflow(ns, offset_ns_, &sum) ? saturated() : sum;
}

// Nanoseconds of `ticks`, at most kMostNs plus a second.
std::uint64_t TimeResolution::scaled(std::uint64_t ticks) const {
  if (tsresol_ <= kNanoDigits) return ticks > most_ticks_ ? kMostNs : ticks * ns_per_tick_;
  if ((tsresol_ & kPowerOfTwo) == 0) {
    const unsigned extra = tsresol_ - kNanoDigits;
    return extra > std::numeric_limits<std::uint64_t>::digits10 ? 0 : ticks / power_of_ten(extra);
  }
  const unsigned bits = tsresol_ & ~kPowerOfTwo & 0xffU;
  if (bits >= 64) return 0;
  const std::uint64_t seconds = ticks >> bits;
  std::uint64_t rest = ticks - (seconds << bits);
  unsigned rest_bits = bits;
  if (rest_bits > kFractionBits) {
    rest >>= rest_bits - kFractionBits;
    rest_bits = kFractionBits;
  }
  return whole_seconds_and(seconds, rest * kSecond >> rest_bits);
}

// A sum only overflows towards the sign of the offset, as ticks are never negative.
std::int64_t TimeResolution::saturated() const {
  return offset_ns_ < 0 ? std::numeric_limits<std::int64_t>::min()
                        : std::numeric_limits<std::int64_t>::max();
}

}  // namespace deadair::capture
