// Sums by host, and twins by name.
#include "interference/end_log.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "call/hash_chains.hpp"

namespace deadair::interference {

EndLog::Entry EndLog::entry_of(const ConnectionEnd& end) {
  Entry out;
  out.client = call::hash_of(end.client, 0, 0);
  out.server = call::hash_of(end.server, 1, 0);
  out.name = end.name;
  out.begin_ns = end.begin_ns;
  out.port = end.server_port;
  out.ipv4 = end.client.is_v4();
  out.completed = end.completed;
  out.reset_by_client = end.reset_by == Sender::client;
  out.reset_by_server = end.reset_by == Sender::server;
  return out;
}

std::uint64_t EndLog::kin_of(const Entry& entry, Sender host) {
  const std::uint64_t own = host == Sender::client ? entry.client : entry.server;
  return call::mix(call::mix(own ^ entry.name) + entry.port);
}

void EndLog::note(const ConnectionEnd& end) {
  if (entries_.size() < kCapacity) {
    entries_.push_back(entry_of(end));
    return;
  }
  entries_[oldest_] = entry_of(end);
  oldest_ = (oldest_ + 1) % kCapacity;
}

void EndLog::count(std::uint64_t key, bool reset) {
  Share& share = shares_[key];
  ++share.all;
  share.resets += reset;
}

void EndLog::finish() {
  if (entries_.size() == kCapacity)
    known_from_ns_ = std::ranges::min(entries_, {}, &Entry::begin_ns).begin_ns;
  else
    known_from_ns_ = std::numeric_limits<std::int64_t>::min();
  std::ranges::sort(entries_, {}, [](const Entry& entry) {
    return std::tuple(entry.name, entry.begin_ns, entry.client, entry.server);
  });
  for (const Entry& entry : entries_) {
    count(entry.client, entry.reset_by_client);
    count(kin_of(entry, Sender::client), entry.reset_by_client);
    count(entry.server, entry.reset_by_server);
    count(kin_of(entry, Sender::server), entry.reset_by_server);
  }
}

std::optional<bool> EndLog::twin_succeeded(const ConnectionEnd& of) const {
  constexpr std::int64_t kRace = 300 * kMs;
  if (of.name == 0 || of.begin_ns < known_from_ns_) return std::nullopt;
  const Entry own = entry_of(of);
  const auto from = std::ranges::lower_bound(
      entries_, std::pair(of.name, of.begin_ns - kRace), {},
      [](const Entry& entry) { return std::pair(entry.name, entry.begin_ns); });
  bool succeeded = false;
  for (auto at = from; at != entries_.end(); ++at) {
    if (at->name != of.name || at->begin_ns > of.begin_ns + kRace) break;
    const bool other_client = at->client != own.client && at->ipv4 == own.ipv4;
    if (at->server != own.server && !other_client) succeeded = succeeded || at->completed;
  }
  return succeeded;
}

std::optional<double> EndLog::resets_elsewhere(const ConnectionEnd& of, Sender host) const {
  constexpr std::uint32_t kEnough = 5;
  const Entry own = entry_of(of);
  const auto all = shares_.find(host == Sender::client ? own.client : own.server);
  if (all == shares_.end()) return std::nullopt;
  const auto kin = shares_.find(kin_of(own, host));
  const Share like = kin == shares_.end() ? Share{} : kin->second;
  const std::uint32_t others = all->second.all - like.all;
  if (others < kEnough) return std::nullopt;
  return static_cast<double>(all->second.resets - like.resets) / others;
}

}  // namespace deadair::interference
