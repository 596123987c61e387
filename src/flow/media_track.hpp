// Follows the media of a UDP flow: whether any flows at all, its RTP streams, and whether it is
// voice or video.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "flow/key.hpp"
#include "flow/media_kind.hpp"
#include "flow/opaque_media.hpp"
#include "flow/rtp_stream.hpp"
#include "proto/rtp.hpp"

namespace deadair::flow {

// Each direction's main stream lies in the track itself, two cache lines; streams beside it (sound
// and picture, repair, further speakers) in a block of its own, made once there is a second one. At
// most 8 streams are kept; a new one takes the place of the smallest that has fallen silent.
class MediaTrack {
 public:
  static constexpr std::size_t kMostStreams = 8;
  // Where in a track the main stream of a side lies; two cache lines.
  static constexpr std::size_t offset_of(Side side) {
    return sizeof(RtpStream) * static_cast<std::size_t>(side);
  }

  struct Stream {
    Side from = Side::a;
    RtpFacts facts;
  };

  // `header` is that of a packet sent by `from`. True when this packet is the proof that RTP flows.
  bool update(Side from, const proto::rtp::Header& header, std::int64_t ts_ns);
  // Media that is not readable RTP, `media_bytes` of it in a datagram that is known to carry media.
  // `kind` is media_kind bits where the framing says them, 0 where sizes must decide.
  void update_opaque(Side from, std::size_t media_bytes, std::uint8_t kind, std::int64_t ts_ns);

  // True once enough packets continued a stream that this is RTP and not chance, or once media
  // without RTP was shown.
  [[nodiscard]] bool flowing() const;
  // media_kind bits of what was carried; kUndecided when media flowed that does not say.
  [[nodiscard]] std::uint8_t kinds() const;
  // The pace of what `from` sent beside readable RTP; packets 0 when there was nothing.
  [[nodiscard]] PulseFacts opaque(Side from) const;
  // Appends the proven streams, by first packet.
  void streams(std::vector<Stream>& out) const;

 private:
  struct Beside {
    struct Entry {
      Side from = Side::a;
      RtpStream stream;
    };
    std::array<Entry, kMostStreams - 2> entries;
  };

  // The stream of a packet that is not of its direction's main one; null when it just began, or is
  // not kept.
  [[gnu::noinline]] RtpStream* find_beside(Side from, RtpArrival packet);
  static RtpStream* promote(RtpStream& main, RtpStream& beside, std::int64_t ts_ns);
  RtpStream* begin_beside(Side from, RtpArrival packet);  // null when it is not kept
  void pass(std::uint32_t ssrc);
  bool came_back(std::uint32_t ssrc);
  [[nodiscard, gnu::cold, gnu::noinline]] bool first_proof() const;
  template <class Visit>
  void each_proven(Visit visit) const;

  std::array<RtpStream, 2> main_;  // by side
  std::unique_ptr<Beside> beside_;
  std::unique_ptr<std::array<OpaqueMedia, 2>> opaque_;  // by side; made when there is any
  std::array<std::uint32_t, 3> passed_{};  // SSRCs of packets that made room for others; 0: none
  std::uint8_t next_passed_ = 0;
  std::uint8_t kinds_ = 0;  // of streams no longer kept
};

inline bool MediaTrack::update(Side from, const proto::rtp::Header& header, std::int64_t ts_ns) {
  const RtpArrival packet{ts_ns,
                          header.ssrc,
                          header.timestamp,
                          header.sequence,
                          static_cast<std::uint16_t>(header.payload_size),
                          header.payload_type};
  RtpStream* stream = &main_[static_cast<std::size_t>(from)];
  if (stream->ssrc() != packet.ssrc || !stream->used()) [[unlikely]] {
    stream = find_beside(from, packet);
    if (stream == nullptr) return false;
  }
  return stream->add(packet) && first_proof();
}

}  // namespace deadair::flow
