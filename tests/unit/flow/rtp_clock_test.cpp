// Clocks of payload types and of timestamps.
#include "flow/rtp_clock.hpp"

#include "catch.hpp"
#include "flow/media_kind.hpp"

using namespace deadair;
using flow::clock_of;
using flow::static_type;

constexpr std::int64_t kSecond = 1'000'000'000;

TEST_CASE("Static payload types are those of RFC 3551") {
  for (const int type : {0, 3, 4, 8, 9, 13, 18}) {
    CHECK(static_type(static_cast<std::uint8_t>(type)).clock == 8000);
    CHECK(static_type(static_cast<std::uint8_t>(type)).kind == flow::media_kind::kVoice);
  }
  for (const int type : {26, 31, 32, 34}) {
    CHECK(static_type(static_cast<std::uint8_t>(type)).clock == 90000);
    CHECK(static_type(static_cast<std::uint8_t>(type)).kind == flow::media_kind::kVideo);
  }
  for (const int type : {1, 2, 20, 35, 96, 127}) {
    CHECK(static_type(static_cast<std::uint8_t>(type)).clock == 0);
    CHECK(static_type(static_cast<std::uint8_t>(type)).kind == 0);
  }
}

TEST_CASE("Measured clocks snap to the usual ones") {
  for (const std::uint32_t hz : {8000U, 16000U, 24000U, 32000U, 44100U, 48000U, 90000U}) {
    CHECK(clock_of(2 * hz, 2 * kSecond) == hz);
    CHECK(clock_of(2 * hz, 2 * kSecond + kSecond / 20) == hz);
  }
  CHECK(clock_of(60000, kSecond) == 0);
  CHECK(clock_of(10000, kSecond) == 0);
  CHECK(clock_of(48000, kSecond / 2 * 3) == 32000);
}

TEST_CASE("Too short a stretch, or none, says nothing") {
  CHECK(clock_of(24000, kSecond / 2) == 0);
  CHECK(clock_of(0, 0) == 0);
  CHECK(clock_of(0xffffffff, -kSecond) == 0);
  CHECK(clock_of(0, 10 * kSecond) == 0);
}
