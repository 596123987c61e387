// Continuity of RTP streams and the voice-or-video windows.
#include "flow/media_track.hpp"

#include <algorithm>

namespace deadair::flow {
namespace {

// How far a sequence number may jump within one stream (RFC 3550 appendix A.1: MAX_DROPOUT 3000,
// MAX_MISORDER 100).
constexpr std::uint16_t kMaxDropout = 3000;
constexpr std::uint16_t kMaxMisorder = 100;
// Random bytes continue a stream with a chance of about 2^-36 a packet; three in a row are proof.
constexpr std::uint64_t kProof = 3;

bool follows(MediaDirection::Stream& stream, std::uint16_t sequence) {
  const auto step = static_cast<std::uint16_t>(sequence - stream.sequence);
  stream.sequence = sequence;
  return step < kMaxDropout || static_cast<std::uint16_t>(-step) < kMaxMisorder;
}

// Notes the packet in its stream, which moves to the front. True when it continues one.
bool note_stream(MediaDirection& direction, const proto::rtp::Header& header) {
  auto& streams = direction.streams;
  if (streams.front().ssrc == header.ssrc) return follows(streams.front(), header.sequence);
  auto found = streams.begin();
  while (found != streams.end() && found->ssrc != header.ssrc) ++found;
  MediaDirection::Stream stream{header.ssrc, header.sequence};
  bool continues = false;
  if (found == streams.end())
    --found;  // the stream silent longest makes room
  else
    continues = follows(*found, header.sequence);
  std::move_backward(streams.begin(), found, found + 1);
  streams.front() = stream;
  return continues;
}

std::uint8_t judge(const MediaDirection& direction) {
  if (direction.seen < MediaTrack::kFewest) return 0;
  if (direction.large * 2 <= direction.seen) return media_kind::kVoice;
  const bool sound_too = direction.small_other >= MediaTrack::kFewest;
  return sound_too ? media_kind::kVideo | media_kind::kVoice : media_kind::kVideo;
}

constexpr std::uint8_t with(std::uint8_t kinds, std::uint8_t more) {
  return static_cast<std::uint8_t>(kinds | more);
}

void start_window(MediaDirection& direction, std::int64_t ts_ns) {
  direction.window_start_ns = ts_ns;
  direction.seen = direction.large = direction.small_other = 0;
}

}  // namespace

bool MediaTrack::update(Side from, const proto::rtp::Header& header, std::int64_t ts_ns) {
  MediaDirection& direction = directions[static_cast<std::size_t>(from)];
  bool proof = false;
  if (note_stream(direction, header)) {
    proof = ++direction.packets == kProof &&
            directions[1 - static_cast<std::size_t>(from)].packets < kProof;
  }
  if (ts_ns - direction.window_start_ns >= kWindowNs || ts_ns < direction.window_start_ns) {
    direction.kinds = with(direction.kinds, judge(direction));
    start_window(direction, ts_ns);
  }
  if (direction.seen == 0xffff) return proof;
  ++direction.seen;
  if (header.payload_size > kLargePayload) {
    ++direction.large;
    direction.large_type = header.payload_type;
  } else if (direction.large_type != 0xff && header.payload_type != direction.large_type) {
    ++direction.small_other;
  }
  return proof;
}

void MediaTrack::update_opaque(Side from, std::size_t media_bytes, std::uint8_t kind,
                               std::int64_t ts_ns) {
  MediaDirection& direction = directions[static_cast<std::size_t>(from)];
  ++direction.packets;
  direction.kinds = with(direction.kinds, kind);
  if (kind != 0) return;
  if (ts_ns - direction.window_start_ns >= kWindowNs || ts_ns < direction.window_start_ns) {
    direction.kinds = with(direction.kinds, judge(direction));
    start_window(direction, ts_ns);
  }
  if (direction.seen == 0xffff) return;
  ++direction.seen;
  if (media_bytes > kLargePayload) ++direction.large;
}

bool MediaTrack::flowing() const {
  return directions[0].packets >= kProof || directions[1].packets >= kProof;
}

std::uint8_t MediaTrack::kinds() const {
  if (!flowing()) return 0;
  std::uint8_t kinds = 0;
  for (const MediaDirection& direction : directions) {
    if (direction.packets < kProof) continue;
    kinds = with(kinds, with(direction.kinds, judge(direction)));
  }
  return kinds != 0 ? kinds : media_kind::kUndecided;
}

}  // namespace deadair::flow
