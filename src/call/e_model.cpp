// The E-model (ITU-T G.107), approximated.
#include "call/e_model.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

constexpr double kBestRating = 93.2;
constexpr double kDelayImpairment = 0.024;
constexpr double kLateImpairment = 0.11;
constexpr double kLateMs = 177.3;
constexpr double kMostImpairment = 95;
// Longer bursts are outside the model, and longer than 2 where more than 2 % is lost.
constexpr double kMostBurst = 8, kMostBurstOfMany = 2, kFewLost = 2;

constexpr std::uint8_t kPcmu = 0, kPcma = 8, kG729 = 18;  // RFC 3551 table 4
constexpr CodecImpairment kOpus = {0, 20}, kG711 = {0, 25.1}, kG729a = {11, 19};

double delay_impairment(double ms) {
  return kDelayImpairment * ms + kLateImpairment * std::max(ms - kLateMs, 0.0);
}

// G.107 section 7.5: the effective equipment impairment factor.
double loss_impairment(const VoicePath& path) {
  const double percent = 100 * std::clamp(path.loss, 0.0, 1.0);
  const double most = percent > kFewLost ? kMostBurstOfMany : kMostBurst;
  const double burst = std::clamp(path.burst_ratio, 1.0, most);
  const auto& [ie, bpl] = path.codec;
  return ie + (kMostImpairment - ie) * std::min(percent / (percent / burst + bpl), 1.0);
}

}  // namespace

CodecImpairment impairment_of(std::uint8_t payload_type) {
  if (payload_type == kPcmu || payload_type == kPcma) return kG711;
  return payload_type == kG729 ? kG729a : kOpus;
}

double rating(const VoicePath& path) {
  return kBestRating - delay_impairment(std::max(path.one_way_ms.value_or(0), 0.0)) -
         loss_impairment(path);
}

double mos_of(double rating) {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  const double mos = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
  return std::max(mos, 1.0);
}

}  // namespace deadair::call
