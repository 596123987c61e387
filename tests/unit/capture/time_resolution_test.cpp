// Clocks of pcapng interfaces, at their limits too.
#include "capture/time_resolution.hpp"

#include <limits>

#include "catch.hpp"

using deadair::capture::TimeResolution;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMostTicks = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("time resolution: powers of ten") {
  CHECK(TimeResolution().to_ns(1'234'567) == 1'234'567'000);
  CHECK(TimeResolution(0).to_ns(3) == 3'000'000'000);
  CHECK(TimeResolution(3).to_ns(1500) == 1'500'000'000);
  CHECK(TimeResolution(9).to_ns(42) == 42);
  CHECK(TimeResolution(12).to_ns(5'999) == 5);
  CHECK(TimeResolution(28).to_ns(kMostTicks) == 1);
  CHECK(TimeResolution(29).to_ns(kMostTicks) == 0);
  CHECK(TimeResolution(127).to_ns(kMostTicks) == 0);
}

TEST_CASE("time resolution: powers of two") {
  CHECK(TimeResolution(0x80).to_ns(7) == 7'000'000'000);
  CHECK(TimeResolution(0x81).to_ns(3) == 1'500'000'000);
  CHECK(TimeResolution(0x80 | 32).to_ns((std::uint64_t{1'700'000'000} << 32) | 0x4000'0000) ==
        1'700'000'000'250'000'000);
  CHECK(TimeResolution(0x80 | 60).to_ns(std::uint64_t{3} << 59) == 1'500'000'000);
  CHECK(TimeResolution(0xff).to_ns(kMostTicks) == 0);
}

TEST_CASE("time resolution: what does not fit becomes the nearest that does") {
  CHECK(TimeResolution(0).to_ns(kMostTicks) == kMost);
  CHECK(TimeResolution(6).to_ns(kMostTicks) == kMost);
  CHECK(TimeResolution(9).to_ns(kMostTicks) == kMost);
  CHECK(TimeResolution(0x80).to_ns(kMostTicks) == kMost);

  TimeResolution late(6);
  late.set_offset(kMost);
  CHECK(late.to_ns(1) == kMost);
  CHECK(late.to_ns(kMostTicks) == kMost);
  TimeResolution early(6);
  early.set_offset(std::numeric_limits<std::int64_t>::min());
  CHECK(early.to_ns(0) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("time resolution: offsets") {
  TimeResolution clock(6);
  clock.set_offset(-2);
  CHECK(clock.to_ns(500'000) == -1'500'000'000);
  clock.set_offset(1'700'000'000);
  CHECK(clock.to_ns(1) == 1'700'000'000'000'001'000);
}
