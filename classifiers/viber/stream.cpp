// Follows Viber's frames by their lengths and counters.
#include "viber/stream.hpp"

#include "proto/tls.hpp"
#include "viber/signatures.hpp"

namespace deadair::classifiers::viber {
namespace {

constexpr std::size_t kFrameHeader = 6;
constexpr std::size_t kHelloMarkAt = 6;
constexpr std::size_t kRecordHeader = 5;
constexpr std::uint8_t kClientHello = 1, kHandshake = 22, kApplicationData = 23;

bool is_frame_length(std::size_t length) {
  return length >= kShortestFrame && length <= kLongestFrame;
}

bool is_hello(ByteView frame) {
  return is_frame_length(frame.le16(0)) && frame.be32(kHelloMarkAt) == kHelloMark;
}

// Whether `next` may follow `frame`.
bool follows(ByteView next, ByteView frame) {
  return is_frame_length(next.le16(0)) && next.be16(4) == 0 &&
         next.le16(2) == static_cast<std::uint16_t>(frame.le16(2) + 1);
}

// The session ticket (RFC 5077), only extension of the imitated ClientHello, is Viber's hello.
bool hides_hello(ByteView record) {
  constexpr std::uint16_t kSessionTicket = 35;
  ByteReader reader(record.from(kRecordHeader + 4 + 2 + 32));
  reader.skip(reader.u8());    // session id
  reader.skip(reader.be16());  // cipher suites
  reader.skip(reader.u8());    // compression
  reader.skip(2);              // extensions
  const bool ticket = reader.be16() == kSessionTicket;
  reader.skip(2);
  return ticket && is_hello(reader.rest());
}

bool is_record(ByteView bytes) {
  return bytes.u8(0) >= 20 && bytes.u8(0) <= kApplicationData && bytes.u8(1) == 3;
}

}  // namespace

Frames read_frames(ByteView head) {
  const std::size_t length = head.le16(0);
  if (head.size() < kHelloMarkAt + 4) {
    return head.size() < 2 || is_frame_length(length) ? Frames::partial : Frames::none;
  }
  if (is_hello(head)) return Frames::proven;
  if (!is_frame_length(length)) return Frames::none;
  const bool ends_here = head.size() == length;
  if (head.be16(4) == kAnswerMark) {
    return ends_here || is_frame_length(head.from(length).le16(0)) ? Frames::answer : Frames::none;
  }
  if (head.be16(4) != 0) return Frames::none;
  const ByteView second = head.from(length);
  if (second.size() < kFrameHeader) return Frames::one;
  if (!follows(second, head)) return Frames::none;
  const ByteView third = second.from(second.le16(0));
  if (third.size() < kFrameHeader) return Frames::two;
  return follows(third, second) ? Frames::proven : Frames::none;
}

FalseTls read_false_tls(ByteView head) {
  ByteView last;  // the frame in the record of data before
  for (ByteView rest = head; !rest.empty();) {
    if (!is_record(rest)) return FalseTls::none;
    const std::size_t size = rest.be16(3);
    const ByteView body = rest.sub(kRecordHeader, size);
    if (rest.u8(0) == kHandshake && body.u8(0) == kClientHello && rest.data() == head.data()) {
      if (hides_hello(rest)) return FalseTls::proven;
      return body.size() < size ? FalseTls::undecided : FalseTls::none;
    }
    if (rest.u8(0) == kApplicationData) {
      if (body.size() < kFrameHeader) return last.empty() ? FalseTls::undecided : FalseTls::one;
      if (body.le16(0) != size || body.be16(4) != 0) return FalseTls::none;
      if (!last.empty()) return follows(body, last) ? FalseTls::proven : FalseTls::none;
      last = body;
    }
    rest = rest.from(kRecordHeader + size);
  }
  return last.empty() ? FalseTls::undecided : FalseTls::one;
}

}  // namespace deadair::classifiers::viber
