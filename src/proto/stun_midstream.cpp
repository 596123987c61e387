// Finds the framing of TURN over TCP in the middle of a stream.
#include <optional>

#include "proto/rtp.hpp"
#include "proto/stun.hpp"
#include "proto/stun_stream.hpp"

namespace deadair::proto::stun {
namespace {

constexpr int kMaxFrames = 8;  // looked at from the start; most segments hold fewer
constexpr int kEnoughMedia = 3;
constexpr std::size_t kRtpHeader = 12;

// What the frames so far have shown.
struct Evidence {
  int frames = 0;
  int media = 0;  // RTP of one SSRC
  bool stun = false;
  std::uint32_t ssrc = 0;
  std::optional<std::uint16_t> channel;

  [[nodiscard]] bool enough() const { return (stun && frames >= 2) || media >= kEnoughMedia; }
};

// Whether the RTP in `body` goes with that before it.
bool add_media(ByteView body, std::size_t wire, Evidence& evidence) {
  rtp::Header header;
  if (rtp::parse(body, wire, header) != ParseStatus::parsed) return false;
  if (evidence.media > 0 && evidence.ssrc != header.ssrc) return false;
  evidence.ssrc = header.ssrc;
  ++evidence.media;
  return true;
}

// Whether a frame can be one of a relayed call, and what it adds.
bool add(const Frame& frame, Framing framing, Evidence& evidence) {
  ++evidence.frames;
  const ByteView body = frame.body;
  if (body.has(0, 8) && body.be32(4) == kMagicCookie) {
    Message message;
    evidence.stun = parse(body, frame.wire, message) != ParseStatus::not_this;
    return evidence.stun;
  }
  if (framing != Framing::none) return add_media(body, frame.wire, evidence);
  const std::uint16_t channel = body.be16(0);
  if (channel < 0x4000 || channel > 0x4fff || evidence.channel.value_or(channel) != channel) {
    return false;
  }
  evidence.channel = channel;
  return add_media(body.from(4), frame.wire - 4, evidence);
}

// Whether the start of a message can be that of STUN with the magic cookie.
bool may_be_stun(const Frame& frame) {
  const ByteView body = frame.body;
  if (body.u8(0) > 3 || frame.wire < kHeaderSize) return false;
  if (body.has(0, 4) && body.be16(2) + kHeaderSize != frame.wire) return false;
  return body.size() < 8 || body.be32(4) == kMagicCookie;
}

// Whether a frame that goes on past the stream can be one of a relayed call, by its first bytes.
bool plausible_start(const Frame& frame, Framing framing) {
  const ByteView body = frame.body;
  if (body.empty() || may_be_stun(frame)) return true;
  if (framing != Framing::none) return body.u8(0) >> 6 == 2 && frame.wire >= kRtpHeader;
  return body.u8(0) >= 0x40 && body.u8(0) <= 0x4f && (body.size() < 5 || body.u8(4) >> 6 == 2);
}

// Walks the frames of a stream as `framing` cuts them.
ParseStatus walk(ByteView stream, Framing framing) {
  Evidence evidence;
  for (int count = 0; count < kMaxFrames; ++count) {
    Frame frame;
    const ParseStatus status = next_frame(stream, framing, frame);
    if (status == ParseStatus::not_this) return status;
    if (status == ParseStatus::truncated) {
      return plausible_start(frame, framing) ? status : ParseStatus::not_this;
    }
    if (!add(frame, framing, evidence)) return ParseStatus::not_this;
    if (evidence.enough()) return ParseStatus::parsed;
    stream = stream.from(frame.next);
  }
  return ParseStatus::not_this;
}

}  // namespace

ParseStatus detect_midstream(ByteView stream, Framing& out) {
  ParseStatus best = ParseStatus::not_this;
  for (const Framing framing : {Framing::none, Framing::rfc4571, Framing::ms_turn}) {
    const ParseStatus status = walk(stream, framing);
    if (status == ParseStatus::not_this) continue;
    out = framing;
    if (status == ParseStatus::parsed) return status;
    best = status;
  }
  return best;
}

}  // namespace deadair::proto::stun
