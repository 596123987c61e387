// Seconds and pauses of packets.
#include "flow/pulse.hpp"

namespace deadair::flow {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
constexpr std::uint64_t kPauseNs = 200'000'000;
constexpr std::uint64_t kNsPerMs = 1'000'000;

// Times of a capture may be anything: their difference is taken modulo 2^64.
std::uint64_t between(std::int64_t earlier_ns, std::int64_t later_ns) {
  return static_cast<std::uint64_t>(later_ns) - static_cast<std::uint64_t>(earlier_ns);
}

}  // namespace

void Pulse::add(std::int64_t ts_ns) {
  if (packets_++ == 0) {
    first_ns_ = last_ns_ = second_ns_ = ts_ns;
    in_second_ = 1;
    return;
  }
  if (ts_ns > last_ns_) {
    const std::uint64_t pause = between(last_ns_, ts_ns);
    if (pause > kPauseNs) {
      ++pauses_;
      paused_ns_ += pause;
    }
    last_ns_ = ts_ns;
    if (between(second_ns_, ts_ns) >= kSecondNs) turn_second(ts_ns);
  }
  ++in_second_;
}

void Pulse::turn_second(std::int64_t ts_ns) {
  const bool adjoining = between(second_ns_, ts_ns) < 2 * kSecondNs;
  liveliness_.turn(in_second_, adjoining);
  second_ns_ = adjoining ? second_ns_ + static_cast<std::int64_t>(kSecondNs) : ts_ns;
  in_second_ = 0;
}

PulseFacts Pulse::facts() const {
  return {first_ns_, last_ns_, packets_, lively(), pauses_, paused_ns_ / kNsPerMs};
}

}  // namespace deadair::flow
