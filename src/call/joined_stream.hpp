// Joins what several flows showed of one RTP stream.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "call/media_quality.hpp"

namespace deadair::call {

struct JoinedStream {
  flow::RtpFacts facts;        // of its fullest part; times, counts and kinds of all
  std::uint64_t expected = 0;  // sequence numbers from first to last
  std::uint64_t received = 0;  // packets that fill a place among them
  std::uint64_t fullest = 0;   // packets of the fullest part
  double kilobits = 0;

  [[nodiscard]] std::uint64_t lost() const { return expected > received ? expected - received : 0; }
};

// One for each SSRC, by first packet. Sequence numbers of two flows are brought onto one count by
// the time between them, for each flow counts its own cycles of 16 bits. A hole of more than a
// minute's packets (3000) is a pause of the capture and no loss; where a source restarted its
// numbers, nothing is known of a hole. What its fullest part showed to be a repair stream is one,
// and what all parts together show.
std::vector<JoinedStream> join(std::span<const StreamSample> samples);

}  // namespace deadair::call
