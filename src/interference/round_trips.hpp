// Samples round trips of TCP connections, which tell in which seconds a host's line was alive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bytes/ip_address.hpp"
#include "flow/key.hpp"
#include "interference/fates.hpp"
#include "interference/heard_log.hpp"
#include "wire/packet.hpp"

namespace deadair::interference {

// A round trip is a packet of one end, one of the other that answers it, and one that answers this:
// wherever the capture was taken, packets passed it both ways, and what it cannot see passed both
// ways as well. Data answers what it acknowledges (RFC 9293 section 3.4); a timestamp echoed
// answers all that was sent before it (RFC 7323 section 3.2). One of each connection is looked for
// every second at most. What is forgotten makes answers more careful, never bolder.
class RoundTrips {
 public:
  static constexpr std::size_t kProbes = 64;
  // Longer ones are not counted.
  static constexpr std::int64_t kLongest = 1'000'000'000;

  // `public_nets`: private networks that stand for the Internet. What does not leave the LAN says
  // nothing of the line.
  explicit RoundTrips(std::vector<IpPrefix> public_nets = {})
      : public_nets_(std::move(public_nets)) {}

  // A TCP packet of the flow with this index. Most cost a comparison.
  [[gnu::always_inline]] void packet(std::uint32_t flow, flow::Side from,
                                     const wire::Packet& packet) {
    const std::size_t place = flow % kProbes;
    if (packet.ts_ns >= wake_ns_[place]) follow(place, flow, from, packet);
  }
  // A connection begins. Should the clock have been set back, all begins anew.
  void begins(std::int64_t ts_ns) {
    constexpr std::int64_t kFar = 10 * kLongest;  // no probe rests that long
    if (last_wake_ns_ - ts_ns > kFar) [[unlikely]]
      restart();
  }

  // A round trip between the host and one beyond its LAN began and ended within the stretch.
  [[nodiscard]] bool seen(const IpAddress& host, Stretch within) const;

 private:
  // What a packet asks for, and what another answers.
  struct Mark {
    std::uint32_t end = 0;  // one past its data
    std::uint32_t clock = 0;
    bool data = false;
    bool timed = false;
  };
  // What was sent and waits for its answer; flows share a probe, of which one uses it at a time.
  struct Probe {
    std::int64_t began_ns = 0;
    std::uint32_t flow = 0;
    Mark sent;
    flow::Side sender = flow::Side::a;
    bool waits = false;
    bool answered = false;  // `sent` is the answer, and is to be answered itself
  };
  void follow(std::size_t place, std::uint32_t flow, flow::Side from, const wire::Packet& packet);
  void begin(std::size_t place, std::uint32_t flow, flow::Side from, const wire::Packet& packet);
  void listen(std::size_t place, flow::Side from, const wire::Packet& packet);
  void restart();
  static Mark mark_of(const wire::Packet& packet);
  static bool answers(const wire::Packet& packet, const Mark& asked);
  void sleep(std::size_t place, std::int64_t until_ns);

  std::array<std::int64_t, kProbes> wake_ns_{};  // before that the probe rests
  std::array<Probe, kProbes> probes_;
  std::int64_t last_wake_ns_ = 0;
  HeardLog seconds_;  // in which round trips ended
  std::vector<IpPrefix> public_nets_;
};

}  // namespace deadair::interference
