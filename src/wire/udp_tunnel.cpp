// Reads the headers of tunnels over UDP.
#include "wire/tunnel.hpp"

namespace deadair::wire {

bool is_tunnel_port(std::uint16_t) { return false; }
Step parse_udp_tunnel(const Packet&) { return stop(Undecoded::not_ip); }

}  // namespace deadair::wire
