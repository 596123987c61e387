// Reads Viber's frames on TCP, bare and inside its imitation of TLS.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"

namespace deadair::classifiers::viber {

// What the frames at the head of one side show.
enum class Frames : std::uint8_t {
  none,     // not frames
  partial,  // no whole header yet
  answer,   // a server's first frame fits
  one,      // one frame fits, and more may come
  two,      // a second one follows it: counter and zeros fit
  proven,   // a client's hello, or a third frame
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     Length, with itself       |           Counter             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |       0 (or: 03 80)           |        ciphertext ...
// Both numbers are little-endian. A client's first frame has a 4-byte number behind the length and
// then fc ff 03 80.
Frames read_frames(ByteView head);

// What looks like TLS at the head of one side, from its start or not.
enum class FalseTls : std::uint8_t {
  none,  // TLS as it should be, or none
  undecided,
  one,     // one record of data begins with its own length
  proven,  // a ClientHello whose ticket is Viber's hello, or two such records
};
FalseTls read_false_tls(ByteView head);

}  // namespace deadair::classifiers::viber
