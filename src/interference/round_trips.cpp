// Probes, and the seconds they came back in.
#include "interference/round_trips.hpp"

#include <algorithm>

namespace deadair::interference {
namespace {

constexpr std::int64_t kPause = 1'000'000'000;     // after a round trip
constexpr std::int64_t kPatience = 4'000'000'000;  // after what was never answered
constexpr std::int64_t kMoment = 100'000'000;      // after what cannot begin one

// No further than any window reaches.
bool is_after(std::uint32_t x, std::uint32_t y) { return x - y - 1 < 1U << 30; }

}  // namespace

void RoundTrips::restart() {
  wake_ns_ = {};
  probes_ = {};
  last_wake_ns_ = 0;
}

void RoundTrips::sleep(std::size_t place, std::int64_t until_ns) {
  probes_[place].waits = false;
  wake_ns_[place] = until_ns;
  last_wake_ns_ = std::max(last_wake_ns_, until_ns);
}

// RFC 7323 section 3.2, laid out as nearly every system does: two NOPs, kind 8, length 10, the
// sender's clock, and the one it heard last.
RoundTrips::Mark RoundTrips::mark_of(const wire::Packet& packet) {
  const ByteView options = packet.tcp_options;
  const bool timed = options.be32(0) == 0x0101'080a && options.has(4, 8);
  return {packet.seq + packet.payload_len, timed ? options.be32(4) : 0, packet.payload_len != 0,
          timed};
}

// The clock must have gone on: what shows the same may have been sent earlier.
bool RoundTrips::answers(const wire::Packet& packet, const Mark& asked) {
  if ((packet.tcp_flags & wire::tcp_flag::kAck) == 0) return false;
  if (asked.data && is_after(packet.ack, asked.end - 1)) return true;
  const ByteView options = packet.tcp_options;
  return asked.timed && options.be32(0) == 0x0101'080a && options.has(4, 8) &&
         is_after(options.be32(8), asked.clock);
}

void RoundTrips::begin(std::size_t place, std::uint32_t flow, flow::Side from,
                       const wire::Packet& packet) {
  using namespace wire::tcp_flag;
  const Mark mark = mark_of(packet);
  const bool plain = (packet.tcp_flags & (kSyn | kFin | kRst)) == 0;
  if (!plain || !(mark.data || mark.timed)) return sleep(place, packet.ts_ns + kMoment);
  probes_[place] = {packet.ts_ns, flow, mark, from, true, false};
}

void RoundTrips::follow(std::size_t place, std::uint32_t flow, flow::Side from,
                        const wire::Packet& packet) {
  const Probe& probe = probes_[place];
  if (!probe.waits) return begin(place, flow, from, packet);
  const std::int64_t took_ns = packet.ts_ns - probe.began_ns;
  if (took_ns >= 0 && took_ns <= kLongest) {
    if (probe.flow == flow) listen(place, from, packet);
  } else if (took_ns <= kLongest + kPatience) {
    sleep(place, probe.began_ns + kLongest + kPatience);
  } else {
    begin(place, flow, from, packet);
  }
}

// A packet of the flow that the probe is for.
void RoundTrips::listen(std::size_t place, flow::Side from, const wire::Packet& packet) {
  Probe& probe = probes_[place];
  if ((from == probe.sender) != probe.answered || !answers(packet, probe.sent)) return;
  if (!probe.answered) {
    const Mark mark = mark_of(packet);
    probe.answered = mark.data || mark.timed;
    if (probe.answered) probe.sent = mark;
    return;
  }
  const auto note = [&](const IpAddress& host, const IpAddress& other) {
    if (!is_private(other, public_nets_)) seconds_.note(host, packet.ts_ns, HeardLog::What::came);
  };
  note(packet.src, packet.dst);
  note(packet.dst, packet.src);
  sleep(place, packet.ts_ns + kPause);
}

// Whole seconds that began kLongest or more after the stretch did.
bool RoundTrips::seen(const IpAddress& host, Stretch within) const {
  return seconds_.within(host, within.from_ns + kLongest, within.to_ns).came != 0;
}

}  // namespace deadair::interference
