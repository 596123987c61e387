// Frames STUN and TURN over TCP.
#include "proto/stun_stream.hpp"

#include "proto/stun.hpp"
#include "proto/tls.hpp"

namespace deadair::proto::stun {
namespace {

constexpr std::size_t kCookieEnd = 8;  // type, length and magic cookie
constexpr std::uint16_t kMultiplexed = 0xff10;
constexpr std::size_t kMultiplexedHeader = 12;
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kHandshakeHeader = 4;
constexpr std::size_t kSsl2HelloSize = 72;  // two bytes of length, 0x46 of message

struct Kind {
  Framing framing;
  std::size_t header;
};
constexpr Kind kKinds[] = {{Framing::none, 0}, {Framing::rfc4571, 2}, {Framing::ms_turn, 4}};

// True when a STUN header with the magic cookie starts at `at`.
bool stun_at(ByteView stream, std::size_t at) {
  return stream.has(at, kCookieEnd) && (stream.u8(at) & 0xc0U) == 0 &&
         stream.be32(at + 4) == kMagicCookie;
}

// True when a whole STUN message of RFC 3489 stands behind a prefix that counts it.
bool classic_behind_prefix(ByteView stream, const Kind& kind) {
  if (kind.header == 0 || !stream.has(kind.header, kHeaderSize + 4)) return false;
  const std::size_t length = stream.be16(kind.header - 2);
  Message message;
  return length > kHeaderSize && stream.has(kind.header, length) &&
         parse(stream.sub(kind.header, length), length, message) == ParseStatus::parsed;
}

bool multiplexed_at_start(ByteView stream) {
  return stream.be16(0) == kMultiplexed && stun_at(stream, kMultiplexedHeader);
}

bool starts_with(ByteView stream, const Kind& kind) {
  if (kind.framing == Framing::ms_turn && stream.be16(0) != 0x0200) return false;
  if (!stun_at(stream, kind.header)) {
    return classic_behind_prefix(stream, kind) ||
           (kind.header == 0 && multiplexed_at_start(stream));
  }
  // The prefix must count at least the header and body of the message it stands before.
  const std::size_t message = kHeaderSize + stream.be16(kind.header + 2);
  return kind.header == 0 || stream.be16(kind.header - 2) == message;
}

// Whether more bytes could still show a message behind one of the prefixes: of RFC 3489 it must be
// whole.
bool may_grow(ByteView stream) {
  if (stream.size() < 4 + kCookieEnd) return true;
  for (const Kind& kind : kKinds) {
    if (kind.framing == Framing::ms_turn && stream.be16(0) != 0x0200) continue;
    if (kind.header == 0) {
      if (stream.be16(0) == kMultiplexed && !stream.has(kMultiplexedHeader, kCookieEnd))
        return true;
      continue;
    }
    const std::size_t length = stream.be16(kind.header - 2);
    if (length > kHeaderSize && length == kHeaderSize + stream.be16(kind.header + 2) &&
        stream.u8(kind.header) <= 1 && !stream.has(kind.header, length)) {
      return true;
    }
  }
  return false;
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
  if (stream.be16(0) == kMultiplexed) return cut(stream, 0, 4 + length, 0, out);
  return ParseStatus::not_this;
}

// The size of a hello that pseudo-TLS may begin with, zero when the stream has none. `known` is
// false while the bytes are too few to tell.
std::size_t hello_size(ByteView stream, bool& known) {
  known = true;
  if (stream.starts_with("\x80\x46\x01\x03")) return kSsl2HelloSize;
  tls::Record record;
  const ParseStatus status = tls::parse_record(stream, record);
  known = stream.has(0, kRecordHeader + kHandshakeHeader) || status == ParseStatus::not_this;
  if (!known || status == ParseStatus::not_this) return 0;
  const std::uint8_t type = record.fragment.u8(0);
  const bool hello = record.type == tls::record_type::kHandshake && (type == 1 || type == 2);
  return hello ? kRecordHeader + record.length : 0;
}

}  // namespace

ParseStatus detect_framing(ByteView stream, Framing& out) {
  for (const Kind& kind : kKinds) {
    if (!starts_with(stream, kind)) continue;
    out = kind.framing;
    return ParseStatus::parsed;
  }
  return may_grow(stream) ? ParseStatus::truncated : ParseStatus::not_this;
}

ParseStatus find_start(ByteView stream, Start& out) {
  out = {};
  const ParseStatus plain = detect_framing(stream, out.framing);
  if (plain == ParseStatus::parsed) return plain;
  bool known = false;
  const std::size_t size = hello_size(stream, known);
  if (!known) return ParseStatus::truncated;
  if (size == 0) return plain;
  // What follows a hello of TLS is another record.
  const ByteView rest = stream.from(size);
  if (rest.empty()) return ParseStatus::truncated;
  const ParseStatus behind = detect_framing(rest, out.framing);
  if (behind == ParseStatus::truncated && tls::looks_like_tls(rest)) return ParseStatus::not_this;
  out.offset = size;
  out.pseudo_tls = behind == ParseStatus::parsed;
  return behind;
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
