// Distances, other ports' TTLs, and hosts behind one address, learnt from handshakes.
#include "interference/handshakes.hpp"

#include "catch.hpp"
#include "interference/tcp_story.hpp"

using namespace deadair;
using interference::Handshakes;
using interference::kMs;
using interference::kSecond;

namespace {

const IpAddress kClient = IpAddress::v4(0x0a00'0005), kServer = IpAddress::v4(0xc633'6407),
                kOther = IpAddress::v4(0xc633'6408);
constexpr std::int64_t kStart = 1'600'000'000 * kSecond;

// A clock that ticks in milliseconds and stood at `zero` at the start.
std::uint32_t clock_at(std::uint32_t zero, std::int64_t ts_ns) {
  return zero + static_cast<std::uint32_t>((ts_ns - kStart) / kMs);
}

}  // namespace

TEST_CASE("The shortest way from SYN to answer is a pair's distance") {
  Handshakes handshakes;
  CHECK_FALSE(handshakes.distance(kClient, kServer));
  handshakes.accepted(kClient, kServer, 443, 52, 48 * kMs);
  handshakes.accepted(kClient, kServer, 443, 52, 40 * kMs);
  handshakes.accepted(kClient, kServer, 443, 52, 95 * kMs);
  const auto distance = handshakes.distance(kClient, kServer);
  REQUIRE(distance);
  CHECK(distance->least_ns == 40 * kMs);
  CHECK(distance->count == 3);
  CHECK_FALSE(handshakes.distance(kClient, kOther));
  CHECK_FALSE(handshakes.distance(kServer, kClient));
}

TEST_CASE("Another port of the server shows its TTL") {
  Handshakes handshakes;
  CHECK_FALSE(handshakes.ttl_elsewhere(kServer, 443));
  handshakes.accepted(kClient, kServer, 443, 52, kMs);
  CHECK_FALSE(handshakes.ttl_elsewhere(kServer, 443));
  CHECK(handshakes.ttl_elsewhere(kServer, 8443) == 52);
  handshakes.accepted(kClient, kServer, 22, 51, kMs);
  CHECK(handshakes.ttl_elsewhere(kServer, 443) == 51);
  CHECK(handshakes.ttl_elsewhere(kServer, 22) == 52);
  CHECK_FALSE(handshakes.ttl_elsewhere(kOther, 443));
}

TEST_CASE("Two clocks in turn are two hosts behind one address") {
  Handshakes handshakes;
  for (int i = 0; i < 4; ++i) {
    const std::int64_t ts_ns = kStart + i * 7 * kSecond;
    CHECK_FALSE(handshakes.several_clocks());
    const std::uint32_t zero = i % 2 == 0 ? 1'000'000 : 3'000'000'000;
    handshakes.asked(kClient, kServer, clock_at(zero, ts_ns), ts_ns);
  }
  CHECK(handshakes.several_clocks());
}

TEST_CASE("A host with one clock, or a new one for each connection, is one host") {
  Handshakes handshakes;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t ts_ns = kStart + i * 7 * kSecond;
    handshakes.asked(kClient, kServer, clock_at(1'000'000, ts_ns), ts_ns);
    handshakes.asked(kClient, kOther, static_cast<std::uint32_t>(i) * 123'456'789, ts_ns);
    handshakes.asked(kServer, kOther, std::nullopt, ts_ns);
  }
  CHECK_FALSE(handshakes.several_clocks());

  // Restarted in between: the first clock never comes back.
  Handshakes restarted;
  for (int i = 0; i < 10; ++i) {
    const std::int64_t ts_ns = kStart + i * 7 * kSecond;
    restarted.asked(kClient, kServer, clock_at(i < 5 ? 0 : 1'000'000'000, ts_ns), ts_ns);
  }
  CHECK_FALSE(restarted.several_clocks());
}
