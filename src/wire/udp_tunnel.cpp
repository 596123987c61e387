// Reads the headers of tunnels over UDP.
#include "wire/ethernet.hpp"
#include "wire/tunnel.hpp"

namespace deadair::wire {
namespace {

constexpr Step no_tunnel() { return stop(Undecoded::not_ip); }

// RFC 7348 section 5; flag I says that the network identifier is valid. Flag G and the two octets
// of a group are Cisco's extension (draft-smith-vxlan-group-policy).
//   +-+-+-+-+-+-+-+-+-----------------------------------------------+
//   |G|R|R|R|I|R|R|R|                  Reserved                     |
//   +-+-+-+-+-+-+-+-+-----------------------------+-----------------+
//   |        VXLAN Network Identifier (24)        |    Reserved     |
//   +---------------------------------------------+-----------------+
Step parse_vxlan(Pdu pdu) {
  constexpr std::uint8_t kGroup = 0x80, kValid = 0x08;
  const bool consistent =
      (pdu.bytes.u8(0) & ~kGroup) == kValid && pdu.bytes.has(0, 8) && pdu.bytes.u8(7) == 0;
  return consistent ? go(Layer::ethernet, pdu.from(8)) : no_tunnel();
}

// draft-ietf-nvo3-vxlan-gpe section 3.1; flag P says that the next protocol is given.
//   +-+-+---+-+-+-+-+-------------------------------+---------------+
//   |R|R|Ver|I|P|B|O|            Reserved           | Next Protocol |
//   +-+-+---+-+-+-+-+-----------------------------+-+---------------+
//   |        VXLAN Network Identifier (24)        |    Reserved     |
//   +---------------------------------------------+-----------------+
Step parse_vxlan_gpe(Pdu pdu) {
  constexpr std::uint8_t kNextProtocol = 0x04;
  constexpr std::uint8_t kIpv4 = 1, kIpv6 = 2, kEthernet = 3, kNsh = 4, kMpls = 5;
  if ((pdu.bytes.u8(0) & kNextProtocol) == 0) return parse_vxlan(pdu);
  switch (pdu.bytes.u8(3)) {
    case kIpv4:
    case kIpv6:
      return go(Layer::ip, pdu.from(8));
    case kEthernet:
      return go(Layer::ethernet, pdu.from(8));
    case kNsh:
      return parse_nsh(pdu.from(8));
    case kMpls:
      return go(Layer::mpls, pdu.from(8));
    default:
      return no_tunnel();
  }
}

// RFC 8926 section 3.4; options are counted in 4 octets.
//   +---+-----------+-+-+-----------+-------------------------------+
//   |Ver|  Opt Len  |O|C|   Rsvd.   |         Protocol Type         |
//   +---+-----------+-+-+-----------+---------------+---------------+
//   |        Virtual Network Identifier (24)        |    Reserved   |
//   +-----------------------------------------------+---------------+
Step parse_geneve(Pdu pdu) {
  const std::uint16_t type = pdu.bytes.be16(2);
  if (pdu.bytes.u8(0) >> 6 != 0 || pdu.bytes.u8(7) != 0 || type <= ethertype::kMaxLength)
    return no_tunnel();
  return parse_ethertype(type, pdu.from(8U + (pdu.bytes.u8(0) & 0x3fU) * 4U));
}

// 3GPP TS 29.281 section 5.2.1: each is counted in 4 octets and ends in the type of the next.
bool skip_gtp_extensions(ByteReader& header, std::uint8_t type) {
  while (type != 0 && header.ok()) {
    const std::size_t length = header.u8() * 4U;
    if (length == 0) return false;
    header.skip(length - 2);
    type = header.u8();
  }
  return header.ok();
}

// 3GPP TS 29.281 section 5.1; with any of E, S and PN all three optional fields are there.
//   +-----+--+-+-+-+--+-------------+-------------------------------+
//   |Ver=1|PT|*|E|S|PN| Message Type|            Length             |
//   +-----+--+-+-+-+--+-------------+-------------------------------+
//   |                  Tunnel Endpoint Identifier                   |
//   +-------------------------------+---------------+---------------+
//   |       Sequence Number         |  N-PDU Number | Next Ext Type |
//   +-------------------------------+---------------+---------------+
Step parse_gtp_u(Pdu pdu) {
  constexpr std::uint8_t kVersionAndType = 0xf0, kGtp1 = 0x30, kOptional = 0x07, kPayload = 0xff;
  ByteReader header(pdu.bytes);
  const std::uint8_t flags = header.u8();
  const std::uint8_t message = header.u8();
  const std::uint16_t length = header.be16();
  header.skip(4);
  if ((flags & kVersionAndType) != kGtp1 || message != kPayload || length + 8U > pdu.wire_len)
    return no_tunnel();
  if ((flags & kOptional) != 0) {
    header.skip(3);
    if (!skip_gtp_extensions(header, header.u8())) return no_tunnel();
  }
  return header.ok() ? go(Layer::ip, pdu.first(8U + length).from(header.offset())) : no_tunnel();
}

// RFC 4380 sections 5.1.1 and 2.2: an authentication and an origin indication may come first.
//   +---------------+---------------+---------------+---------------+
//   |     0x00      |     0x01      | ID-len        | AU-len        |
//   +---------------+---------------+---------------+---------------+
//   |  client identifier, authentication value, nonce (64), confirm |
//   +---------------+---------------+-------------------------------+
//   |     0x00      |     0x00      |        Origin port            |
//   +---------------+---------------+-------------------------------+
//   |                      Origin IPv4 address                      |
//   +---------------------------------------------------------------+
Step parse_teredo(Pdu pdu) {
  if (pdu.bytes.has(0, 4) && pdu.bytes.be16(0) == 1)
    pdu = pdu.from(std::size_t{4} + pdu.bytes.u8(2) + pdu.bytes.u8(3) + 9);
  if (pdu.bytes.has(0, 8) && pdu.bytes.be16(0) == 0) pdu = pdu.from(8);
  // One end has a Teredo address (2001::/32), or a link-local one while it asks for it.
  const auto qualifies = [&](std::size_t address) {
    return pdu.bytes.be32(address) == 0x20010000 || pdu.bytes.be32(address) == 0xfe800000;
  };
  const bool ipv6 = pdu.bytes.u8(0) >> 4 == 6 && pdu.bytes.has(0, 40);
  return ipv6 && (qualifies(8) || qualifies(24)) ? go(Layer::ip, pdu) : no_tunnel();
}

// RFC 2661 section 3.1; T marks control messages.
//   +-+-+-+-+-+-+-+-+-+-+-+-+-------+-------------------------------+
//   |T|L|x|x|S|x|O|P|x|x|x|x|  Ver  |          Length (opt)         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-------+-------------------------------+
//   |           Tunnel ID           |           Session ID          |
//   +-------------------------------+-------------------------------+
//   |             Ns (opt)          |             Nr (opt)          |
//   +-------------------------------+-------------------------------+
//   |      Offset Size (opt)        |    Offset pad... (opt)        |
//   +-------------------------------+-------------------------------+
Step parse_l2tp(Pdu pdu) {
  constexpr std::uint16_t kControl = 0x8000, kLength = 0x4000, kSequence = 0x0800, kOffset = 0x0200,
                          kReserved = 0x34f0, kVersion = 0x000f;
  ByteReader header(pdu.bytes);
  const std::uint16_t flags = header.be16();
  if ((flags & (kControl | kReserved)) != 0 || (flags & kVersion) != 2) return no_tunnel();
  const std::uint32_t length = (flags & kLength) != 0 ? header.be16() : pdu.wire_len;
  header.skip(4);
  if ((flags & kSequence) != 0) header.skip(4);
  if ((flags & kOffset) != 0) header.skip(header.be16());
  if (!header.ok() || length > pdu.wire_len) return no_tunnel();
  return go(Layer::ppp, pdu.first(length).from(header.offset()));
}

Step parse_by_port(std::uint16_t number, Pdu pdu) {
  switch (number) {
    case tunnel_port::kL2tp:
      return parse_l2tp(pdu);
    case tunnel_port::kGtpU:
      return parse_gtp_u(pdu);
    case tunnel_port::kTeredo:
      return parse_teredo(pdu);
    case tunnel_port::kVxlan:
    case tunnel_port::kVxlanLinux:
      return parse_vxlan(pdu);
    case tunnel_port::kVxlanGpe:
      return parse_vxlan_gpe(pdu);
    case tunnel_port::kGeneve:
      return parse_geneve(pdu);
    case tunnel_port::kMplsUdp:
      return go(Layer::mpls, pdu);
    default:
      return no_tunnel();
  }
}

}  // namespace

Step parse_udp_tunnel(const Packet& packet) {
  const Pdu payload{packet.payload, packet.payload_len};
  const Step step = parse_by_port(packet.dst_port, payload);
  return step.layer != Layer::stop ? step : parse_by_port(packet.src_port, payload);
}

}  // namespace deadair::wire
