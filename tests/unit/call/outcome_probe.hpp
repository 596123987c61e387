// Attempts and captures to be judged.
#pragma once

#include <string>

#include "call/outcome.hpp"
#include "unit/call/call_flows.hpp"

namespace deadair::test {

using call::Attempt;
using call::Horizon;
using call::Outcome;
using call::Quality;
using call::Verdict;

// A capture from long before to long after, in which the host is heard and answered.
inline const Horizon kWide{at_s(-1000), at_s(1000), true};
inline Horizon until(double s) { return {at_s(-1000), at_s(s), true}; }
inline Horizon from(double s) { return {at_s(s), at_s(1000), true}; }
inline const Horizon kHalf{at_s(-1000), at_s(1000), false};

// An attempt with one relay that answered, and no media.
inline Attempt set_up(double from_s, double to_s) {
  Attempt attempt;
  attempt.extend(at_s(from_s), at_s(to_s), {0, 1});
  attempt.targets.push_back({socket_at("157.240.0.60", 3478), true, 4, 4});
  attempt.requests = attempt.allocates = attempt.answers = 4;
  attempt.up.packets = attempt.down.packets = 4;
  attempt.up.last_ns = attempt.down.last_ns = at_s(to_s);
  attempt.first_answer_ns = at_s(from_s + 0.5);
  return attempt;
}
inline void speak(call::Course& course, double from_s, double to_s) {
  course.packets += 100;
  course.media_packets += 100;
  course.add_media(at_s(from_s), at_s(to_s), true);
}
// Set up at 0, talked from 5 to 65 s.
inline Attempt talk(double down_to_s = 65, double up_to_s = 65) {
  Attempt attempt = set_up(0, std::max(down_to_s, up_to_s));
  attempt.up.last_ns = attempt.down.last_ns = at_s(1);
  speak(attempt.up, 4, up_to_s);
  speak(attempt.down, 5, down_to_s);
  return attempt;
}
inline Attempt unheard(double to_s, std::size_t relays, std::uint64_t requests) {
  Attempt attempt = set_up(0, to_s);
  attempt.targets.assign(relays, {socket_at("157.240.0.60", 3478), true, 3, 0});
  attempt.requests = requests;
  attempt.answers = attempt.down.packets = 0;
  attempt.first_answer_ns = attempt.down.last_ns = 0;
  return attempt;
}
inline Attempt dialled(double to_s, const call::Dialog& how) {
  Attempt attempt;
  attempt.extend(at_s(0), at_s(to_s), {0, 1});
  attempt.dialog = how;
  return attempt;
}

inline void check(const Attempt& attempt, const Horizon& horizon, Outcome outcome,
                  const std::string& reason) {
  const Verdict verdict = call::judge(attempt, {}, horizon);
  CHECK(static_cast<int>(verdict.outcome) == static_cast<int>(outcome));
  CHECK(verdict.reason == reason);
}

}  // namespace deadair::test
