// Holds packets back: by a time and jitter, some of them behind their successors, or twice.
#include "actions/delay.hpp"

#include <algorithm>

namespace deadair::middlebox {

ActionPtr Delay::from(Fields& fields) {
  auto action = std::make_unique<Delay>();
  action->fixed_ns_ = fields.milliseconds("ms", 0);
  action->jitter_ns_ = fields.milliseconds("jitter_ms", 0);
  action->keep_order_ = fields.flag("keep_order", true);
  return action;
}

Outcome Delay::act(Transit& transit, Memory& memory, std::vector<Injection>&) {
  const auto jitter =
      static_cast<std::int64_t>(memory.random.unit() * static_cast<double>(jitter_ns_));
  std::int64_t leaves_ns = transit.now_ns + transit.hold_ns + fixed_ns_ + jitter;
  std::int64_t& last_ns = last_leaves_ns_[index(transit.way)];
  if (keep_order_) leaves_ns = std::max(leaves_ns, last_ns);
  last_ns = leaves_ns;
  transit.hold_ns = leaves_ns - transit.now_ns;
  return Outcome::changed;
}

ActionPtr Reorder::from(Fields& fields) {
  constexpr double kByMs = 20;
  auto action = std::make_unique<Reorder>();
  action->p_ = fields.number("p", std::nullopt, 0, 1);
  action->by_ns_ = fields.milliseconds("by_ms", kByMs);
  return action;
}

Outcome Reorder::act(Transit& transit, Memory& memory, std::vector<Injection>&) {
  if (memory.random.unit() >= p_) return Outcome::untouched;
  transit.hold_ns += by_ns_;
  return Outcome::changed;
}

ActionPtr Duplicate::from(Fields& fields) {
  auto action = std::make_unique<Duplicate>();
  action->p_ = fields.number("p", std::nullopt, 0, 1);
  action->delay_ns_ = fields.milliseconds("delay_ms", 0);
  return action;
}

Outcome Duplicate::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  if (memory.random.unit() >= p_) return Outcome::untouched;
  injections.push_back({transit.frame, transit.way, transit.hold_ns + delay_ns_});
  return Outcome::changed;
}

}  // namespace deadair::middlebox
