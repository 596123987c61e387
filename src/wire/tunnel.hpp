// Tunnel headers between an outer IP packet and what it carries.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

// GRE, the body of IP protocol 47.
Step parse_gre(Pdu pdu);

// True when the port may be that of a tunnel over UDP.
bool is_tunnel_port(std::uint16_t port);
// What the payload of a UDP packet to or from such a port carries; Layer::stop unless the tunnel's
// own header is consistent.
Step parse_udp_tunnel(const Packet& packet);

}  // namespace deadair::wire
