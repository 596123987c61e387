// Pace of packets that cannot be read.
#include "flow/pulse.hpp"

#include <limits>

#include "catch.hpp"

using deadair::flow::Pulse;
using deadair::flow::PulseFacts;

namespace {

constexpr std::int64_t kMs = 1'000'000;

Pulse paced(int count, std::int64_t gap_ms, std::int64_t from_ms = 0) {
  Pulse pulse;
  for (int i = 0; i < count; ++i) pulse.add((from_ms + i * gap_ms) * kMs);
  return pulse;
}

}  // namespace

TEST_CASE("Ten packets in two seconds are lively, nine are not") {
  CHECK(paced(10, 20).lively());
  CHECK_FALSE(paced(9, 20).lively());
  CHECK(paced(10, 190).lively());
}

TEST_CASE("Three packets a second are lively after three seconds") {
  CHECK_FALSE(paced(8, 333).lively());
  CHECK(paced(10, 333).lively());
  CHECK(paced(10, 333, 123'456).lively());
}

TEST_CASE("Keep-alives are not lively, however long they go on") {
  CHECK_FALSE(paced(1000, 1000).lively());
  CHECK_FALSE(paced(1000, 500).lively());
  CHECK_FALSE(paced(1000, 15'000).lively());

  SECTION("nor are bursts of six packets with seconds between them") {
    Pulse pulse;
    for (int burst = 0; burst < 100; ++burst)
      for (int i = 0; i < 6; ++i) pulse.add((burst * 2500 + i * 10) * kMs);
    CHECK_FALSE(pulse.lively());
  }
}

TEST_CASE("What was lively once remains so") {
  Pulse pulse = paced(100, 20);
  for (int i = 0; i < 10; ++i) pulse.add((60'000 + i * 10'000) * kMs);
  CHECK(pulse.lively());
}

TEST_CASE("Pauses of more than 200 ms are counted and summed") {
  Pulse pulse = paced(50, 20);
  const std::int64_t end_ms = 49 * 20;
  pulse.add((end_ms + 200) * kMs);
  CHECK(pulse.facts().pauses == 0);
  pulse.add((end_ms + 450) * kMs);
  pulse.add((end_ms + 1450) * kMs);
  const PulseFacts facts = pulse.facts();
  CHECK(facts.pauses == 2);
  CHECK(facts.paused_ms == 1250);
  CHECK(facts.packets == 53);
  CHECK(facts.first_ns == 0);
  CHECK(facts.last_ns == (end_ms + 1450) * kMs);
}

TEST_CASE("A packet out of order makes no pause") {
  Pulse pulse = paced(50, 20);
  pulse.add(500 * kMs);
  pulse.add(50 * 20 * kMs);
  CHECK(pulse.facts().pauses == 0);
  CHECK(pulse.facts().packets == 52);
}

TEST_CASE("Times that cannot be harm nothing") {
  Pulse pulse;
  for (int i = 0; i < 100; ++i) {
    pulse.add(std::numeric_limits<std::int64_t>::min() + i);
    pulse.add(std::numeric_limits<std::int64_t>::max() - i);
  }
  CHECK(pulse.facts().packets == 200);
  CHECK(Pulse{}.facts().packets == 0);
}
