// Tells the reflectors' messages apart and finds media in them.
#include "telegram/reflector.hpp"

#include <algorithm>

#include "classify/unwrap.hpp"
#include "flow/media_track.hpp"
#include "proto/demultiplex.hpp"
#include "telegram/signatures.hpp"

namespace deadair::classifiers::telegram {
namespace {

using proto::CallProtocol;

bool all_are(ByteView bytes, std::uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [value](std::uint8_t b) { return b == value; });
}

std::size_t whole_words(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

// What a relay carries between the ends. DTLS, STUN and RTCP set up and control, the rest is media.
bool take_inner(ByteView inner, std::size_t wire_len, classify::Media& out) {
  switch (proto::demultiplex(inner)) {
    case CallProtocol::rtp:
      out.rtp = inner;
      out.rtp_len = wire_len;
      return true;
    case CallProtocol::turn_channel:
    case CallProtocol::other:
      out.opaque_len = wire_len;
      return wire_len > 0;
    case CallProtocol::stun:
    case CallProtocol::zrtp:
    case CallProtocol::dtls:
    case CallProtocol::rtcp:
      break;
  }
  return false;
}

}  // namespace

bool is_service_message(ByteView tagged, std::size_t wire_len) {
  constexpr std::size_t kHead = kTagSize + kServiceMarkSize + 4;
  // Silence in G.711 is ff as well: behind an RTP header it reaches into the tag.
  if (!tagged.has(0, kHead) || tagged.be32(kTagSize - 4) == 0xffff'ffff) return false;
  if (!all_are(tagged.sub(kTagSize, kServiceMarkSize), 0xff)) return false;
  const std::uint32_t type = tagged.be32(kHead - 4);
  return std::any_of(kServiceTypes.begin(), kServiceTypes.end(), [&](const ServiceType& known) {
    return known.word == type && wire_len >= known.shortest && wire_len <= known.longest;
  });
}

bool is_data_frame(ByteView payload, std::size_t wire_len) {
  const std::size_t length = payload.be32(kLengthAt);
  return payload.has(0, kFrameHeader) && length > 0 && length < wire_len &&
         kFrameHeader + whole_words(length) == wire_len;
}

bool unframe_reflector(ByteView payload, std::size_t wire_len, classify::Media& out) {
  if (is_service_message(payload, wire_len)) return false;
  if (is_data_frame(payload, wire_len)) {
    const std::size_t length = payload.be32(kLengthAt);
    return take_inner(payload.sub(kFrameHeader, length), length, out);
  }
  if (wire_len < kShortestVoice) return false;
  out.opaque_len = wire_len - kTagSize - kMessageKeySize;
  out.kind = flow::media_kind::kVoice;
  return true;
}

bool unframe_turn(ByteView payload, std::size_t wire_len, classify::Media& out) {
  classify::Unwrapped unwrapped;
  classify::unwrap(payload, wire_len, unwrapped);
  return unwrapped.relayed && take_inner(unwrapped.inner, unwrapped.inner_len, out);
}

}  // namespace deadair::classifiers::telegram
