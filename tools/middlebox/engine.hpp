// Takes frames as they arrive and says which frames leave, where and when; it has no clock.
#pragma once

#include "config.hpp"
#include "flow_table.hpp"
#include "timer_queue.hpp"

namespace deadair::middlebox {

// A frame on its way out. `way` up: by the right interface.
struct Departure {
  Frame frame;
  Way way = Way::up;
};

// Sees what crosses the line close to the box, on its client's side or its server's, when it does.
using Tap = std::function<void(bool client_side, const Frame& frame, std::int64_t at_ns)>;

class Engine {
 public:
  static constexpr std::size_t kMostFlows = 65'536;
  static constexpr std::size_t kMostHeld = 262'144;  // frames; beyond, new ones are lost

  // `ended` hears of every flow when it leaves the table; `tap` may be empty.
  Engine(Config config, FlowTable::Ended ended, Tap tap = {});

  // A frame came in by the left (up) or right (down) interface. Times must not go back.
  void arrive(Frame frame, Way way, std::int64_t now_ns);
  // When something is due next; -1: nothing is held.
  [[nodiscard]] std::int64_t next_ns() const;
  // Calls `send(Departure)` for what is due, in order of time.
  template <class Send>
  void run(std::int64_t now_ns, Send&& send) {
    while (held_.due(now_ns)) {
      const std::int64_t due_ns = held_.next_ns();
      Held held = held_.take();
      if (held.next == Place::box) {
        at_box(std::move(held.frame), held.way, due_ns);
      } else if (held.next == Place::behind_box) {
        behind_box(std::move(held.frame), held.way, due_ns);
      } else {
        send(Departure{std::move(held.frame), held.way});
      }
    }
  }
  // Ends all flows.
  void finish() { flows_.end_all(); }
  [[nodiscard]] const std::vector<Rule>& rules() const { return config_.rules; }
  [[nodiscard]] std::uint64_t overflowed() const { return overflowed_; }

 private:
  // Where a held frame will be when its time has come.
  enum class Place : std::uint8_t { box, behind_box, interface };
  struct Held {
    Frame frame;
    Way way = Way::up;
    Place next = Place::box;
  };

  void at_box(Frame frame, Way way, std::int64_t now_ns);
  void follow_rules(Transit& transit, std::vector<Injection>& injections);
  void behind_box(Frame frame, Way way, std::int64_t now_ns);
  void hold(std::int64_t due_ns, Held held);

  Config config_;
  Tap tap_;
  FlowTable flows_;
  TimerQueue<Held> held_;
  std::vector<Injection> injections_;
  std::uint64_t overflowed_ = 0;
};

}  // namespace deadair::middlebox
