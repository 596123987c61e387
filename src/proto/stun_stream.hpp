// Cuts a TCP stream that carries STUN or TURN into messages.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::stun {

// What stands in front of each message on the stream.
enum class Framing : std::uint8_t {
  none,     // nothing: STUN and ChannelData tell their own length (RFC 8489 section 6.2.2)
  rfc4571,  // 2 bytes of length (RFC 4571, used by ICE-TCP, RFC 6544 section 10.1)
  ms_turn,  // type 2 or 3, a zero byte, 2 bytes of length ([MS-TURN] 2.2.1)
};

struct Frame {
  ByteView body;         // what the stream holds of the message
  std::size_t wire = 0;  // length of the message without framing
  std::size_t next = 0;  // where the next frame starts, from the start of this one
};

// Finds the framing of a stream from its first bytes. `parsed` only when a STUN message with the
// magic cookie stands first; `truncated` when there are too few bytes to tell.
ParseStatus detect_framing(ByteView stream, Framing& out);

// Reads the frame at the start of `stream`. `truncated`: more bytes are needed (body holds those
// there are). With Framing::none, ChannelData is padded to 4 bytes (RFC 8656 section 12.5).
ParseStatus next_frame(ByteView stream, Framing framing, Frame& out);

}  // namespace deadair::proto::stun
