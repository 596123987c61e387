// Sends at a fixed rate and keeps what waits in a queue, drop-tail or CoDel.
#include "actions/shape.hpp"

#include <algorithm>
#include <cmath>

namespace deadair::middlebox {

CoDel::CoDel(double rate_bps) {
  constexpr double kFullPacketBits = 1514 * 8, kTargetNs = 5e6;
  target_ns_ = static_cast<std::int64_t>(std::max(kTargetNs, kFullPacketBits / rate_bps * 1e9));
}

bool CoDel::drops(std::int64_t leaves_ns, std::int64_t waited_ns) {
  const bool ok = ok_to_drop(leaves_ns, waited_ns);
  if (!dropping_) {
    if (ok) start_dropping(leaves_ns);
    return ok;
  }
  if (!ok) {
    dropping_ = false;
    return false;
  }
  if (leaves_ns < drop_next_ns_) return false;
  ++count_;
  drop_next_ns_ = control_law(drop_next_ns_);
  return true;
}

bool CoDel::ok_to_drop(std::int64_t leaves_ns, std::int64_t waited_ns) {
  if (waited_ns < target_ns_) {
    first_above_ns_ = 0;
    return false;
  }
  if (first_above_ns_ == 0) {
    first_above_ns_ = leaves_ns + kIntervalNs;
    return false;
  }
  return leaves_ns >= first_above_ns_;
}

std::int64_t CoDel::control_law(std::int64_t from_ns) const {
  return from_ns + static_cast<std::int64_t>(static_cast<double>(kIntervalNs) / std::sqrt(count_));
}

void CoDel::start_dropping(std::int64_t leaves_ns) {
  constexpr std::int64_t kRecent = 16 * kIntervalNs;
  dropping_ = true;
  const std::uint32_t delta = count_ - last_count_;
  count_ = delta > 1 && leaves_ns - drop_next_ns_ < kRecent ? delta : 1;
  drop_next_ns_ = control_law(leaves_ns);
  last_count_ = count_;
}

std::int64_t Line::wait(std::uint32_t bytes, std::int64_t now_ns) {
  const std::int64_t leaves_ns = std::max(now_ns, free_ns_);
  const std::int64_t waited_ns = leaves_ns - now_ns;
  if (waited_ns > queue_ns_) return -1;
  if (codel_on_ && codel_.drops(leaves_ns, waited_ns)) return -1;
  free_ns_ = leaves_ns + static_cast<std::int64_t>(bytes * 8.0 / rate_bps_ * 1e9);
  return free_ns_ - now_ns;
}

ActionPtr Shape::from(Fields& fields) {
  constexpr double kLeastRate = 1000, kMostRate = 1e10, kQueueMs = 200;
  const double rate = fields.number("rate_bps", std::nullopt, kLeastRate, kMostRate);
  const std::int64_t queue_ns = fields.milliseconds("queue_ms", kQueueMs);
  return std::make_unique<Shape>(rate, queue_ns, fields.flag("codel", false));
}

Outcome Shape::act(Transit& transit, Memory&, std::vector<Injection>&) {
  const std::int64_t wait_ns =
      lines_[index(transit.way)].wait(transit.packet().ip_len, transit.now_ns + transit.hold_ns);
  if (wait_ns < 0) return Outcome::dropped;
  transit.hold_ns += wait_ns;
  return Outcome::changed;
}

}  // namespace deadair::middlebox
