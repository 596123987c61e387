// The contract of an action: what is done to packets that a rule has chosen.
#pragma once

#include <memory>
#include <vector>

#include "fields.hpp"
#include "flow_state.hpp"
#include "sight.hpp"

namespace deadair::middlebox {

// A packet at the box, on its way through the rules.
struct Transit {
  Frame frame;
  Headers headers;
  Sight sight;
  Way way = Way::up;
  std::int64_t now_ns = 0;
  std::int64_t hold_ns = 0;  // how long the box keeps it before it goes on
  bool dropped = false;
  FlowState* flow = nullptr;  // never null while an action looks at it

  [[nodiscard]] const wire::Packet& packet() const { return headers.packet; }
  // Reads the headers anew after the frame was changed.
  void reread() { read_headers(frame, headers); }
};

// A packet the box sends by itself.
struct Injection {
  Frame frame;
  Way way = Way::up;
  std::int64_t after_ns = 0;  // from the packet that caused it
};

enum class Outcome : std::uint8_t {
  untouched,  // seen and let go
  changed,    // held, changed, or answered by an injection; goes on to the next rules
  dropped,    // ends here
  accepted,   // goes on, past all further rules
};

class Action {
 public:
  Action() = default;
  virtual ~Action() = default;
  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;

  // Called for every packet that the rule chose, in order. May change the transit's frame and
  // hold_ns, and add to `injections`; the engine counts what comes back.
  virtual Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) = 0;

  // True for a packet that the action treats though the rule did not choose it.
  [[nodiscard]] virtual bool claims(const Transit& transit) const {
    static_cast<void>(transit);
    return false;
  }
  // True when packets that an earlier rule dropped still mean something to this action.
  [[nodiscard]] virtual bool heeds_dropped() const { return false; }
  // True when one packet of the flow makes the rule choose all that follow.
  [[nodiscard]] virtual bool sticks() const { return false; }
};

using ActionPtr = std::unique_ptr<Action>;

// The action of a rule's "action" object. `seed` is for what is random beyond one flow.
ActionPtr make_action(Fields& fields, std::uint64_t seed);

}  // namespace deadair::middlebox
