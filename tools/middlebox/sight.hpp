// What a packet's payload shows to somebody who inspects it: names and protocols.
#pragma once

#include <string>

#include "flow_state.hpp"

namespace deadair::middlebox {

// Facts of the packet at hand. Names are those that this packet made known.
struct Sight {
  Names fresh;
  std::string dns_name;  // of the question, in queries and answers
  bool dns_query = false;
  bool stun_cookie = false;  // bytes 4 to 7 of the datagram are the magic cookie
  int stun_method = -1;      // -1: not STUN
  bool dtls = false;
  bool rtp = false;  // from the second packet of an SSRC on
  bool wireguard = false;
  bool openvpn = false;
};

// Inspects a packet of `flow`, whose state it advances (stream heads, hellos, SSRCs).
void inspect(FlowState& flow, const wire::Packet& packet, Way way, Sight& out);

}  // namespace deadair::middlebox
