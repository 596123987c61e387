// Capture headers that name the link type of the frame behind them.
#pragma once

#include "wire/pdu.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::wire {

// A frame without its wrapping. `step` counts when `bare` is false.
struct Unwrapped {
  bool bare = false;
  LinkType link = 0;
  Pdu pdu;
  Step step;
};

Unwrapped unwrap_pktap(Pdu pdu);
Unwrapped unwrap_ppi(Pdu pdu);
// Endace's record header, as LINKTYPE_ERF has it.
Step parse_erf(Pdu pdu);

}  // namespace deadair::wire
