// Link headers that an operating system makes up instead of those on the wire.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

Step parse_null(Pdu pdu);
Step parse_linux_sll(Pdu pdu);
Step parse_linux_sll2(Pdu pdu);
Step parse_nflog(Pdu pdu);
Step parse_ipnet(Pdu pdu);
Step parse_bsd_slip(Pdu pdu);

}  // namespace deadair::wire
