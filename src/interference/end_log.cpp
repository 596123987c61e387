// Sums by host, and twins by name.
#include "interference/end_log.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

#include "bytes/hash.hpp"

namespace deadair::interference {

void EndLog::fill(Entry& out, const ConnectionEnd& end) {
  out.client = hash_of(end.client, 0, 0);
  out.server = hash_of(end.server, 1, 0);
  out.name = end.name;
  out.begin_ns = end.begin_ns;
  out.port = end.server_port;
  out.ipv4 = end.client.is_v4();
  out.completed = end.completed;
  out.reset_by_client = end.reset_by == Sender::client;
  out.reset_by_server = end.reset_by == Sender::server;
  out.torn_by_client = end.torn_by == Sender::client;
  out.torn_by_server = end.torn_by == Sender::server;
}

EndLog::Entry EndLog::entry_of(const ConnectionEnd& end) {
  Entry out;
  fill(out, end);
  return out;
}

std::uint64_t EndLog::kin_of(const Entry& entry, Sender host) {
  const std::uint64_t own = host == Sender::client ? entry.client : entry.server;
  return mix(mix(own ^ entry.name) + entry.port);
}

std::uint64_t EndLog::name_of(const Entry& entry, Sender host) {
  return mix(mix(entry.name) + entry.port * 2U + (host == Sender::client ? 1U : 0U));
}

void EndLog::note(const ConnectionEnd& end) {
  if (entries_.size() < kCapacity) {
    fill(entries_.emplace_back(), end);
    return;
  }
  fill(entries_[oldest_], end);
  oldest_ = (oldest_ + 1) % kCapacity;
}

void EndLog::finish() {
  if (entries_.size() == kCapacity)
    known_from_ns_ = std::ranges::min(entries_, {}, &Entry::begin_ns).begin_ns;
  else
    known_from_ns_ = std::numeric_limits<std::int64_t>::min();
  shares_.assign(std::bit_ceil(entries_.size() * kKeys * 2), {});
  for (const Entry& entry : entries_) {
    count(entry.client, entry.reset_by_client);
    count(kin_of(entry, Sender::client), entry.reset_by_client);
    count(entry.server, entry.reset_by_server);
    count(kin_of(entry, Sender::server), entry.reset_by_server);
    if (entry.name == 0) continue;
    count(name_of(entry, Sender::client), entry.torn_by_client);
    count(name_of(entry, Sender::server), entry.torn_by_server);
  }
  // Twins are asked for by name.
  std::erase_if(entries_, [](const Entry& entry) { return entry.name == 0; });
  std::ranges::sort(entries_, {}, [](const Entry& entry) {
    return std::tuple(entry.name, entry.begin_ns, entry.client, entry.server);
  });
}

std::size_t EndLog::place_of(std::uint64_t key) const {
  const std::size_t mask = shares_.size() - 1;
  std::size_t at = mix(key ^ seed_) & mask;
  while (shares_[at].all != 0 && shares_[at].key != key) at = (at + 1) & mask;
  return at;
}

void EndLog::count(std::uint64_t key, bool reset) {
  Share& share = shares_[place_of(key)];
  share.key = key;
  ++share.all;
  share.resets += reset;
}

EndLog::Share EndLog::share_of(std::uint64_t key) const {
  return shares_.empty() ? Share{} : shares_[place_of(key)];
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
  const Share all = share_of(host == Sender::client ? own.client : own.server);
  const Share like = share_of(kin_of(own, host));
  const std::uint32_t others = all.all - like.all;
  if (others < kEnough) return std::nullopt;
  return static_cast<double>(all.resets - like.resets) / others;
}

EndLog::Repetition EndLog::repetition(const ConnectionEnd& of, Sender host) const {
  if (of.name == 0) return {};
  const Share named = share_of(name_of(entry_of(of), host));
  return {named.all, named.resets};
}

}  // namespace deadair::interference
