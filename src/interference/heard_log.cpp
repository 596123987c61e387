// A bit for each second, a set-associative table of minutes.
#include "interference/heard_log.hpp"

#include <algorithm>
#include <bit>

#include "bytes/hash.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60;  // in seconds

constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Seconds from..to of the minute, the last left out.
constexpr std::uint64_t bits_of(std::int64_t from, std::int64_t to) {
  return ((std::uint64_t{1} << to) - 1) & ~((std::uint64_t{1} << from) - 1);
}

}  // namespace

std::uint64_t HeardLog::key_of(const IpAddress& host, std::int64_t minute) {
  return hash_of(host, static_cast<std::uint64_t>(minute), 0);
}

const HeardLog::Entry* HeardLog::find(const IpAddress& host, std::int64_t minute) const {
  const std::uint64_t key = key_of(host, minute);
  const std::size_t set = key & (capacity_ - 1) & ~std::uint64_t{kWays - 1};
  for (std::size_t way = set; way < set + kWays; ++way)
    if (!entries_[way].free() && entries_[way].key == key) return &entries_[way];
  return nullptr;
}

// The entry of the key, else a free one, else the oldest of its set.
HeardLog::Entry& HeardLog::place_of(std::uint64_t key, std::int64_t minute) {
  const std::size_t set = key & (capacity_ - 1) & ~std::uint64_t{kWays - 1};
  std::size_t place = set;
  for (std::size_t way = set; way < set + kWays; ++way) {
    const Entry& entry = entries_[way];
    if (!entry.free() && entry.key == key) return entries_[way];
    const Entry& oldest = entries_[place];
    if (!oldest.free() && (entry.free() || entry.minute < oldest.minute)) place = way;
  }
  entries_[place] = {key, minute, {}};
  return entries_[place];
}

void HeardLog::note(const IpAddress& host, std::int64_t ts_ns, What what) {
  if (entries_.empty()) entries_.resize(capacity_);
  const std::int64_t second = floor_div(ts_ns, kSecond), minute = floor_div(second, kMinute);
  Entry& entry = place_of(key_of(host, minute), minute);
  const std::uint64_t bit = std::uint64_t{1} << (second - minute * kMinute);
  entry.seconds[static_cast<std::size_t>(what)] |= bit;
  if (what == What::udp_opened) entry.seconds[static_cast<std::size_t>(What::came)] |= bit;
}

HeardLog::Heard HeardLog::within(const IpAddress& host, std::int64_t from_ns,
                                 std::int64_t to_ns) const {
  constexpr std::int64_t kMostMinutes = 256;
  Heard out;
  const std::int64_t from = floor_div(from_ns - 1, kSecond) + 1, to = floor_div(to_ns, kSecond);
  if (entries_.empty() || to <= from) return out;
  const std::int64_t first = floor_div(from, kMinute);
  const std::int64_t last = std::min(floor_div(to - 1, kMinute), first + kMostMinutes);
  for (std::int64_t minute = first; minute <= last; ++minute) {
    const Entry* entry = find(host, minute);
    if (entry == nullptr) continue;
    const std::int64_t begin = minute * kMinute;
    const std::uint64_t wanted =
        bits_of(std::max<std::int64_t>(from - begin, 0), std::min(to - begin, kMinute));
    const auto count = [&](What what) {
      const std::uint64_t seconds = entry->seconds[static_cast<std::size_t>(what)];
      return static_cast<std::uint32_t>(std::popcount(seconds & wanted));
    };
    out.came += count(What::came);
    out.udp_opened += count(What::udp_opened);
    out.udp_failed += count(What::udp_failed);
  }
  return out;
}

}  // namespace deadair::interference
