// Tells a stream that repairs another from one that carries media of its own.
#pragma once

#include "flow/rtp_stream.hpp"

namespace deadair::flow {

// True when `stream` retransmits (RFC 4588) or protects (RFC 8627) `other`, which goes the same
// way, or pads it to probe the bandwidth, as WebRTC does in the retransmission's stream. Such a
// stream has a payload type of its own, stamps its packets with the time of the packets it repairs
// (RFC 4588 section 4), in the other's count, which begins at random, and has less than half as
// many packets, or a tenth if it began sooner. Before there is anything to repair, WebRTC stamps
// padding with zero. Media beside it with the same clock and beginning, of the same type, is no
// repair. WebRTC also probes with an SSRC of zero, which then belongs to no medium.
bool repairs(const RtpFacts& stream, const RtpFacts& other);

}  // namespace deadair::flow
