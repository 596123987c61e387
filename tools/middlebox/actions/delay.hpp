// Holds packets back: by a time and jitter, some of them behind their successors, or twice.
#pragma once

#include <array>

#include "actions/action.hpp"

namespace deadair::middlebox {

// "ms" and "jitter_ms" (evenly spread from 0 to it); "keep_order" (default true) holds a packet
// until its forerunners in the same direction have left.
class Delay final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  std::int64_t fixed_ns_ = 0;
  std::int64_t jitter_ns_ = 0;
  bool keep_order_ = true;
  std::array<std::int64_t, 2> last_leaves_ns_{};
};

// "p" of the packets, "by_ms" late, so that those behind them overtake.
class Reorder final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  double p_ = 0;
  std::int64_t by_ns_ = 0;
};

// "p" of the packets, once more after "delay_ms".
class Duplicate final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  double p_ = 0;
  std::int64_t delay_ns_ = 0;
};

}  // namespace deadair::middlebox
