// Static payload types, and clock rates by measurement.
#include "flow/rtp_clock.hpp"

#include <array>

#include "flow/media_kind.hpp"

namespace deadair::flow {
namespace {

struct Assigned {
  std::uint8_t payload_type;
  StaticType type;
};

// RFC 3551 tables 4 and 5. G722 (9) has a timestamp clock of 8,000 though it samples at 16,000.
constexpr std::array<Assigned, 25> kAssigned = {{
    {0, {8000, media_kind::kVoice}},    // PCMU
    {3, {8000, media_kind::kVoice}},    // GSM
    {4, {8000, media_kind::kVoice}},    // G723
    {5, {8000, media_kind::kVoice}},    // DVI4
    {6, {16000, media_kind::kVoice}},   // DVI4
    {7, {8000, media_kind::kVoice}},    // LPC
    {8, {8000, media_kind::kVoice}},    // PCMA
    {9, {8000, media_kind::kVoice}},    // G722
    {10, {44100, media_kind::kVoice}},  // L16, stereo
    {11, {44100, media_kind::kVoice}},  // L16
    {12, {8000, media_kind::kVoice}},   // QCELP
    {13, {8000, media_kind::kVoice}},   // comfort noise (RFC 3389)
    {14, {90000, media_kind::kVoice}},  // MPA
    {15, {8000, media_kind::kVoice}},   // G728
    {16, {11025, media_kind::kVoice}},  // DVI4
    {17, {22050, media_kind::kVoice}},  // DVI4
    {18, {8000, media_kind::kVoice}},   // G729
    {19, {8000, media_kind::kVoice}},   // comfort noise before RFC 3389
    {25, {90000, media_kind::kVideo}},  // CelB
    {26, {90000, media_kind::kVideo}},  // JPEG
    {28, {90000, media_kind::kVideo}},  // nv
    {31, {90000, media_kind::kVideo}},  // H261
    {32, {90000, media_kind::kVideo}},  // MPV
    {33, {90000, media_kind::kVideo}},  // MP2T
    {34, {90000, media_kind::kVideo}},  // H263
}};

constexpr std::array<std::uint32_t, 7> kUsual = {8000, 16000, 24000, 32000, 44100, 48000, 90000};
constexpr std::int64_t kShortestNs = 1'000'000'000;
constexpr std::int64_t kTolerance = 25;  // one part in 25

}  // namespace

StaticType static_type(std::uint8_t payload_type) {
  for (const Assigned& assigned : kAssigned)
    if (assigned.payload_type == payload_type) return assigned.type;
  return {};
}

std::uint32_t clock_of(std::uint32_t ticks, std::int64_t elapsed_ns) {
  if (elapsed_ns < kShortestNs) return 0;
  constexpr std::int64_t kNsPerUs = 1'000;
  constexpr std::int64_t kUsPerSecond = 1'000'000;
  const std::int64_t rate = std::int64_t{ticks} * kUsPerSecond / (elapsed_ns / kNsPerUs);
  for (const std::uint32_t usual : kUsual) {
    const std::int64_t off = rate - usual;
    if ((off < 0 ? -off : off) * kTolerance <= usual) return usual;
  }
  return 0;
}

}  // namespace deadair::flow
