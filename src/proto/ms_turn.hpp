// Tells Microsoft's dialect of STUN and TURN from everyone else's, in datagrams and TCP streams.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/stun.hpp"

namespace deadair::proto::ms_turn {

// The value of the attribute that comes first in each message of MS-TURN ([MS-TURN] 2.2.2.1). The
// relays of Google Talk used it as well, so it names nobody by itself.
inline constexpr std::uint32_t kCookie = 0x72c64bc6;

// What the attributes of some messages showed. Which application they mean is not decided here.
struct Marks {
  bool cookie = false;     // MS-TURN's cookie
  bool microsoft = false;  // an attribute that only Microsoft sends
  bool candidate = false;  // MS-CANDIDATE-IDENTIFIER ([MS-ICE2BWM] 2.2.2)
  bool newer = false;      // 0x8033, 0x8036 or 0x8037, which no specification has

  [[nodiscard]] bool any() const { return cookie || microsoft; }
  Marks& operator|=(const Marks& other);
};

// The marks of a message, and of the ICE message in its DATA attribute if it holds one.
Marks read(const stun::Message& message);

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         0x000F                |            0x0004             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                          0x72C64BC6                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// True when these 8 bytes follow 20 of STUN header: also in messages whose attributes do not add
// up, as data of odd size makes them.
bool has_cookie(ByteView message);

// Adds the marks of the first messages of a TCP stream: plain, framed, multiplexed, or behind
// pseudo-TLS. `from_start`: the stream's first byte was captured. `parsed`: it is STUN or TURN;
// `truncated`: too short to tell.
ParseStatus read_stream(ByteView stream, bool from_start, Marks& marks);

}  // namespace deadair::proto::ms_turn
