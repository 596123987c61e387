// Probes, and the seconds they came back in.
#include "interference/round_trips.hpp"

#include <algorithm>

#include "bytes/hash.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000, kMinute = 60;
constexpr std::int64_t kPause = 1'000'000'000;     // after a round trip
constexpr std::int64_t kPatience = 4'000'000'000;  // after what was never answered
constexpr std::int64_t kMoment = 100'000'000;      // after what cannot begin one
constexpr std::int64_t kMostMinutes = 256;         // of a stretch that is looked at
constexpr std::size_t kWays = 4;
constexpr std::uint64_t kSeed = 0x6c62'272e'07bb'0142;

std::uint64_t key_of(const IpAddress& host, std::int64_t minute) {
  return hash_of(host, static_cast<std::uint64_t>(minute), kSeed) | 1;
}
std::size_t set_of(std::uint64_t key) { return key >> 8 & (RoundTrips::kMinutes - kWays); }

// No further than any window reaches.
bool is_after(std::uint32_t x, std::uint32_t y) { return x - y - 1 < 1U << 30; }

}  // namespace

bool RoundTrips::beyond_lan(const IpAddress& host) const {
  return !is_private(host) ||
         std::ranges::any_of(public_nets_, [&](const IpPrefix& net) { return net.contains(host); });
}

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
  if (beyond_lan(packet.dst)) note(packet.src, packet.ts_ns);
  if (beyond_lan(packet.src)) note(packet.dst, packet.ts_ns);
  sleep(place, packet.ts_ns + kPause);
}

// The minute's own place, else a free one, else that of another minute.
void RoundTrips::note(const IpAddress& host, std::int64_t ts_ns) {
  if (ts_ns < 0) return;
  if (entries_.empty()) entries_.resize(kMinutes);
  const std::int64_t second = ts_ns / kSecondNs, minute = second / kMinute;
  const std::uint64_t key = key_of(host, minute);
  const std::span<Entry> set = std::span(entries_).subspan(set_of(key), kWays);
  auto place = std::ranges::find(set, key, &Entry::key);
  if (place == set.end()) place = std::ranges::find(set, std::uint64_t{0}, &Entry::key);
  if (place == set.end()) place = set.begin() + minute % static_cast<std::int64_t>(kWays);
  if (place->key != key) *place = {key, 0};
  place->seconds |= std::uint64_t{1} << (second % kMinute);
}

const RoundTrips::Entry* RoundTrips::find(const IpAddress& host, std::int64_t minute) const {
  const std::uint64_t key = key_of(host, minute);
  const std::span<const Entry> set = std::span(entries_).subspan(set_of(key), kWays);
  const auto found = std::ranges::find(set, key, &Entry::key);
  return found == set.end() ? nullptr : &*found;
}

bool RoundTrips::seen(const IpAddress& host, Stretch within) const {
  // The seconds that lie in the stretch, and began kLongest or more after it did.
  const std::int64_t first =
      (std::max<std::int64_t>(within.from_ns, 0) + kLongest + kSecondNs - 1) / kSecondNs;
  const std::int64_t last = within.to_ns / kSecondNs - 1;
  if (entries_.empty() || last < first) return false;
  const std::int64_t final_minute = std::min(last / kMinute, first / kMinute + kMostMinutes);
  for (std::int64_t minute = first / kMinute; minute <= final_minute; ++minute) {
    const Entry* entry = find(host, minute);
    if (entry == nullptr) continue;
    std::uint64_t mask = ~std::uint64_t{0};
    if (minute == first / kMinute) mask &= ~std::uint64_t{0} << (first % kMinute);
    if (minute == last / kMinute) mask &= ~std::uint64_t{0} >> (63 - last % kMinute);
    if ((entry->seconds & mask) != 0) return true;
  }
  return false;
}

}  // namespace deadair::interference
