// MPLS label stacks.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

Step parse_mpls(Pdu pdu);

}  // namespace deadair::wire
