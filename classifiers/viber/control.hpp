// Reads the datagrams of Viber's calls: control messages and tagged media.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "classify/classifier.hpp"

namespace deadair::classifiers::viber {

// How far one datagram shows that it is a control message.
enum class Sign : std::uint8_t {
  none,
  shape,  // type and length fit
  proof,  // so does a clock of milliseconds since 1970, or two
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |             Tag               |     Type      |       0       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// /        depends on the type; numbers are little-endian         /
// `wire_len` is the datagram's. Of an earlier datagram the first 24 bytes are enough for `shape`.
Sign read_control(ByteView payload, std::size_t wire_len);

// True when an RTP packet of a dynamic payload type lies behind the 2-byte tag. One in 16 of random
// datagrams passes.
bool is_tagged_rtp(ByteView payload);

// The RTP packet behind the tag (classify::Unframe).
bool unframe(ByteView payload, std::size_t wire_len, classify::Media& out);

}  // namespace deadair::classifiers::viber
