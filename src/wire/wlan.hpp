// IEEE 802.11 data frames and the headers that capturing drivers put in front of them.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

Step parse_wlan(Pdu pdu);
Step parse_radiotap(Pdu pdu);
// Prism, or AVS where a driver calls it Prism.
Step parse_prism(Pdu pdu);
Step parse_avs(Pdu pdu);

}  // namespace deadair::wire
