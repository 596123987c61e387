// When packets passed a line both ways: what proves it, and what does not.
#include "interference/round_trips.hpp"

#include <array>

#include "catch.hpp"

using namespace deadair;
using flow::Side;
using interference::RoundTrips;
using interference::Stretch;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMs = 1'000'000;
constexpr std::int64_t kBegin = 1'600'000'000 * kSecond;
const IpAddress kClient = IpAddress::v4(0xc0a8'0102), kServer = IpAddress::v4(0x0808'0808);
constexpr std::uint8_t kAck = 16;

// A connection of the client to the server; times are milliseconds since the beginning.
struct Connection {
  RoundTrips& trips;
  std::uint32_t flow = 7;
  IpAddress server = kServer;
  bool clocks = false;
  std::uint32_t up_next = 1000, down_next = 5000;
  std::uint32_t up_clock = 0, down_clock = 0;  // heard last by the other side

  void send(std::int64_t at_ms, Side from, std::uint32_t len) {
    const bool up = from == Side::a;
    wire::Packet packet;
    packet.proto = wire::ip_proto::kTcp;
    packet.src = up ? kClient : server;
    packet.dst = up ? server : kClient;
    packet.tcp_flags = kAck;
    packet.ts_ns = kBegin + at_ms * kMs;
    packet.seq = up ? up_next : down_next;
    packet.ack = up ? down_next : up_next;
    packet.payload_len = len;
    (up ? up_next : down_next) += len;
    std::array<std::uint8_t, 12> options{1, 1, 8, 10};
    const auto clock = static_cast<std::uint32_t>(at_ms);
    for (unsigned i = 0; i < 4; ++i) {
      options[4 + i] = static_cast<std::uint8_t>(clock >> (24 - 8 * i));
      options[8 + i] = static_cast<std::uint8_t>((up ? down_clock : up_clock) >> (24 - 8 * i));
    }
    if (clocks) packet.tcp_options = {options.data(), options.size()};
    trips.packet(flow, from, packet);
  }
  void up(std::int64_t at_ms, std::uint32_t len = 0) {
    send(at_ms, Side::a, len);
    up_clock = static_cast<std::uint32_t>(at_ms);
  }
  void down(std::int64_t at_ms, std::uint32_t len = 0) {
    send(at_ms, Side::b, len);
    down_clock = static_cast<std::uint32_t>(at_ms);
  }
  void ping(std::int64_t at_ms) {
    up(at_ms, 37);
    down(at_ms + 50, 37);
    up(at_ms + 90);
  }
};

constexpr Stretch seconds(std::int64_t from, std::int64_t to) {
  return {kBegin + from * kSecond, kBegin + to * kSecond};
}

}  // namespace

TEST_CASE("A question, its answer and an acknowledgement of that are a round trip") {
  RoundTrips trips;
  CHECK_FALSE(trips.seen(kClient, seconds(0, 600)));
  Connection connection{trips};
  connection.ping(10'200);
  CHECK(trips.seen(kClient, seconds(0, 600)));
  CHECK(trips.seen(kClient, seconds(9, 11)));
  // It may have begun before, or ended after.
  CHECK_FALSE(trips.seen(kClient, seconds(10, 30)));
  CHECK_FALSE(trips.seen(kClient, seconds(0, 10)));
  // Of the client and its line, not of the server's.
  CHECK_FALSE(trips.seen(kServer, seconds(0, 600)));
  CHECK_FALSE(trips.seen(IpAddress::v4(0xc0a8'0103), seconds(0, 600)));
}

TEST_CASE("Two packets alone prove nothing at one end") {
  RoundTrips trips;
  Connection connection{trips};
  for (const std::int64_t at : {0, 10'000, 20'000}) {
    connection.up(at, 37);
    connection.down(at + 50, 37);
  }
  // The last answer is never acknowledged; the others are by what comes ten seconds later.
  CHECK_FALSE(trips.seen(kClient, seconds(0, 600)));
  // Acknowledged, but nothing that the client's line would have to carry.
  Connection other{trips, 8};
  other.up(30'000, 37);
  other.down(30'050);
  other.up(30'090);
  CHECK_FALSE(trips.seen(kClient, seconds(0, 600)));
}

TEST_CASE("Where one direction is dead there is no round trip") {
  RoundTrips trips;
  Connection connection{trips, 7, kServer, true};
  // The server goes on and hears nothing of the client.
  const auto deaf = connection.up_clock;
  for (std::int64_t at = 0; at < 20'000; at += 100) {
    connection.up_clock = deaf;
    connection.up_next = 1000;
    connection.down(at, 1400);
    connection.up(at + 1);
  }
  CHECK_FALSE(trips.seen(kClient, seconds(0, 600)));
}

TEST_CASE("A download is one round trip after another by its timestamps") {
  RoundTrips trips;
  Connection connection{trips, 7, kServer, true};
  for (std::int64_t at = 10'000; at < 20'000; at += 40) {
    connection.down(at, 1400);
    connection.up(at + 1);
  }
  CHECK(trips.seen(kClient, seconds(12, 15)));
  CHECK_FALSE(trips.seen(kClient, seconds(21, 40)));
  RoundTrips without;
  Connection plain{without};
  for (std::int64_t at = 10'000; at < 20'000; at += 40) {
    plain.down(at, 1400);
    plain.up(at + 1);
  }
  CHECK_FALSE(without.seen(kClient, seconds(0, 600)));
}

TEST_CASE("What stays in the LAN says nothing of the line") {
  RoundTrips trips;
  Connection to_nas{trips, 7, IpAddress::v4(0xc0a8'0109)};
  to_nas.ping(10'000);
  CHECK_FALSE(trips.seen(kClient, seconds(0, 600)));
  IpPrefix lab;
  REQUIRE(parse_ip_prefix("192.168.1.8/29", lab));
  RoundTrips in_lab({lab});
  Connection to_server{in_lab, 7, IpAddress::v4(0xc0a8'0109)};
  to_server.ping(10'000);
  CHECK(in_lab.seen(kClient, seconds(0, 600)));
}

TEST_CASE("Connections that share a probe are heard in turn, and hours are remembered") {
  RoundTrips trips;
  // The other one is never answered.
  Connection one{trips, 7}, other{trips, 7 + RoundTrips::kProbes};
  for (std::int64_t second = 0; second < 7200; ++second) {
    if (second % 5 == 0) one.ping(second * 1000);
    if (second % 7 == 0) other.up(second * 1000 + 500, 37);
  }
  unsigned heard = 0;
  for (std::int64_t second = 0; second < 7200; second += 40)
    heard += trips.seen(kClient, seconds(second, second + 40)) ? 1U : 0U;
  CHECK(heard == 180);
}

TEST_CASE("A clock set back does not stop the looking") {
  RoundTrips trips;
  Connection connection{trips};
  connection.ping(7'200'000);
  CHECK_FALSE(trips.seen(kClient, seconds(0, 60)));
  trips.begins(kBegin);
  connection.ping(10'000);
  CHECK(trips.seen(kClient, seconds(0, 60)));
}
