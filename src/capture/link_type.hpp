// Link types as files number them (LINKTYPE_) and as libpcap does on Linux (DLT_).
#pragma once

#include "wire/raw_packet.hpp"

namespace deadair::capture {

// The two numberings agree but for a few old entries (https://www.tcpdump.org/linktypes.html).
int to_dlt(wire::LinkType link);
wire::LinkType from_dlt(int dlt);

}  // namespace deadair::capture
