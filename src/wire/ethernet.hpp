// Ethernet, VLAN tags, EtherTypes, and IEEE 802.2 LLC.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

// EtherTypes that lead to IP (https://www.iana.org/assignments/ieee-802-numbers).
namespace ethertype {
inline constexpr std::uint16_t kIpv4 = 0x0800, kTeb = 0x6558, kVlan = 0x8100, kIpv6 = 0x86dd,
                               kPpp = 0x880b, kMpls = 0x8847, kMplsMulticast = 0x8848,
                               kPppoeSession = 0x8864, kProviderVlan = 0x88a8,
                               kBackboneService = 0x88e7, kVnTag = 0x8926, kETag = 0x893f,
                               kNsh = 0x894f, kQinq1 = 0x9100, kQinq2 = 0x9200;
// Values up to 1500 are IEEE 802.3 lengths.
inline constexpr std::uint16_t kMaxLength = 1500;
}  // namespace ethertype

Step parse_ethernet(Pdu pdu);
// `pdu` begins after the type field.
Step parse_ethertype(std::uint16_t type, Pdu pdu);
Step parse_llc(Pdu pdu);
// Service function chaining, RFC 8300.
Step parse_nsh(Pdu pdu);

}  // namespace deadair::wire
