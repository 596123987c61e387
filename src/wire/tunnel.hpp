// Tunnel headers between an outer IP packet and what it carries.
#pragma once

#include <array>
#include <cstdint>

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

// True when the port may be that of a tunnel over UDP. Asked of every UDP packet, so one bit a port
// is looked up.
inline bool is_tunnel_port(std::uint16_t port) {
  using namespace tunnel_port;
  constexpr unsigned kWordBits = 64;
  constexpr std::size_t kWords = kVxlanLinux / kWordBits + 1;
  static constexpr std::array<std::uint64_t, kWords> kBits = [] {
    std::array<std::uint64_t, kWords> bits{};
    for (const unsigned known :
         {kL2tp, kGtpU, kTeredo, kVxlan, kVxlanGpe, kGeneve, kMplsUdp, kVxlanLinux})
      bits[known / kWordBits] |= std::uint64_t{1} << known % kWordBits;
    return bits;
  }();
  return port <= kVxlanLinux && (kBits[port / kWordBits] >> port % kWordBits & 1) != 0;
}

// What the payload of a UDP packet to or from such a port carries; Layer::stop unless the tunnel's
// own header is consistent.
Step parse_udp_tunnel(const Packet& packet);

}  // namespace deadair::wire
