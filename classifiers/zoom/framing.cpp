// Finds RTP inside Zoom's encapsulations, and the end of its control messages.
#include "zoom/framing.hpp"

#include "flow/media_track.hpp"
#include "proto/demultiplex.hpp"

namespace deadair::classifiers::zoom {
namespace {

constexpr std::uint8_t kSfuMedia = 5;
constexpr std::uint8_t kFromServer = 4;
constexpr std::uint8_t kPeerHello = 0x1f;
constexpr std::size_t kReliableHeader = 7;

// Where RTP or RTCP begins; 0 for a type that carries neither.
std::size_t content_offset(ByteView bytes) {
  constexpr std::size_t kVideoSubtypeAt = 20;
  constexpr std::uint8_t kLongVideo = 2;  // frame number and packets in the frame follow
  switch (bytes.u8(0)) {
    case media_type::kAudio:
      return 19;
    case media_type::kVideo:
      return bytes.u8(kVideoSubtypeAt) == kLongVideo ? 24 : 20;
    case media_type::kScreen:
      return 20;
    default:
      break;
  }
  const bool rtcp = bytes.u8(0) >= media_type::kRtcpFirst && bytes.u8(0) <= media_type::kRtcpLast;
  return rtcp ? 16 : 0;
}

// Attributes (type, length, value) up to a final zero byte that ends the datagram. What lies beyond
// the captured bytes is taken on trust.
bool attributes_end(ByteView payload, std::size_t at, std::size_t wire_len) {
  constexpr std::uint8_t kMore = 1;
  if (payload.u8(at) != kMore) return payload.u8(at) == 0 && at + 1 == wire_len;
  ++at;
  while (payload.has(at, 2) && payload.u8(at) != 0) at += 2 + std::size_t{payload.u8(at + 1)};
  return at + 1 == wire_len || (at < wire_len && payload.size() < wire_len);
}

//  01 00 03   transaction id (16)   0 (4)   2 (4)   time (4)   time (4)   64 (4)   (64) ...
bool is_join(ByteView payload, std::size_t wire_len) {
  constexpr std::uint32_t kTokenSize = 64;
  return payload.be32(19) == 0 && payload.be32(35) == kTokenSize && wire_len >= 39 + kTokenSize;
}

//  02 00 03   transaction id (16)   cookie (4)   time (4)   0 (8)   (8)   attributes
// That of 2020 (02 00 01) ends behind the zeros.
bool is_join_answer(ByteView payload, std::size_t wire_len) {
  return payload.has(0, 35) && wire_len >= 35 && payload.be32(19) != 0 && payload.be64(27) == 0;
}

}  // namespace

bool read_sfu(ByteView payload, SfuHeader& out) {
  if (payload.u8(0) != kSfuMedia || !payload.has(0, SfuHeader::kSize + 1)) return false;
  const std::uint8_t direction = payload.u8(7);
  if (direction != 0 && direction != kFromServer) return false;
  out.cookie = payload.be32(3);
  out.from_server = direction == kFromServer;
  return true;
}

bool read_media(ByteView bytes, std::size_t wire_len, MediaFrame& out) {
  if (bytes.u8(0) == media_type::kReliable) {
    if (wire_len <= kReliableHeader) return false;
    bytes = bytes.from(kReliableHeader);
    wire_len -= kReliableHeader;
  }
  const std::size_t offset = content_offset(bytes);
  if (offset == 0 || wire_len <= offset) return false;
  const ByteView content = bytes.from(offset);
  out.type = bytes.u8(0);
  out.rtcp = out.type >= media_type::kRtcpFirst;
  if (out.rtcp) return proto::demultiplex(content) == proto::CallProtocol::rtcp;
  if (proto::rtp::parse(content, wire_len - offset, out.rtp) == ParseStatus::not_this) return false;
  out.media.rtp = content;
  out.media.rtp_len = wire_len - offset;
  out.media.kind =
      out.type == media_type::kAudio ? flow::media_kind::kVoice : flow::media_kind::kVideo;
  return true;
}

bool is_control(ByteView payload, std::size_t wire_len) {
  const std::uint16_t version = payload.be16(1);
  const bool known_version = version >= 1 && version <= 3;
  switch (payload.u8(0)) {
    case 1:
      return known_version && is_join(payload, wire_len);
    case 2:
      return known_version && is_join_answer(payload, wire_len);
    case 3:
    case 4:  // count (4), time (4), cookie (4)
      return payload.be32(9) != 0 && attributes_end(payload, 13, wire_len);
    case 7:  // 0 (4), cookie (4)
      return payload.be32(1) == 0 && payload.be32(5) != 0 && attributes_end(payload, 9, wire_len);
    default:
      return false;
  }
}

bool is_peer_hello(ByteView payload, std::size_t wire_len) {
  constexpr std::size_t kFirstLength = 24, kLength = 4, kMost = 64;
  if (payload.u8(0) != kPeerHello) return false;
  const std::size_t address = payload.be32(kFirstLength);
  if (address == 0 || address > kMost) return false;
  const std::size_t second = kFirstLength + kLength + address;
  if (!payload.has(second, kLength)) return false;
  const std::size_t id = payload.be32(second);
  return id != 0 && id <= kMost && second + kLength + id + kLength == wire_len;
}

bool unframe_sfu(ByteView payload, std::size_t wire_len, classify::Media& out) {
  SfuHeader header;
  MediaFrame frame;
  if (!read_sfu(payload, header)) return false;
  if (!read_media(payload.from(SfuHeader::kSize), wire_len - SfuHeader::kSize, frame)) return false;
  out = frame.media;
  return !frame.rtcp;
}

bool unframe_peer(ByteView payload, std::size_t wire_len, classify::Media& out) {
  MediaFrame frame;
  if (!read_media(payload, wire_len, frame)) return false;
  out = frame.media;
  return !frame.rtcp;
}

}  // namespace deadair::classifiers::zoom
