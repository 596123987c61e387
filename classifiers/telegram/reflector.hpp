// Reads the datagrams of Telegram's call relays: the reflectors' own framing and TURN.
#pragma once

#include <cstddef>

#include "bytes/byte_view.hpp"
#include "classify/classifier.hpp"

namespace deadair::classifiers::telegram {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                    tag of the call (96 bits)                  |
// |            tag of the participant (libtgvoip: of the call)    |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   ff x 12, type: to and from the reflector itself             |
// |   or sender (32), length (32), data, padding (tgcalls)        |
// |   or message key (128), ciphertext (libtgvoip)                |

// A message of `wire_len` bytes to or from the reflector itself: enough to know it by. `tagged`
// begins with the tag: a datagram, or one frame of a TCP stream.
bool is_service_message(ByteView tagged, std::size_t wire_len);

// A frame of tgcalls whose length field fits a datagram of `wire_len` bytes.
bool is_data_frame(ByteView payload, std::size_t wire_len);

// Media in a reflector's datagram (classify::Unframe).
bool unframe_reflector(ByteView payload, std::size_t wire_len, classify::Media& out);

// Media in ChannelData or an indication: RTP, or ciphertext in the calls of 2020 on
// (classify::Unframe).
bool unframe_turn(ByteView payload, std::size_t wire_len, classify::Media& out);

}  // namespace deadair::classifiers::telegram
