// Tunnel headers between an outer IP packet and what it carries.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

// GRE, the body of IP protocol 47.
Step parse_gre(Pdu pdu);

// IANA service names; 8472 is what Linux used for VXLAN before it had a number.
namespace tunnel_port {
inline constexpr std::uint16_t kL2tp = 1701, kGtpU = 2152, kTeredo = 3544, kVxlan = 4789,
                               kVxlanGpe = 4790, kGeneve = 6081, kMplsUdp = 6635,
                               kVxlanLinux = 8472;
}  // namespace tunnel_port

// True when the port may be that of a tunnel over UDP. Asked of every UDP packet.
inline bool is_tunnel_port(std::uint16_t port) {
  if (port < tunnel_port::kL2tp || port > tunnel_port::kVxlanLinux) return false;
  switch (port) {
    case tunnel_port::kL2tp:
    case tunnel_port::kGtpU:
    case tunnel_port::kTeredo:
    case tunnel_port::kVxlan:
    case tunnel_port::kVxlanGpe:
    case tunnel_port::kGeneve:
    case tunnel_port::kMplsUdp:
    case tunnel_port::kVxlanLinux:
      return true;
    default:
      return false;
  }
}
// What the payload of a UDP packet to or from such a port carries; Layer::stop unless the tunnel's
// own header is consistent.
Step parse_udp_tunnel(const Packet& packet);

}  // namespace deadair::wire
