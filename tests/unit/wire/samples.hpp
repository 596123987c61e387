// One frame for each link layer and tunnel, all carrying 10.0.0.1:1000 to 10.0.0.2:2000 (or the
// same over IPv6) with the payload "hi".
#pragma once

#include "frame_builder.hpp"

namespace deadair::wire::test {

struct Sample {
  const char* name;
  LinkType link;
  Bytes bytes;
};

inline Bytes snap(unsigned type, const Bytes& payload) {
  return join({hex("aa aa 03 00 00 00"), be16(type), payload});
}
inline Bytes pppoe(const Bytes& ppp) {
  return join({hex("11 00 0001"), be16(static_cast<unsigned>(ppp.size())), ppp});
}
// 24 octets: data, from the access point, not protected; `subtype` and `flags` as on the wire.
inline Bytes wlan_header(unsigned control, unsigned flags) {
  return join({{static_cast<std::uint8_t>(control), static_cast<std::uint8_t>(flags)},
               be16(0),
               zeros(18),
               zeros(2)});
}

inline std::vector<Sample> ethernet_samples() {
  const Bytes ip4 = inner_ipv4(), ip6 = inner_ipv6();
  const Bytes frame = ethernet(0x0800, ip4);
  const Bytes llc = snap(0x0800, ip4);
  return {
      {"Ethernet, IPv4", 1, frame},
      {"Ethernet, IPv6", 1, ethernet(0x86dd, ip6)},
      {"802.3 with SNAP and padding", 1,
       ethernet(static_cast<unsigned>(llc.size()), join({llc, zeros(9)}))},
      {"802.3 with LLC IP", 1, ethernet(33, join({hex("06 06 03"), ip4}))},
      {"802.1Q", 1, ethernet(0x8100, join({hex("0064 0800"), ip4}))},
      {"802.1ad", 1, ethernet(0x88a8, join({hex("0064 8100 0065 86dd"), ip6}))},
      {"QinQ of other types", 1,
       ethernet(0x9100, join({hex("0064 9200 0065 8100 0066 0800"), ip4}))},
      {"802.1Q with SNAP", 1, ethernet(0x8100, join({hex("0064 0026"), llc}))},
      {"802.1ah", 1, ethernet(0x88e7, join({hex("00 000abc"), frame}))},
      {"VN-tag", 1, ethernet(0x8926, join({hex("80010002 8100 0064 0800"), ip4}))},
      {"E-tag", 1, ethernet(0x893f, join({hex("000000010000 0800"), ip4}))},
      {"NSH", 1, ethernet(0x894f, join({hex("0fc6 01 01 000001ff"), zeros(16), ip4}))},
      {"MPLS, IPv4", 1, ethernet(0x8847, join({hex("00010040 00011140"), ip4}))},
      {"MPLS, IPv6", 1, ethernet(0x8848, join({hex("00011140"), ip6}))},
      {"MPLS, pseudowire", 1, ethernet(0x8847, join({hex("00011140"), frame}))},
      {"MPLS, pseudowire with control word", 1,
       ethernet(0x8847, join({hex("00011140 00000007"), frame}))},
      {"PPPoE", 1, ethernet(0x8864, join({pppoe(join({hex("0021"), ip4})), zeros(5)}))},
      {"PPPoE, IPv6", 1, ethernet(0x8864, pppoe(join({hex("0057"), ip6})))},
  };
}

inline std::vector<Sample> point_to_point_samples() {
  const Bytes ip4 = inner_ipv4(), ip6 = inner_ipv6();
  return {
      {"PPP", 9, join({hex("0021"), ip4})},
      {"PPP, HDLC-like", 9, join({hex("ff03 0057"), ip6})},
      {"PPP, compressed protocol", 9, join({hex("ff03 21"), ip4})},
      {"PPP, MPLS", 9, join({hex("0281 00011140"), ip4})},
      {"PPP line that carries Cisco HDLC", 9, join({hex("0f00 0800"), ip4})},
      {"PPP serial", 50, join({hex("ff03 0021"), ip4})},
      {"PPPoE link", 51, pppoe(join({hex("0021"), ip4}))},
      {"PPP with pppd's direction", 166, join({hex("01 ff03 0021"), ip4})},
      {"PPP with direction", 204, join({hex("00 ff03 0021"), ip4})},
      {"Cisco HDLC", 104, join({hex("0f00 86dd"), ip6})},
      {"Cisco HDLC with direction", 205, join({hex("01 8f00 0800"), ip4})},
      {"frame relay, NLPID", 107, join({hex("1841 03 cc"), ip4})},
      {"frame relay, padded SNAP", 107, join({hex("1841 03 00 80 000000 86dd"), ip6})},
      {"frame relay, Cisco", 107, join({hex("1841 0800"), ip4})},
      {"frame relay with direction", 206, join({hex("00 1841 03 cc"), ip4})},
      {"SLIP", 8, join({zeros(16), ip4})},
      {"MPLS link", 219, join({hex("00011140"), ip4})},
      {"raw", 101, ip4},
      {"raw, IPv6", 101, ip6},
      {"raw, DLT 12", 12, ip4},
      {"raw, DLT 14", 14, ip6},
      {"IPv4", 228, ip4},
      {"IPv6", 229, ip6},
  };
}

inline std::vector<Sample> cooked_samples() {
  const Bytes ip4 = inner_ipv4(), ip6 = inner_ipv6();
  return {
      {"null, little-endian", 0, join({hex("02000000"), ip4})},
      {"null, big-endian", 0, join({hex("00000002"), ip4})},
      {"null, IPv6 of FreeBSD", 0, join({hex("1c000000"), ip6})},
      {"null, IPv6 of macOS", 0, join({hex("1e000000"), ip6})},
      {"loop, IPv6 of OpenBSD", 108, join({hex("00000018"), ip6})},
      {"SLL", 113, join({hex("0000 0001 0006 020000000001 0000 0800"), ip4})},
      {"SLL, 802.2", 113, join({hex("0000 0001 0006 020000000001 0000 0004"), snap(0x86dd, ip6)})},
      {"SLL2", 276, join({hex("0800 0000 00000002 0001 00 06 020000000001 0000"), ip4})},
      {"NFLOG, little-endian", 239,
       join({hex("02 00 0001 0800 0100 00000000 0500 0a00 61000000"), hex("2200 0900"), ip4})},
      {"NFLOG, big-endian", 239, join({hex("0a 00 0001 0008 0001 00000000 0036 0009"), ip6})},
      {"IPNET", 226, join({hex("01 01"), zeros(22), ip4})},
  };
}

inline std::vector<Sample> other_lan_samples() {
  const Bytes ip4 = inner_ipv4(), ip6 = inner_ipv6();
  const Bytes data = join({wlan_header(0x08, 0x02), snap(0x0800, ip4)});
  const Bytes radiotap_bare = hex("00 00 0800 00000000");
  // Time stamp, flags (0x20: padded to 4 octets), and a second presence word.
  const Bytes radiotap_padded =
      join({hex("00 00 1900 03000080 00000000"), zeros(4), zeros(8), hex("20")});
  return {
      {"802.11", 105, data},
      {"802.11 QoS", 105, join({wlan_header(0x88, 0x01), hex("0000"), snap(0x86dd, ip6)})},
      {"802.11 QoS, four addresses, HT control", 105,
       join({wlan_header(0x88, 0x83), zeros(6), hex("0000"), zeros(4), snap(0x0800, ip4)})},
      {"802.11 A-MSDU", 105,
       join({wlan_header(0x88, 0x02), hex("8000"), ethernet(38, snap(0x0800, ip4)), zeros(2)})},
      {"radiotap", 127, join({radiotap_bare, data})},
      {"radiotap with padding", 127,
       join({radiotap_padded, wlan_header(0x88, 0x02), hex("0000"), zeros(2), snap(0x0800, ip4)})},
      {"Prism", 119, join({hex("44000000 90000000"), zeros(136), data})},
      {"Prism that is AVS", 119, join({hex("80211001 00000040"), zeros(56), data})},
      {"AVS", 163, join({hex("80211002 00000040"), zeros(56), data})},
      {"SLL of a radiotap interface", 113,
       join({hex("0000 0323 0000 0000000000000000 0000"), radiotap_bare, data})},
      {"FDDI", 10, join({hex("50"), zeros(12), snap(0x0800, ip4)})},
      {"Token Ring", 6, join({hex("10 40"), zeros(12), snap(0x0800, ip4)})},
      {"Token Ring, routed", 6,
       join({hex("10 40"), zeros(6), hex("800000000001"), hex("0630 0011 0012"),
             snap(0x0800, ip4)})},
      {"ATM, RFC 1483", 100, snap(0x0800, ip4)},
  };
}

inline std::vector<Sample> wrapped_samples() {
  const Bytes ip4 = inner_ipv4();
  const Bytes frame = ethernet(0x0800, ip4);
  const auto erf = [](const char* type, const Bytes& rest) {
    return join({zeros(8), hex(type), hex("04 0000 0000 0000"), rest});
  };
  return {
      {"PKTAP", 258, join({hex("6c000000 01000000 01000000"), zeros(96), frame})},
      {"PKTAP of raw IP", 149, join({hex("6c000000 01000000 0c000000"), zeros(96), ip4})},
      {"PPI", 192, join({hex("00 00 0800 69000000"), wlan_header(0x08, 2), snap(0x0800, ip4)})},
      {"ERF Ethernet", 197, erf("02", join({zeros(2), frame}))},
      {"ERF with extensions", 197,
       erf("82", join({hex("83"), zeros(7), hex("04"), zeros(7), zeros(2), frame}))},
      {"ERF HDLC", 197, erf("01", join({hex("0f00 0800"), ip4}))},
      {"ERF PPP", 197, erf("0a", join({hex("ff03 0021"), ip4}))},
      {"ERF multichannel", 197, erf("05", join({zeros(4), hex("ff03 0021"), ip4}))},
      {"ERF IPv4", 197, erf("16", ip4)},
  };
}

// Outer addresses 192.0.2.1 and 192.0.2.2.
inline Bytes outer(unsigned proto, const Bytes& payload) {
  return ipv4({.proto = proto, .src = 0xc0000201, .dst = 0xc0000202}, payload);
}
inline Bytes outer_udp(unsigned port, const Bytes& payload) {
  return outer(17, udp(40000, port, payload));
}
// A Teredo address (2001::/32) must be one end, so its packet differs from the others' in `src`.
inline Bytes teredo_ipv6() {
  Bytes bytes = inner_ipv6();
  bytes[10] = bytes[11] = 0;
  return bytes;
}

inline std::vector<Sample> ip_tunnel_samples() {
  const Bytes ip4 = inner_ipv4(), ip6 = inner_ipv6();
  const Bytes frame = ethernet(0x0800, ip4);
  return {
      {"IP in IP", 101, outer(4, ip4)},
      {"6in4", 101, outer(41, ip6)},
      {"IPv4 in IPv6", 101, ipv6(4, ip4)},
      {"IPv6 in IPv6", 101, ipv6(41, ip6)},
      {"AH tunnel", 101, outer(51, join({hex("04 04 0000 00000001 00000002"), zeros(12), ip4}))},
      {"GRE", 101, outer(47, join({hex("0000 0800"), ip4}))},
      {"GRE with everything", 101,
       outer(47, join({hex("f000 86dd 00000000 00000001 00000002"),
                       hex("0800 00 04 0a000001 00000000"), ip6}))},
      {"GRE, Ethernet", 101, outer(47, join({hex("2000 6558 00000064"), frame}))},
      {"GRE, MPLS", 101, outer(47, join({hex("0000 8847 00011140"), ip4}))},
      {"GRE, PPTP", 101,
       outer(47, join({hex("3081 880b 00240001 00000001 00000000 ff03 0021"), ip4}))},
      {"GRE, WCCP 2", 101, outer(47, join({hex("0000 883e 01000000"), ip4}))},
      {"GRE, WCCP 1", 101, outer(47, join({hex("0000 883e"), ip4}))},
      {"GRE, 802.11 of Aruba", 101,
       outer(47, join({hex("0000 8210"), wlan_header(0x08, 0x02), snap(0x0800, ip4)}))},
      {"ERSPAN I", 101, outer(47, join({hex("0000 88be"), frame}))},
      {"ERSPAN II", 101,
       outer(47, join({hex("1000 88be 00000001"), hex("1001 0000 00000000"), frame}))},
      {"ERSPAN III", 101, outer(47, join({hex("1000 22eb 00000001"), zeros(12), frame}))},
      {"ERSPAN III, optional part", 101,
       outer(47, join({hex("1000 22eb 00000001"), zeros(11), hex("01"), zeros(8), frame}))},
  };
}

inline std::vector<Sample> udp_tunnel_samples() {
  const Bytes ip4 = inner_ipv4(), ip6 = inner_ipv6();
  const Bytes frame = ethernet(0x0800, ip4);
  return {
      {"VXLAN", 101, outer_udp(4789, join({hex("08000000 00002a00"), frame}))},
      {"VXLAN of Linux, VLAN", 101,
       outer_udp(8472, join({hex("88000001 00002a00"),
                             ethernet(0x8100, join({hex("0001 86dd"), ip6}))}))},
      {"VXLAN-GPE", 101, outer_udp(4790, join({hex("0c000001 00002a00"), ip4}))},
      {"Geneve", 101, outer_udp(6081, join({hex("0000 6558 00002a00"), frame}))},
      {"Geneve with options, IPv6", 101,
       outer_udp(6081, join({hex("0240 86dd 00002a00"), zeros(8), ip6}))},
      {"GTP-U", 101, outer_udp(2152, join({hex("30 ff 001e 00000001"), ip4}))},
      {"GTP-U with sequence number", 101,
       outer_udp(2152, join({hex("32 ff 0036 00000001 0001 00 00"), ip6}))},
      {"GTP-U with extensions", 101,
       outer_udp(2152,
                 join({hex("34 ff 002a 00000001 0000 00 85"), hex("01 1001 c0 01 0000 00"), ip4}))},
      {"L2TP", 101, outer_udp(1701, join({hex("0002 0001 0002 ff03 0021"), ip4}))},
      {"L2TP with everything", 101,
       outer_udp(1701,
                 join({hex("4a02 0032 0001 0002 0000 0000 0002 0000"), hex("ff03 0021"), ip4}))},
      {"MPLS over UDP", 101, outer_udp(6635, join({hex("00011140"), ip4}))},
      {"VXLAN in GTP-U", 101,
       outer_udp(2152, join({hex("30 ff 0050 00000001"),
                             outer_udp(4789, join({hex("08000000 00002a00"), frame}))}))},
  };
}

inline std::vector<Sample> all_samples() {
  std::vector<Sample> out;
  for (const auto& group :
       {ethernet_samples(), point_to_point_samples(), cooked_samples(), other_lan_samples(),
        wrapped_samples(), ip_tunnel_samples(), udp_tunnel_samples()})
    out.insert(out.end(), group.begin(), group.end());
  return out;
}

}  // namespace deadair::wire::test
