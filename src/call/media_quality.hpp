// Judges one direction of a call's media from its RTP streams.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "flow/rtp_stream.hpp"

namespace deadair::call {

// A stream as one flow showed it.
struct StreamSample {
  flow::RtpFacts facts;
  bool up = false;  // sent by the call's client
};

// Streams of retransmission and redundancy count in nothing here. `packets`, `kbps` and `loss` are
// of all media; what follows is of what is heard: of the voice streams, without any of those that
// are undecided, and without those of the pictures.
struct MediaQuality {
  std::uint64_t packets = 0;  // each once, duplicates left out
  std::uint64_t expected = 0;
  double kbps = 0;             // RTP payload, first to last packet
  std::optional<double> loss;  // 0 to 1: sequence numbers that never came

  // The receiver's reports, or how long the call went on, show that the capture lost it.
  bool loss_denied = false;

  std::optional<double> heard_loss;
  std::optional<double> jitter_ms;  // mean of RFC 3550's, weighted by packets
  // Of ITU-T G.107, approximated (see e_model.hpp). Absent where no clock is known, for then
  // neither is jitter, and for pictures alone.
  std::optional<double> mos;
  // Half the round trip, twice the jitter and 60 ms for framing and play-out: the delay `mos`
  // stands on. Absent when no round trip is known: `mos` then leaves delay out and flatters.
  std::optional<double> one_way_ms;
  std::uint32_t freezes = 0;  // of one stream at a time: see flow::RtpFacts
  double frozen_ms = 0;
  std::uint32_t windows = 0;  // of 2 s that could be rated: see flow::RtpFacts
  std::uint32_t bad_windows = 0;
  std::optional<double> delay_mos;       // `mos` as if nothing was lost
  std::optional<double> delay_trend_ms;  // of the fullest stream
};

// All of one direction; `up` is not looked at. The same SSRC seen on several flows is one stream
// that changed its path: what is missing between its parts is lost.
MediaQuality judge(std::span<const StreamSample> samples, std::optional<double> rtt_ms);

}  // namespace deadair::call
