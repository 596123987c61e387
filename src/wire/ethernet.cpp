// Reads Ethernet II and 802.3 frames down to the layer they carry.
#include "wire/ethernet.hpp"

namespace deadair::wire {
namespace {

constexpr std::size_t kHeaderLen = 14;
constexpr int kMaxTags = 8;

// Octets that a tag puts between its own type and the next; 0 for what is no tag.
std::size_t tag_len(std::uint16_t type) {
  switch (type) {
    case ethertype::kVlan:
    case ethertype::kProviderVlan:
    case ethertype::kQinq1:
    case ethertype::kQinq2:
      return 2;
    case ethertype::kVnTag:  // Cisco's forerunner of IEEE 802.1BR
      return 4;
    case ethertype::kETag:  // IEEE 802.1BR
      return 6;
    default:
      return 0;
  }
}

// IEEE 802.1Q clause 9.6: priority, drop eligibility and VLAN id, then the type of what follows.
//   +----------+---+------------------------+--------------------------------+
//   | PCP (3)  |DEI|       VID (12)         |        EtherType (16)          |
//   +----------+---+------------------------+--------------------------------+
Step parse_tags(std::uint16_t type, Pdu pdu) {
  for (int tag = 0; tag < kMaxTags; ++tag) {
    const std::size_t length = tag_len(type);
    if (length == 0) return parse_ethertype(type, pdu);
    if (!pdu.bytes.has(length, 2)) return cut(pdu, length + 2);
    type = pdu.bytes.be16(length);
    pdu = pdu.from(length + 2);
  }
  return stop(Undecoded::too_deep);
}

// IEEE 802.1ah I-TAG: flags and 24-bit service id, then a whole customer frame.
//   +----------+---+---+-----------+------------------------------------------+
//   | PCP (3)  |DEI|UCA| res (3)   |                I-SID (24)                |
//   +----------+---+---+-----------+------------------------------------------+
Step parse_backbone(Pdu pdu) {
  if (!pdu.bytes.has(0, 4)) return cut(pdu, 4);
  return go(Layer::ethernet, pdu.from(4));
}

}  // namespace

// IEEE 802.3 clause 3.1; `type` is a length when it is 1500 or less.
//   +---------------------+---------------------+-----------+
//   |  destination (48)   |     source (48)     | type (16) |
//   +---------------------+---------------------+-----------+
Step parse_ethernet(Pdu pdu) {
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  return parse_ethertype(pdu.bytes.be16(12), pdu.from(kHeaderLen));
}

Step parse_ethertype(std::uint16_t type, Pdu pdu) {
  if (type <= ethertype::kMaxLength) return go(Layer::llc, pdu.first(type));
  switch (type) {
    case ethertype::kIpv4:
    case ethertype::kIpv6:
      return go(Layer::ip, pdu);
    case ethertype::kVlan:
    case ethertype::kProviderVlan:
    case ethertype::kQinq1:
    case ethertype::kQinq2:
    case ethertype::kVnTag:
    case ethertype::kETag:
      return parse_tags(type, pdu);
    case ethertype::kMpls:
    case ethertype::kMplsMulticast:
      return go(Layer::mpls, pdu);
    case ethertype::kPppoeSession:
      return go(Layer::pppoe, pdu);
    case ethertype::kPpp:
      return go(Layer::ppp, pdu);
    case ethertype::kTeb:
      return go(Layer::ethernet, pdu);
    case ethertype::kBackboneService:
      return parse_backbone(pdu);
    case ethertype::kNsh:
      return parse_nsh(pdu);
    default:
      return stop(Undecoded::not_ip);
  }
}

// IEEE 802.2, with the SNAP extension of RFC 1042 when both service access points are 0xaa.
//   +-----------+-----------+------------+----------------------+-----------+
//   | DSAP (8)  | SSAP (8)  | control (8)| organisation (24)    | type (16) |
//   +-----------+-----------+------------+----------------------+-----------+
Step parse_llc(Pdu pdu) {
  constexpr std::uint8_t kSnap = 0xaa, kIp = 0x06, kUnnumbered = 0x03;
  if (!pdu.bytes.has(0, 3)) return cut(pdu, 3);
  if (pdu.bytes.u8(2) != kUnnumbered) return stop(Undecoded::not_ip);
  if (pdu.bytes.u8(0) == kIp && pdu.bytes.u8(1) == kIp) return go(Layer::ip, pdu.from(3));
  if (pdu.bytes.u8(0) != kSnap || pdu.bytes.u8(1) != kSnap) return stop(Undecoded::not_ip);
  if (!pdu.bytes.has(0, 8)) return cut(pdu, 8);
  // 00-00-f8 is the bridge-tunnel encapsulation of IEEE 802.1H; other organisations own their
  // types.
  const std::uint32_t organisation = pdu.bytes.be24(3);
  if (organisation != 0 && organisation != 0xf8) return stop(Undecoded::not_ip);
  const std::uint16_t type = pdu.bytes.be16(6);
  if (type <= ethertype::kMaxLength) return stop(Undecoded::not_ip);
  return parse_ethertype(type, pdu.from(8));
}

// RFC 8300 section 2.2; the length counts 4 octets.
//   +---+-+-+-----------+-----------+-------+-------+---------------+
//   |Ver|O|U|    TTL    |   Length  |U U U U|MD Type| Next Protocol |
//   +---+-+-+-----------+-----------+-------+-------+---------------+
//   |          Service Path Identifier (24)         | Service Index |
//   +-----------------------------------------------+---------------+
Step parse_nsh(Pdu pdu) {
  constexpr std::size_t kMinHeader = 8;
  constexpr std::uint8_t kIpv4 = 1, kIpv6 = 2, kEthernet = 3, kMpls = 5;
  if (!pdu.bytes.has(0, kMinHeader)) return cut(pdu, kMinHeader);
  const std::size_t length = (pdu.bytes.u8(1) & 0x3fU) * 4U;
  if (length < kMinHeader) return stop(Undecoded::malformed);
  switch (pdu.bytes.u8(3)) {
    case kIpv4:
    case kIpv6:
      return go(Layer::ip, pdu.from(length));
    case kEthernet:
      return go(Layer::ethernet, pdu.from(length));
    case kMpls:
      return go(Layer::mpls, pdu.from(length));
    default:
      return stop(Undecoded::not_ip);
  }
}

}  // namespace deadair::wire
