// Sorts the datagrams of a call's 5-tuple by their first byte.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"

namespace deadair::proto {

enum class CallProtocol : std::uint8_t { stun, zrtp, dtls, turn_channel, rtp, rtcp, other };

//              +----------------+
//              |        [0..3] -+--> STUN
//              |      [16..19] -+--> ZRTP
//  packet -->  |      [20..63] -+--> DTLS
//              |      [64..79] -+--> TURN channel
//              |    [128..191] -+--> RTP or RTCP
//              +----------------+
// RFC 7983 section 7; RTP and RTCP part by the second byte (RFC 5761 section 4). The answer is
// which dissector to ask, not what the datagram is.
constexpr CallProtocol demultiplex(ByteView datagram) {
  if (datagram.empty()) return CallProtocol::other;
  const std::uint8_t first = datagram.u8(0);
  if (first <= 3) return CallProtocol::stun;
  if (first >= 16 && first <= 19) return CallProtocol::zrtp;
  if (first >= 20 && first <= 63) return CallProtocol::dtls;
  if (first >= 64 && first <= 79) return CallProtocol::turn_channel;
  if (first < 128 || first > 191) return CallProtocol::other;
  const std::uint8_t second = datagram.u8(1);
  return second >= 192 && second <= 223 ? CallProtocol::rtcp : CallProtocol::rtp;
}

}  // namespace deadair::proto
