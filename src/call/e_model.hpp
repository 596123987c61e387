// Turns loss, delay and codec into a voice quality that a listener would give.
#pragma once

#include <cstdint>
#include <optional>

namespace deadair::call {

// How a codec suffers: its impairment without loss, and its robustness against loss.
struct CodecImpairment {
  double ie = 0;
  double bpl = 20;
};

// ITU-T G.113 appendix I for G.711 with loss concealment and for G.729A; all other payload types
// are taken for Opus, whose values (0 and 20) are an approximation: G.113 has none for it.
CodecImpairment impairment_of(std::uint8_t payload_type);

struct VoicePath {
  double loss = 0;  // 0 to 1
  // Mean run of lost packets against that of independent loss; what lies outside the model's range
  // (1 to 8, 1 to 2 where more than 2 % is lost) counts as its end.
  double burst_ratio = 1;
  std::optional<double> one_way_ms;  // mouth to ear; without it, delay counts as none
  CodecImpairment codec;
};

// The rating factor R of ITU-T G.107 with all other inputs at their defaults, simplified: delay
// impairs by 0.024 a millisecond, and by 0.11 more beyond 177.3 ms. 93.2 at best; it may become
// negative.
double rating(const VoicePath& path);
// The mean opinion score that goes with it (G.107 annex B): 1 to 4.5.
double mos_of(double rating);

}  // namespace deadair::call
