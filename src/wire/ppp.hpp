// Point-to-point link layers: PPP, PPPoE, Cisco HDLC and frame relay.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

// With or without address and control field, with or without protocol field compression.
Step parse_ppp(Pdu pdu);
// `pdu` begins at the PPPoE header, after the EtherType.
Step parse_pppoe(Pdu pdu);
Step parse_cisco_hdlc(Pdu pdu);
// Serial lines carry one or the other; the first octet tells which.
Step parse_ppp_or_cisco(Pdu pdu);
Step parse_frame_relay(Pdu pdu);

}  // namespace deadair::wire
