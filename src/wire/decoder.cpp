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

constexpr std::size_t kEthernetLen = 14, kIpv4Len = 20, kTcpLen = 20;

// Ethernet, IPv4 without options and not a fragment, then TCP or UDP outside tunnel ports. False
// for anything else, damaged frames included: the walk then starts from the beginning.
bool decode_common(const RawPacket& raw, Packet& out) {
  const ByteView frame = raw.bytes;
  if (raw.link != linktype::kEthernet || !frame.has(0, kEthernetLen + kIpv4Len + kTcpLen))
    return false;
  const FixedView<kEthernetLen> ethernet(frame);
  const FixedView<kIpv4Len> ip(frame.from(kEthernetLen));
  const std::uint32_t length = ip.be16<2>();
  constexpr std::uint16_t kFragmentBits = 0x3fff;
  if (ethernet.be16<12>() != ethertype::kIpv4 || ip.u8<0>() != 0x45 || length < kIpv4Len ||
      (ip.be16<6>() & kFragmentBits) != 0)
    return false;
  out.ip = frame.sub(kEthernetLen, length);
  const Pdu body{out.ip.from(kIpv4Len), length - static_cast<std::uint32_t>(kIpv4Len)};
  out.proto = ip.u8<9>();
  if (out.proto == ip_proto::kTcp) {
    if (parse_tcp(body, out) != Undecoded::none) return false;
  } else if (out.proto == ip_proto::kUdp) {
    if (parse_udp(body, out) != Undecoded::none) return false;
    if (is_tunnel_port(out.dst_port) || is_tunnel_port(out.src_port)) return false;
    out.tcp_flags = 0;
    out.window = 0;
    out.seq = out.ack = 0;
    out.tcp_options = {};
  } else {
    return false;
  }
  out.src = IpAddress::v4(ip.be32<12>());
  out.dst = IpAddress::v4(ip.be32<16>());
  out.ip_version = 4;
  out.ttl = ip.u8<8>();
  out.one_way = false;
  out.dont_fragment = (ip.u8<6>() & 0x40) != 0;
  out.ip_id = ip.be16<4>();
  out.frames = 1;
  out.ip_len = length;
  out.truncated = out.ip.size() < length;
  out.ts_ns = raw.ts_ns;
  out.frame = raw.frame;
  return true;
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
