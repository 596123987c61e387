// The bidirectional 5-tuple that names a flow, and its hash.
#pragma once

#include <bit>
#include <cstdint>

#include "bytes/hash.hpp"
#include "bytes/ip_address.hpp"
#include "wire/packet.hpp"

namespace deadair::flow {

// One of a flow's two ends: `a` is the smaller (address, port), `b` the larger.
enum class Side : std::uint8_t { a, b };

constexpr Side other(Side side) { return side == Side::a ? Side::b : Side::a; }

// Canonical: (a, port_a) <= (b, port_b), so that both directions give the same key. A one-way ICMP
// message keeps its direction (Community ID v1 does the same).
struct FlowKey {
  IpAddress a, b;
  std::uint16_t port_a = 0;
  std::uint16_t port_b = 0;
  std::uint8_t proto = 0;
  std::uint8_t ip_version = 0;

  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

// The key of a packet, and which side sent it.
struct Keyed {
  FlowKey key;
  Side from = Side::a;
};

// Writes field by field: a Keyed built elsewhere and copied stalls on store forwarding, a tenth of
// a fast packet's cost.
inline void key_of(const wire::Packet& packet, Keyed& out) {
  // Of two IPv4 addresses the low halves decide, nearly always.
  bool forward = packet.src.low < packet.dst.low;
  if (packet.src.high != packet.dst.high || packet.src.low == packet.dst.low || packet.one_way)
      [[unlikely]]
    forward = packet.one_way || packet.src < packet.dst ||
              (packet.src == packet.dst && packet.src_port <= packet.dst_port);
  const IpAddress& a = forward ? packet.src : packet.dst;
  const IpAddress& b = forward ? packet.dst : packet.src;
  out.key.a.high = a.high;
  out.key.a.low = a.low;
  out.key.b.high = b.high;
  out.key.b.low = b.low;
  out.key.port_a = forward ? packet.src_port : packet.dst_port;
  out.key.port_b = forward ? packet.dst_port : packet.src_port;
  out.key.proto = packet.proto;
  out.key.ip_version = packet.ip_version;
  out.from = forward ? Side::a : Side::b;
}

inline Keyed key_of(const wire::Packet& packet) {
  Keyed keyed;
  key_of(packet, keyed);
  return keyed;
}

// Folded 64x64 multiplication: two multiplications mix the whole key. `seed` differs from process
// to process and is in every factor, for a factor known to be zero would wipe out the rest: so
// nobody can make a capture whose flows all collide. No output depends on it.
[[gnu::always_inline]] inline std::uint32_t hash(const FlowKey& key, std::uint64_t seed) {
  const std::uint64_t tail = std::uint64_t{key.port_a} << 32 | std::uint64_t{key.port_b} << 16 |
                             std::uint64_t{key.proto} << 8 | key.ip_version;
  std::uint64_t mixed =
      fold(key.a.low ^ seed, key.b.low ^ std::rotl(seed, 23) ^ 0x9e37'79b9'7f4a'7c15);
  mixed = fold(mixed ^ tail ^ 0xd6e8'feb8'6659'fd93, seed | 1);
  if (key.ip_version == 6)
    mixed = fold(mixed ^ key.a.high, key.b.high ^ std::rotl(seed, 41) ^ 0xa076'1d64'78bd'642f);
  return static_cast<std::uint32_t>(mixed ^ mixed >> 32);
}

}  // namespace deadair::flow
