// Loses packets at random: independently, in runs of packets, or in spells of time.
#pragma once

#include "actions/action.hpp"

namespace deadair::middlebox {

// "p": each packet, 0 to 1. With "r": Gilbert's model, where p is the chance that a packet begins a
// run of losses and r that one ends it, drawn for each flow by itself.
// With "good_ms" and "bad_ms": spells of these mean lengths alternate for all flows at once, and p
// is the loss during bad ones (default 1).
class Loss final : public Action {
 public:
  static ActionPtr from(Fields& fields, std::uint64_t seed);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  bool spell_is_bad(std::int64_t now_ns);
  bool loses(Transit& transit, Memory& memory);

  double p_ = 0;
  double r_ = 0;
  bool runs_ = false;
  std::int64_t good_ns_ = 0;  // 0: no spells
  std::int64_t bad_ns_ = 0;
  Random spells_;
  bool bad_spell_ = true;  // before the first, a good one
  std::int64_t spell_ends_ns_ = 0;
};

}  // namespace deadair::middlebox
