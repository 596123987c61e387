// Reads Ethernet, VLAN tags, IP and transport, without following tunnels or joining fragments.
#include "frame.hpp"

#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace deadair::middlebox {
namespace {

constexpr std::uint16_t kEthertypeIpv4 = 0x0800, kEthertypeIpv6 = 0x86dd, kEthertypeVlan = 0x8100;

// Where the IP packet begins; 0 for other frames.
std::size_t ip_offset(ByteView frame) {
  constexpr std::size_t kTypeAt = 12, kVlanTag = 4;
  const std::size_t type_at = frame.be16(kTypeAt) == kEthertypeVlan ? kTypeAt + kVlanTag : kTypeAt;
  const std::uint16_t type = frame.be16(type_at);
  return type == kEthertypeIpv4 || type == kEthertypeIpv6 ? type_at + 2 : 0;
}

wire::Undecoded read_transport(const wire::IpBody& body, wire::Packet& out) {
  switch (body.proto) {
    case wire::ip_proto::kTcp:
      return wire::parse_tcp(body.pdu, out);
    case wire::ip_proto::kUdp:
      return wire::parse_udp(body.pdu, out);
    case wire::ip_proto::kIcmp:
      return wire::parse_icmp(body.pdu, out);
    case wire::ip_proto::kIcmp6:
      return wire::parse_icmp6(body.pdu, out);
    default:
      wire::set_payload(out, body.pdu);
      return wire::Undecoded::none;
  }
}

}  // namespace

bool read_headers(const Frame& frame, Headers& out) {
  const ByteView bytes(frame.bytes);
  out = {};
  out.ip_at = ip_offset(bytes);
  if (out.ip_at == 0) return false;
  const ByteView ip = bytes.from(out.ip_at);
  const wire::Pdu pdu{ip, static_cast<std::uint32_t>(ip.size())};
  wire::IpBody body;
  const wire::Undecoded reason = ip.u8(0) >> 4 == 6 ? wire::parse_ipv6(pdu, out.packet, body)
                                                    : wire::parse_ipv4(pdu, out.packet, body);
  if (reason != wire::Undecoded::none || out.packet.truncated) return false;
  out.packet.proto = body.proto;
  out.transport_at = out.ip_at + (out.packet.ip_len - body.pdu.wire_len);
  out.fragment = body.fragment.present;
  return out.fragment || read_transport(body, out.packet) == wire::Undecoded::none;
}

std::uint32_t sequence_length(const wire::Packet& packet) {
  const auto has = [&](std::uint8_t flag) { return (packet.tcp_flags & flag) != 0 ? 1U : 0U; };
  return packet.payload_len + has(wire::tcp_flag::kSyn) + has(wire::tcp_flag::kFin);
}

}  // namespace deadair::middlebox
