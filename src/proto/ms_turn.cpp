// Reads the marks of Microsoft's dialect off STUN messages ([MS-TURN], [MS-ICE2], [MS-ICE2BWM]).
#include "proto/ms_turn.hpp"

#include "proto/stun_stream.hpp"
#include "proto/turn.hpp"

namespace deadair::proto::ms_turn {
namespace {

constexpr std::uint32_t kCookieHead = 0x000f0004;  // type and length of the attribute
constexpr std::size_t kSomeMessages = 8;           // of a stream; the first two usually tell

// 0x8020 is missing on purpose: servers of RFC 3489's time send it too.
void add(const stun::Attribute& attribute, Marks& marks) {
  switch (attribute.type) {
    case stun::attribute::kMsMagicCookie:
      marks.cookie = marks.cookie || attribute.value.be32(0) == kCookie;
      return;
    case stun::attribute::kMsUnnamed8033:
    case stun::attribute::kMsUnnamed8036:
    case stun::attribute::kMsUnnamed8037:
      marks.newer = marks.microsoft = true;
      return;
    case stun::attribute::kMsCandidateIdentifier:
      marks.candidate = marks.microsoft = true;
      return;
    case stun::attribute::kMsVersion:
    case stun::attribute::kMsSequenceNumber:
    case stun::attribute::kMsServiceQuality:
    case stun::attribute::kMsImplementationVersion:
    case stun::attribute::kMsMultiplexedSessionId:
      marks.microsoft = true;
      return;
    default:
      return;
  }
}

// The ICE message that a relay carries between client and peer.
void add_carried(const stun::Attribute& data, Marks& marks) {
  stun::Message inner;
  if (stun::parse(data.value, data.length, inner) == ParseStatus::not_this) return;
  for (const stun::Attribute& attribute : inner.attributes) add(attribute, marks);
}

void add_frame(const stun::Frame& frame, Marks& marks) {
  ByteView body = frame.body;
  std::size_t length = frame.wire;
  turn::Multiplexed multiplexed;
  if (turn::parse_multiplexed(body, length, multiplexed) != ParseStatus::not_this) {
    body = multiplexed.inner;
    length = multiplexed.inner_len;
  }
  stun::Message message;
  if (stun::parse(body, length, message) != ParseStatus::not_this) {
    marks |= read(message);
  } else if (has_cookie(body)) {
    marks.cookie = true;
  }
}

}  // namespace

Marks& Marks::operator|=(const Marks& other) {
  cookie = cookie || other.cookie;
  microsoft = microsoft || other.microsoft;
  candidate = candidate || other.candidate;
  newer = newer || other.newer;
  return *this;
}

Marks read(const stun::Message& message) {
  Marks marks;
  for (const stun::Attribute& attribute : message.attributes) {
    if (attribute.type == stun::attribute::kData) {
      add_carried(attribute, marks);
    } else {
      add(attribute, marks);
    }
  }
  return marks;
}

bool has_cookie(ByteView message) {
  return message.u8(0) <= 1 && message.be32(stun::kHeaderSize) == kCookieHead &&
         message.be32(stun::kHeaderSize + 4) == kCookie;
}

ParseStatus read_stream(ByteView stream, bool from_start, Marks& marks) {
  stun::Start start;
  const ParseStatus found =
      from_start ? stun::find_start(stream, start) : stun::detect_midstream(stream, start.framing);
  if (found != ParseStatus::parsed) return found;
  ByteView rest = stream.from(start.offset);
  for (std::size_t i = 0; i < kSomeMessages && !rest.empty(); ++i) {
    stun::Frame frame;
    const ParseStatus status = stun::next_frame(rest, start.framing, frame);
    if (status == ParseStatus::not_this) break;
    add_frame(frame, marks);
    if (status == ParseStatus::truncated) break;
    rest = rest.from(frame.next);
  }
  return found;
}

}  // namespace deadair::proto::ms_turn
