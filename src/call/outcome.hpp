// Says how an attempt at a call went.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "call/attempt.hpp"
#include "call/media_quality.hpp"

namespace deadair::call {

enum class Outcome : std::uint8_t {
  connected,
  no_answer,
  setup_failed,
  one_way,
  cut,
  degraded,
  cancelled,
  not_observable,
};

// What the capture allows to be said about an attempt.
struct Horizon {
  std::int64_t begins_ns = 0;  // of the capture
  std::int64_t ends_ns = 0;    // of the capture, or of what is known of it so far
  // Some flow of this host was seen in both directions at the time: silence of others is theirs.
  bool both_ways = false;
};

struct Verdict {
  Outcome outcome = Outcome::not_observable;
  std::string reason;                    // one clause
  std::int64_t end_ns = 0;               // of the call: its last good packet where it was cut
  std::optional<std::int64_t> media_ns;  // first media, of either side
  std::optional<std::int64_t> talk_ns;
  std::optional<std::int64_t> setup_ns;
  std::optional<std::int64_t> ring_ns;
  bool begun_before = false;  // no set-up was captured: the call was up already
  bool running_on = false;    // media flowed until the capture ended
};

struct Quality {
  MediaQuality up, down;
  // More packets are missing than a call survives: it is the capture that lacks them.
  bool thinned = false;
};

// Of all streams of the attempt that can be read. Loss that the receiver's reports deny is the
// capture's: it is told, and rated nowhere. Where a call went on for a minute with more than half
// of all packets missing, or with nine of ten missing both ways, nobody could have talked, and who
// cannot talk hangs up: of loss nothing is said then.
Quality quality_of(const Attempt& attempt);

// `connected` and its like by the state machine of calls (docs/manual.md, "Calls"): set-up, checks,
// media each way, talk, end. A callee who does not pick up is no failure, and a capture that ends
// is no cut. A call counts as `degraded` when for half of the time a conversation was not possible
// (see flow::RtpFacts), of at least 10 s that could be rated, or when jitter alone makes it
// impossible: MOS < 2.6.
Verdict judge(const Attempt& attempt, const Quality& quality, const Horizon& horizon);

}  // namespace deadair::call
