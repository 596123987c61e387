// Frames STUN and TURN over TCP.
#include "proto/stun_stream.hpp"

#include "proto/stun_types.hpp"

namespace deadair::proto::stun {
namespace {

constexpr std::size_t kCookieEnd = 8;  // type, length and magic cookie

// True when a STUN header with the magic cookie starts at `at`.
bool stun_at(ByteView stream, std::size_t at) {
  return stream.has(at, kCookieEnd) && (stream.u8(at) & 0xc0U) == 0 &&
         stream.be32(at + 4) == kMagicCookie;
}

ParseStatus cut(ByteView stream, std::size_t header, std::size_t length, std::size_t padding,
                Frame& out) {
  out = {stream.sub(header, length), length, header + length + padding};
  return stream.size() < out.next ? ParseStatus::truncated : ParseStatus::parsed;
}

ParseStatus next_unframed(ByteView stream, Frame& out) {
  const std::size_t length = stream.be16(2);
  if (stream.u8(0) >> 6 == 0) return cut(stream, 0, kHeaderSize + length, 0, out);
  if (stream.u8(0) >> 6 == 1) return cut(stream, 0, 4 + length, (4 - length % 4) % 4, out);
  return ParseStatus::not_this;
}

}  // namespace

ParseStatus detect_framing(ByteView stream, Framing& out) {
  constexpr struct {
    Framing framing;
    std::size_t header;
  } kKinds[] = {{Framing::none, 0}, {Framing::rfc4571, 2}, {Framing::ms_turn, 4}};
  for (const auto& kind : kKinds) {
    if (!stun_at(stream, kind.header)) continue;
    // The prefix must count at least the header and body of the message it stands before.
    const std::size_t message = kHeaderSize + stream.be16(kind.header + 2);
    if (kind.header > 0 && stream.be16(kind.header - 2) != message) continue;
    if (kind.framing == Framing::ms_turn && stream.be16(0) != 0x0200) continue;
    out = kind.framing;
    return ParseStatus::parsed;
  }
  return stream.size() < 4 + kCookieEnd ? ParseStatus::truncated : ParseStatus::not_this;
}

ParseStatus next_frame(ByteView stream, Framing framing, Frame& out) {
  if (stream.size() < 4) {
    out = {};
    return ParseStatus::truncated;
  }
  if (framing == Framing::none) return next_unframed(stream, out);
  if (framing == Framing::rfc4571) return cut(stream, 2, stream.be16(0), 0, out);
  const std::uint16_t kind = stream.be16(0);
  if (kind != 0x0200 && kind != 0x0300) return ParseStatus::not_this;
  return cut(stream, 4, stream.be16(2), 0, out);
}

}  // namespace deadair::proto::stun
