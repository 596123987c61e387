// The outermost layer of a frame, chosen by its link type.
#pragma once

#include "wire/pdu.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::wire {

// LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html) and those DLT_ numbers that some
// systems write instead.
namespace linktype {
inline constexpr LinkType kNull = 0, kEthernet = 1, kTokenRing = 6, kSlip = 8, kPpp = 9, kFddi = 10,
                          kAtmDlt = 11, kRawDlt = 12, kRawOpenBsd = 14, kPppSerial = 50,
                          kPppEther = 51, kAtm = 100, kRaw = 101, kCiscoHdlc = 104, kWlan = 105,
                          kFrameRelay = 107, kLoop = 108, kLinuxSll = 113, kPrism = 119,
                          kRadiotap = 127, kPktapUser = 149, kAvs = 163, kPppPppd = 166, kPpi = 192,
                          kErf = 197, kPppWithDir = 204, kCiscoHdlcWithDir = 205,
                          kFrameRelayWithDir = 206, kMpls = 219, kIpnet = 226, kIpv4 = 228,
                          kIpv6 = 229, kNflog = 239, kPktap = 258, kLinuxSll2 = 276;
}  // namespace linktype

Step parse_link(LinkType link, Pdu pdu);

}  // namespace deadair::wire
