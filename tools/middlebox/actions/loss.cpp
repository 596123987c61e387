// Loses packets at random: independently, in runs of packets, or in spells of time.
#include "actions/loss.hpp"

#include <cmath>

namespace deadair::middlebox {

ActionPtr Loss::from(Fields& fields, std::uint64_t seed) {
  auto action = std::make_unique<Loss>();
  action->good_ns_ = fields.milliseconds("good_ms", 0);
  const bool spells = action->good_ns_ > 0;
  action->bad_ns_ = fields.milliseconds("bad_ms", spells ? std::nullopt : std::optional(0.0));
  action->p_ = fields.number("p", spells ? std::optional(1.0) : std::nullopt, 0, 1);
  action->runs_ = fields.find("r") != nullptr;
  action->r_ = fields.number("r", 1, 0, 1);
  if (spells && action->runs_) fields.fail("r", "does not go together with \"good_ms\"");
  action->spells_ = Random(seed);
  return action;
}

Outcome Loss::act(Transit& transit, Memory& memory, std::vector<Injection>&) {
  return loses(transit, memory) ? Outcome::dropped : Outcome::untouched;
}

bool Loss::loses(Transit& transit, Memory& memory) {
  if (good_ns_ > 0) return spell_is_bad(transit.now_ns) && memory.random.unit() < p_;
  if (!runs_) return memory.random.unit() < p_;
  memory.bad_state = memory.bad_state ? memory.random.unit() >= r_ : memory.random.unit() < p_;
  return memory.bad_state;
}

bool Loss::spell_is_bad(std::int64_t now_ns) {
  while (now_ns >= spell_ends_ns_) {
    bad_spell_ = !bad_spell_;
    const auto mean = static_cast<double>(bad_spell_ ? bad_ns_ : good_ns_);
    spell_ends_ns_ += 1 + static_cast<std::int64_t>(-mean * std::log1p(-spells_.unit()));
  }
  return bad_spell_;
}

}  // namespace deadair::middlebox
