// Cuts a TCP stream that carries STUN or TURN into messages.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::stun {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |             LENGTH            |  RTP, RTCP or STUN ...        |   RFC 4571 section 2
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Type (2, 3)  | Reserved (0)  |            Length             |   [MS-TURN] 2.1.4
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// What stands in front of each message on the stream; the lengths count what follows them.
enum class Framing : std::uint8_t {
  none,     // nothing: STUN, ChannelData and multiplexed TURN tell their own length
  rfc4571,  // used by ICE-TCP too (RFC 6544 section 10.1)
  ms_turn,  // 2: TURN control message, 3: end-to-end data
};

struct Frame {
  ByteView body;         // what the stream holds of the message
  std::size_t wire = 0;  // length of the message without framing
  std::size_t next = 0;  // where the next frame starts, from the start of this one
};

// Finds the framing of a stream from its first bytes. `parsed` only when a STUN message stands
// first: one with the magic cookie, or behind a length that counts it and no more a whole one of
// RFC 3489. `truncated` when there are too few bytes to tell.
ParseStatus detect_framing(ByteView stream, Framing& out);

// Where STUN begins on a stream and how it is framed.
struct Start {
  Framing framing = Framing::none;
  std::size_t offset = 0;
  bool pseudo_tls = false;  // behind a hello that no TLS follows
};

// The same, also behind pseudo-TLS: [MS-TURN] 2.1.1 begins a connection to port 443 with one record
// that holds a ClientHello, or a ServerHello and ServerHelloDone, and goes on with framed TURN.
// Clients of Google Talk and of libnice begin with a hello of SSL 2.0 form, their servers with a
// lone ServerHello. `truncated`: nothing follows the hello yet, so it may be TLS as well.
ParseStatus find_start(ByteView stream, Start& out);

// Finds the framing of a stream whose beginning was not captured, where a segment begins with a
// frame: two frames in a row of which one is STUN with the magic cookie, or three of RTP that share
// an SSRC, alone or as ChannelData of one channel. `truncated`: what is there agrees but is less.
ParseStatus detect_midstream(ByteView stream, Framing& out);

// Reads the frame at the start of `stream`. `truncated`: more bytes are needed (body holds those
// there are). With Framing::none, ChannelData is padded to 4 bytes (RFC 8656 section 12.5).
ParseStatus next_frame(ByteView stream, Framing framing, Frame& out);

}  // namespace deadair::proto::stun
