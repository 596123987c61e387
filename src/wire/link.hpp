// The outermost layer of a frame, chosen by its link type.
#pragma once

#include "wire/pdu.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::wire {

// LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html) and those DLT_ numbers that some
// systems write instead.
namespace linktype {
inline constexpr LinkType kNull = 0, kEthernet = 1, kPpp = 9, kRawDlt = 12, kRawOpenBsd = 14,
                          kPppSerial = 50, kPppEther = 51, kRaw = 101, kCiscoHdlc = 104,
                          kLoop = 108, kLinuxSll = 113, kPppPppd = 166, kPppWithDir = 204,
                          kCiscoHdlcWithDir = 205, kMpls = 219, kIpv4 = 228, kIpv6 = 229,
                          kLinuxSll2 = 276;
}  // namespace linktype

Step parse_link(LinkType link, Pdu pdu);

}  // namespace deadair::wire
