// Drops what exceeds a token bucket.
#include "actions/police.hpp"

#include <algorithm>

namespace deadair::middlebox {

bool TokenBucket::take(std::uint32_t bytes, std::int64_t now_ns) {
  const double elapsed_s = static_cast<double>(std::max<std::int64_t>(now_ns - last_ns_, 0)) / 1e9;
  tokens_ = std::min(burst_, tokens_ + elapsed_s * rate_bps_ / 8);
  last_ns_ = std::max(last_ns_, now_ns);
  if (tokens_ < bytes) return false;
  tokens_ -= bytes;
  return true;
}

ActionPtr Police::from(Fields& fields) {
  constexpr double kLeastRate = 100, kMostRate = 1e10, kPacket = 1500, kMostBurst = 1e9;
  const double rate = fields.number("rate_bps", std::nullopt, kLeastRate, kMostRate);
  const double burst = fields.number("burst_bytes", std::nullopt, kPacket, kMostBurst);
  return std::make_unique<Police>(rate, burst);
}

Outcome Police::act(Transit& transit, Memory&, std::vector<Injection>&) {
  return buckets_[index(transit.way)].take(transit.packet().ip_len, transit.now_ns)
             ? Outcome::untouched
             : Outcome::dropped;
}

}  // namespace deadair::middlebox
