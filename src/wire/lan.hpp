// Local networks other than Ethernet and 802.11 that carry IP over LLC.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

Step parse_fddi(Pdu pdu);
Step parse_token_ring(Pdu pdu);

}  // namespace deadair::wire
