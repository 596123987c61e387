// Reads PPP, PPPoE, Cisco HDLC and frame relay frames down to the layer they carry.
#include "wire/ppp.hpp"

#include "wire/ethernet.hpp"

namespace deadair::wire {
namespace {

// IANA "PPP Numbers" that lead to IP.
constexpr std::uint16_t kPppIpv4 = 0x0021, kPppIpv6 = 0x0057, kPppMpls = 0x0281,
                        kPppMplsMulticast = 0x0283;
constexpr std::uint8_t kCiscoUnicast = 0x0f, kCiscoMulticast = 0x8f;

Step by_protocol(std::uint16_t protocol, Pdu pdu) {
  switch (protocol) {
    case kPppIpv4:
    case kPppIpv6:
      return go(Layer::ip, pdu);
    case kPppMpls:
    case kPppMplsMulticast:
      return go(Layer::mpls, pdu);
    default:
      return stop(Undecoded::not_ip);
  }
}

}  // namespace

// RFC 1662 section 3.1; address and control may be left out, and the protocol field be one octet,
// which is then odd (RFC 1661 section 6.5).
//   +----------------+----------------+----------------+-------------+
//   | Address (0xff) | Control (0x03) | Protocol (8/16)| Information |
//   +----------------+----------------+----------------+-------------+
Step parse_ppp(Pdu pdu) {
  if (pdu.bytes.be16(0) == 0xff03) pdu = pdu.from(2);
  const bool compressed = (pdu.bytes.u8(0) & 1) != 0;
  const std::size_t length = compressed ? 1 : 2;
  if (!pdu.bytes.has(0, length)) return cut(pdu, length);
  return by_protocol(compressed ? pdu.bytes.u8(0) : pdu.bytes.be16(0), pdu.from(length));
}

// RFC 2516 section 4.
//   +-------+-------+---------------+-------------------------------+
//   |VER (1)|TYPE(1)|     CODE      |          SESSION_ID           |
//   +-------+-------+---------------+-------------------------------+
//   |            LENGTH             |           payload ...         |
//   +-------------------------------+-------------------------------+
Step parse_pppoe(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 6;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  if (pdu.bytes.u8(0) != 0x11) return stop(Undecoded::malformed);
  if (pdu.bytes.u8(1) != 0) return stop(Undecoded::not_ip);  // discovery
  return parse_ppp(pdu.from(kHeaderLen).first(pdu.bytes.be16(4)));
}

// Cisco HDLC as in RFC 1547 section 4.3.1: address 0x0f or 0x8f, control 0, EtherType.
//   +----------------+----------------+-------------------------------+
//   |    Address     |    Control     |           EtherType           |
//   +----------------+----------------+-------------------------------+
Step parse_cisco_hdlc(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 4;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  const std::uint16_t type = pdu.bytes.be16(2);
  if (type <= ethertype::kMaxLength) return stop(Undecoded::not_ip);
  return parse_ethertype(type, pdu.from(kHeaderLen));
}

Step parse_ppp_or_cisco(Pdu pdu) {
  const std::uint8_t address = pdu.bytes.u8(0);
  const bool cisco = address == kCiscoUnicast || address == kCiscoMulticast;
  return cisco && pdu.bytes.u8(1) == 0 ? parse_cisco_hdlc(pdu) : parse_ppp(pdu);
}

// RFC 2427 section 3: an address of 2 to 4 octets (the last is odd), control, optional padding, and
// the network layer protocol id; Cisco puts an EtherType right after the address.
//   +----------------+----------------+----------------+------------------+
//   |   Q.922 address (16 to 32)      | Control (0x03) | Pad (0x00), NLPID|
//   +----------------+----------------+----------------+------------------+
Step parse_frame_relay(Pdu pdu) {
  constexpr std::uint8_t kUnnumbered = 0x03, kSnap = 0x80, kIpv4 = 0xcc, kIpv6 = 0x8e;
  std::size_t at = 1;
  while (at < 4 && (pdu.bytes.u8(at) & 1) == 0) ++at;
  pdu = pdu.from(at + 1);
  if (!pdu.bytes.has(0, 2)) return cut(pdu, 2);
  if (pdu.bytes.u8(0) != kUnnumbered) {
    const std::uint16_t type = pdu.bytes.be16(0);
    return type <= ethertype::kMaxLength ? stop(Undecoded::not_ip)
                                         : parse_ethertype(type, pdu.from(2));
  }
  pdu = pdu.from(pdu.bytes.u8(1) == 0 ? 2 : 1);
  const std::uint8_t protocol = pdu.bytes.u8(0);
  if (protocol == kIpv4 || protocol == kIpv6) return go(Layer::ip, pdu.from(1));
  if (protocol != kSnap || pdu.bytes.be24(1) != 0) return stop(Undecoded::not_ip);
  return parse_ethertype(pdu.bytes.be16(4), pdu.from(6));
}

}  // namespace deadair::wire
