// The decoder: a straight path for what nearly every frame is, and the walk for the rest.
#include "wire/decoder.hpp"

#include <array>

#include "wire/ethernet.hpp"
#include "wire/link.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"
#include "wire/walk.hpp"

namespace deadair::wire {
namespace {

constexpr std::size_t kEthernetLen = 14, kVlanLen = 4, kIpv4Len = 20, kIpv6Len = 40;

// TCP, or UDP outside tunnel ports.
[[gnu::always_inline]] inline bool decode_transport(Pdu body, Packet& out) {
  if (out.proto == ip_proto::kTcp) return parse_tcp(body, out) == Undecoded::none;
  if (out.proto != ip_proto::kUdp || parse_udp(body, out) != Undecoded::none) return false;
  if (is_tunnel_port(out.dst_port) || is_tunnel_port(out.src_port)) return false;
  out.tcp_flags = 0;
  out.window = 0;
  out.seq = out.ack = 0;
  out.tcp_options = {};
  return true;
}

[[gnu::always_inline]] inline void finish(const RawPacket& raw, std::uint32_t length, Packet& out) {
  out.one_way = false;
  out.frames = 1;
  out.ip_len = length;
  out.truncated = out.ip.size() < length;
  out.ts_ns = raw.ts_ns;
  out.frame = raw.frame;
}

// Without options and not a fragment.
[[gnu::always_inline]] inline bool decode_ipv4(const RawPacket& raw, ByteView bytes, Packet& out) {
  if (!bytes.has(0, kIpv4Len)) return false;
  const FixedView<kIpv4Len> ip(bytes);
  const std::uint32_t length = ip.be16<2>();
  constexpr std::uint16_t kFragmentBits = 0x3fff;
  if (ip.u8<0>() != 0x45 || length < kIpv4Len || (ip.be16<6>() & kFragmentBits) != 0) return false;
  out.ip = bytes.first(length);
  out.proto = ip.u8<9>();
  const auto left = length - static_cast<std::uint32_t>(kIpv4Len);
  if (!decode_transport({out.ip.from(kIpv4Len), left}, out)) return false;
  out.src = IpAddress::v4(ip.be32<12>());
  out.dst = IpAddress::v4(ip.be32<16>());
  out.ip_version = 4;
  out.ttl = ip.u8<8>();
  out.dont_fragment = (ip.u8<6>() & 0x40) != 0;
  out.ip_id = ip.be16<4>();
  finish(raw, length, out);
  return true;
}

// Without extension headers, and with a length of its own.
[[gnu::always_inline]] inline bool decode_ipv6(const RawPacket& raw, ByteView bytes, Packet& out) {
  if (!bytes.has(0, kIpv6Len)) return false;
  const FixedView<kIpv6Len> ip(bytes);
  const std::uint32_t left = ip.be16<4>();
  if (ip.u8<0>() >> 4 != 6 || left == 0) return false;
  const std::uint32_t length = left + static_cast<std::uint32_t>(kIpv6Len);
  out.ip = bytes.first(length);
  out.proto = ip.u8<6>();
  if (!decode_transport({out.ip.from(kIpv6Len), left}, out)) return false;
  out.src = IpAddress::v6(bytes.sub(8, 16));
  out.dst = IpAddress::v6(bytes.sub(24, 16));
  out.ip_version = 6;
  out.ttl = ip.u8<7>();
  out.dont_fragment = false;
  out.ip_id = 0;
  finish(raw, length, out);
  return true;
}

// Behind a VLAN tag, or IPv6.
[[gnu::noinline]] bool decode_second(const RawPacket& raw, Packet& out) {
  const ByteView frame = raw.bytes;
  std::size_t at = kEthernetLen;
  std::uint16_t type = frame.be16(at - 2);
  if (type == ethertype::kVlan) {
    at += kVlanLen;
    type = frame.be16(at - 2);
  }
  if (type == ethertype::kIpv4) return decode_ipv4(raw, frame.from(at), out);
  return type == ethertype::kIpv6 && decode_ipv6(raw, frame.from(at), out);
}

// TCP or UDP right behind IP, on Ethernet with one VLAN tag at most. False for anything else,
// damaged frames included: the walk then starts from the beginning.
bool decode_common(const RawPacket& raw, Packet& out) {
  constexpr std::size_t kShortest = kEthernetLen + kIpv4Len + 20;  // with a TCP header
  const ByteView frame = raw.bytes;
  if (raw.link != linktype::kEthernet || !frame.has(0, kShortest)) return false;
  const std::uint16_t type = FixedView<kEthernetLen>(frame).be16<12>();
  if (type == ethertype::kIpv4) [[likely]]
    return decode_ipv4(raw, frame.from(kEthernetLen), out);
  return (type == ethertype::kVlan || type == ethertype::kIpv6) && decode_second(raw, out);
}

}  // namespace

Decoder::Decoder(std::size_t fragment_budget_bytes)
    : reassembler_(std::make_unique<Reassembler>(fragment_budget_bytes)) {}
Decoder::~Decoder() = default;

Undecoded Decoder::decode(const RawPacket& raw, Packet& out) {
  if (decode_common(raw, out)) [[likely]]
    return Undecoded::none;
  reassembler_->release();
  Walk walk(raw, out, *reassembler_);
  const Undecoded reason = walk.run(parse_link(raw.link, {raw.bytes, raw.wire_len}));
  // The other frames of a datagram that came to nothing are counted here, the last by the caller.
  if (reason != Undecoded::none && reason != Undecoded::held_fragment)
    reassembler_->count_lost(walk.frames() - 1U);
  return reason;
}

std::uint64_t Decoder::abandoned_fragments() const { return reassembler_->abandoned(); }
void Decoder::finish() { reassembler_->give_up_all(); }

const char* name(Undecoded reason) {
  constexpr std::array kNames = {"none",     "held_fragment",  "unknown_link_type",
                                 "not_ip",   "truncated",      "malformed",
                                 "fragment", "encrypted_link", "too_deep"};
  static_assert(kNames.size() == static_cast<std::size_t>(Undecoded::count_));
  const auto index = static_cast<std::size_t>(reason);
  return index < kNames.size() ? kNames[index] : "none";
}

}  // namespace deadair::wire
