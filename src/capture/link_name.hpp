// Names of link types, as tcpdump prints them.
#pragma once

#include <string>

#include "wire/raw_packet.hpp"

namespace deadair::capture {

// "EN10MB" for Ethernet; "LINKTYPE_4711" for one that libpcap has no name for.
std::string link_type_name(wire::LinkType link);

}  // namespace deadair::capture
