// Reads the first message of Facebook Zero, which Facebook's applications spoke over TCP port 443.
#pragma once

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/chlo.hpp"

namespace deadair::proto::fbzero {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   Flags '1'   |      'Q'      |      'T'      |      'V'      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Version digit |               Length (LE 32)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Length cont. |        Message as in chlo.hpp               ....
// Flags bit 0 says that the version is there; records after the first ones have '0' and none.
// engineering.fb.com "Building Zero protocol" (2017-01-27) tells of the descent from QUIC; the
// layout is read off captures of 2016 and 2017.
struct FirstMessage {
  char version = '0';
  chlo::Message message;
};

// Reads the first message of either direction. `truncated`: the stream ends too early; the name is
// in `out` if it was complete.
ParseStatus parse_first(ByteView stream, FirstMessage& out);

}  // namespace deadair::proto::fbzero
