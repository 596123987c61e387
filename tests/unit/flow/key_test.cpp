// The canonical key, and a hash that no capture can aim at.
#include "flow/key.hpp"

#include <array>
#include <set>
#include <utility>

#include "catch.hpp"

using namespace deadair;
using flow::FlowKey;
using flow::Side;

namespace {

wire::Packet packet_between(std::uint32_t src, std::uint16_t src_port, std::uint32_t dst,
                            std::uint16_t dst_port) {
  wire::Packet packet;
  packet.src = IpAddress::v4(src);
  packet.dst = IpAddress::v4(dst);
  packet.src_port = src_port;
  packet.dst_port = dst_port;
  packet.proto = wire::ip_proto::kUdp;
  packet.ip_version = 4;
  return packet;
}

// How many of `count` keys share their hash with another one.
template <class MakeKey>
std::size_t collisions(std::size_t count, std::uint64_t seed, MakeKey make) {
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < count; ++i) seen.insert(flow::hash(make(i), seed));
  return count - seen.size();
}

// 10,000 keys over 2^32 values: 0.012 collisions are expected.
constexpr std::size_t kKeys = 10'000;
constexpr std::array<std::uint64_t, 5> kSeeds = {0, 1, 42, 0x9e37'79b9'7f4a'7c15,
                                                 0xfedc'ba98'7654'3210};

}  // namespace

TEST_CASE("Both directions give one key, and the sender's side") {
  for (const bool swap_ports : {false, true}) {
    const std::uint16_t x = swap_ports ? 9 : 5, y = swap_ports ? 5 : 9;
    const flow::Keyed there = flow::key_of(packet_between(1, x, 2, y));
    const flow::Keyed back = flow::key_of(packet_between(2, y, 1, x));
    CHECK(there.key == back.key);
    CHECK(there.from == Side::a);
    CHECK(back.from == Side::b);
  }
}

TEST_CASE("Between the ports of one address the smaller port is side a") {
  const flow::Keyed there = flow::key_of(packet_between(1, 9, 1, 5));
  const flow::Keyed back = flow::key_of(packet_between(1, 5, 1, 9));
  CHECK(there.key == back.key);
  CHECK(there.from == Side::b);
  CHECK(back.from == Side::a);
}

TEST_CASE("Transport and version are part of the key") {
  wire::Packet packet = packet_between(1, 5, 2, 9);
  const FlowKey udp = flow::key_of(packet).key;
  packet.proto = wire::ip_proto::kTcp;
  CHECK_FALSE(flow::key_of(packet).key == udp);
  packet.proto = wire::ip_proto::kUdp;
  packet.ip_version = 6;  // ::ffff:0.0.0.1 as an IPv6 address
  CHECK_FALSE(flow::key_of(packet).key == udp);
  CHECK(flow::hash(flow::key_of(packet).key, 1) != flow::hash(udp, 1));
}

TEST_CASE("Keys that differ in one field seldom share a hash") {
  const FlowKey base = flow::key_of(packet_between(0x0a00'0001, 4000, 0xc633'6407, 443)).key;
  for (const std::uint64_t seed : kSeeds) {
    CHECK(collisions(kKeys, seed, [&](std::size_t i) {
            FlowKey key = base;
            key.port_a = static_cast<std::uint16_t>(i);
            return key;
          }) <= 1);
    CHECK(collisions(kKeys, seed, [&](std::size_t i) {
            FlowKey key = base;
            key.a.low += i;
            return key;
          }) <= 1);
    CHECK(collisions(kKeys, seed, [&](std::size_t i) {
            FlowKey key = base;
            key.b.low += i << 8;
            return key;
          }) <= 1);
    CHECK(collisions(kKeys, seed, [&](std::size_t i) {
            FlowKey key = base;
            key.ip_version = 6;
            key.a.high = i << 16;
            return key;
          }) <= 1);
  }
}

TEST_CASE("The high bits of the hash, which choose the slot, are spread evenly") {
  std::array<int, 256> slots{};
  for (std::uint32_t i = 0; i < 25'600; ++i) {
    const auto key =
        flow::key_of(packet_between(0x0a00'0000 + i / 64, 1024 + i % 64, 0x0808'0808, 53));
    ++slots[flow::hash(key.key, 42) >> 24];
  }
  for (const int count : slots) {  // 100 expected, deviation 10
    CHECK(count > 40);
    CHECK(count < 160);
  }
}

TEST_CASE("No address known in advance makes flows collide") {
  // Constants of the hash, and values that would make a factor zero if the seed were not in it.
  constexpr std::array<std::uint64_t, 4> kAimed = {0x9e37'79b9'7f4a'7c15, 0xa076'1d64'78bd'642f,
                                                   0xd6e8'feb8'6659'fd93, 0};
  for (const std::uint64_t high : kAimed) {
    for (const std::uint64_t low : kAimed) {
      CHECK(collisions(kKeys, 0x0123'4567'89ab'cdef, [&](std::size_t i) {
              FlowKey key;
              key.ip_version = 6;
              key.proto = wire::ip_proto::kTcp;
              key.a = {0, i};
              key.b = {high, low};
              return key;
            }) <= 1);
    }
  }
}
