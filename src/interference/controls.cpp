// Minutes in a set-associative table.
#include "interference/controls.hpp"

#include <algorithm>
#include <limits>

#include "bytes/hash.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t slot_of(std::int64_t ts_ns) {
  return ts_ns / Controls::kSlotNs - (ts_ns % Controls::kSlotNs < 0 ? 1 : 0);
}
// Milliseconds since the beginning of the slot.
constexpr std::int64_t offset_ms(std::int64_t ts_ns, std::int64_t slot) {
  return (ts_ns - slot * Controls::kSlotNs) / 1'000'000;
}

std::uint64_t fnv(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return hash;
}
constexpr std::uint64_t kFnvBasis = 0xcbf2'9ce4'8422'2325;

// 0 means anything.
constexpr std::uint64_t not_zero(std::uint64_t number) { return number == 0 ? 1 : number; }

}  // namespace

std::uint64_t subject_of(std::string_view text) { return not_zero(fnv(text, kFnvBasis)); }

std::uint64_t subject_of(const IpAddress& address, std::uint16_t port, std::string_view name) {
  return not_zero(fnv(name, hash_of(address, port, kFnvBasis)));
}

std::uint64_t Controls::key_of(Control what, const IpAddress& client, std::uint64_t subject,
                               std::int64_t slot) {
  constexpr std::uint64_t kKinds = 16;
  static_assert(static_cast<std::uint64_t>(Control::count_) <= kKinds);
  return hash_of(client, static_cast<std::uint64_t>(slot) * kKinds + static_cast<unsigned>(what),
                 subject);
}

const Controls::Entry* Controls::find(std::uint64_t key) const {
  const std::size_t set = key & (capacity_ - 1) & ~std::uint64_t{kWays - 1};
  for (std::size_t way = set; way < set + kWays; ++way)
    if (entries_[way].count != 0 && entries_[way].key == key) return &entries_[way];
  return nullptr;
}

// The entry of the key, else a free one, else the oldest of its set.
Controls::Entry& Controls::place_of(std::uint64_t key, std::uint16_t slot) {
  const std::size_t set = key & (capacity_ - 1) & ~std::uint64_t{kWays - 1};
  std::size_t place = set;
  std::int32_t oldest = -1;
  for (std::size_t way = set; way < set + kWays; ++way) {
    const Entry& entry = entries_[way];
    if (entry.count != 0 && entry.key == key) return entries_[way];
    const std::int32_t age = entry.count == 0 ? std::numeric_limits<std::int32_t>::max()
                                              : static_cast<std::uint16_t>(slot - entry.slot);
    if (age > oldest) {
      oldest = age;
      place = way;
    }
  }
  entries_[place] = {};
  return entries_[place];
}

void Controls::note(Control what, const IpAddress& client, std::uint64_t subject,
                    std::int64_t ts_ns) {
  const std::int64_t slot = slot_of(ts_ns);
  first_slot_ = std::min(first_slot_, slot);
  last_slot_ = std::max(last_slot_, slot);
  const std::uint64_t key = key_of(what, client, subject, slot);
  const auto at_ms = static_cast<std::uint16_t>(offset_ms(ts_ns, slot));
  Entry& entry = place_of(key, static_cast<std::uint16_t>(slot));
  if (entry.count == 0) entry = {key, at_ms, at_ms, 0, static_cast<std::uint16_t>(slot)};
  entry.first_ms = std::min(entry.first_ms, at_ms);
  entry.last_ms = std::max(entry.last_ms, at_ms);
  if (entry.count != std::numeric_limits<std::uint16_t>::max()) ++entry.count;
}

void Controls::add(Control what, const IpAddress& client, std::uint64_t subject,
                   std::int64_t ts_ns) {
  if (entries_.empty()) entries_.resize(capacity_);
  note(what, client, kAnything, ts_ns);
  if (subject != kAnything) note(what, client, subject, ts_ns);
  if (what == Control::tcp_answered || what == Control::call_connected)
    note(what, kAnyone, kAnything, ts_ns);
}

void Controls::add_server(const IpAddress& client, const IpAddress& server, std::uint16_t port,
                          std::string_view name, std::int64_t ts_ns) {
  if (entries_.empty()) entries_.resize(capacity_);
  note(Control::host_ok, client, subject_of(server), ts_ns);
  note(Control::server_ok, client, subject_of(server, port), ts_ns);
  note(Control::name_ok, client, subject_of(server, port, name), ts_ns);
}

std::uint32_t Controls::count(Control what, const IpAddress& client, std::uint64_t subject,
                              std::int64_t from_ns, std::int64_t to_ns) const {
  if (entries_.empty() || to_ns < from_ns) return 0;
  // Nothing was noted before or after these.
  const std::int64_t first = std::max(slot_of(from_ns), first_slot_);
  const std::int64_t last = std::min(slot_of(to_ns), last_slot_);
  std::uint32_t total = 0;
  for (std::int64_t slot = first; slot <= last; ++slot) {
    if (slot - first == kMostSlots / 2 && last - first >= kMostSlots) slot = last - kMostSlots / 2;
    const Entry* entry = find(key_of(what, client, subject, slot));
    if (entry == nullptr) continue;
    const bool whole = (slot > first || entry->first_ms >= offset_ms(from_ns, slot)) &&
                       (slot < last || entry->last_ms <= offset_ms(to_ns, slot));
    const bool none = (slot == first && entry->last_ms < offset_ms(from_ns, slot)) ||
                      (slot == last && entry->first_ms > offset_ms(to_ns, slot));
    if (none) continue;
    if (whole) {
      total += entry->count;
      continue;
    }
    // One of the two known times may lie within.
    const auto within = [&](std::int64_t at_ms) {
      return (slot > first || at_ms >= offset_ms(from_ns, slot)) &&
             (slot < last || at_ms <= offset_ms(to_ns, slot));
    };
    if (within(entry->first_ms) || within(entry->last_ms)) ++total;
  }
  return total;
}

std::uint32_t Controls::others(Control what, const IpAddress& client, std::uint64_t subject,
                               std::int64_t from_ns, std::int64_t to_ns) const {
  const std::uint32_t of_all = all(what, client, from_ns, to_ns);
  const std::uint32_t own = count(what, client, subject, from_ns, to_ns);
  return of_all > own ? of_all - own : 0;
}

std::uint32_t Controls::other_names(const IpAddress& client, const IpAddress& server,
                                    std::uint16_t port, std::string_view name, std::int64_t from_ns,
                                    std::int64_t to_ns) const {
  const std::uint32_t at_server =
      count(Control::server_ok, client, subject_of(server, port), from_ns, to_ns);
  const std::uint32_t named =
      count(Control::name_ok, client, subject_of(server, port, name), from_ns, to_ns);
  return at_server > named ? at_server - named : 0;
}

}  // namespace deadair::interference
