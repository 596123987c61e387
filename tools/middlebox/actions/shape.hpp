// Sends at a fixed rate and keeps what waits in a queue, drop-tail or CoDel.
#pragma once

#include <array>

#include "actions/action.hpp"

namespace deadair::middlebox {

// CoDel (RFC 8289 sections 5.3 to 5.6), asked packet by packet in the order they leave the queue.
class CoDel {
 public:
  // The target is 5 ms, or the time of one full packet on lines where that takes longer.
  explicit CoDel(double rate_bps);
  // `leaves_ns`: when the packet would be sent; `waited_ns`: how long it then will have waited.
  // True when it is to be dropped instead.
  bool drops(std::int64_t leaves_ns, std::int64_t waited_ns);

 private:
  static constexpr std::int64_t kIntervalNs = 100'000'000;

  bool ok_to_drop(std::int64_t leaves_ns, std::int64_t waited_ns);
  [[nodiscard]] std::int64_t control_law(std::int64_t from_ns) const;
  void start_dropping(std::int64_t leaves_ns);

  std::int64_t target_ns_;
  bool dropping_ = false;
  std::int64_t first_above_ns_ = 0;
  std::int64_t drop_next_ns_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t last_count_ = 0;
};

// A queue in order of arrival needs no packets in it: when the line is free again is known as soon
// as a packet comes, hence how long it will wait.
class Line {
 public:
  Line(double rate_bps, std::int64_t queue_ns, bool codel)
      : rate_bps_(rate_bps), queue_ns_(queue_ns), codel_on_(codel), codel_(rate_bps) {}
  // How long from `now_ns` until the last bit has left; -1 when the packet is dropped.
  std::int64_t wait(std::uint32_t bytes, std::int64_t now_ns);

 private:
  double rate_bps_;
  std::int64_t queue_ns_;
  bool codel_on_;
  CoDel codel_;
  std::int64_t free_ns_ = 0;
};

// "rate_bps" of IP bytes, at most "queue_ms" of waiting, "codel": true or false; one line a
// direction for all flows the rule chooses.
class Shape final : public Action {
 public:
  Shape(double rate_bps, std::int64_t queue_ns, bool codel)
      : lines_{Line(rate_bps, queue_ns, codel), Line(rate_bps, queue_ns, codel)} {}
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  std::array<Line, 2> lines_;
};

}  // namespace deadair::middlebox
