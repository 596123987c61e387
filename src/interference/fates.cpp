// A ring of flows, and three orders of it.
#include "interference/fates.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "interference/round_trips.hpp"

namespace deadair::interference {
namespace {

bool is_any(const FlowNote&) { return true; }
bool has_trigger(const FlowNote& note) { return note.has_trigger; }
auto trigger_key(const FlowNote& note) { return std::pair(note.trigger, note.name); }
auto site_key(const FlowNote& note) { return std::pair(note.trigger, note.site); }

template <typename Key, typename Of>
FateBook::Notes range_of(FateBook::Notes notes, const Key& key, Of of) {
  const auto found =
      std::ranges::equal_range(notes, key, {}, [&](const FlowNote* note) { return of(*note); });
  return {found.begin(), found.end()};
}

template <typename Of>
void sort_by(std::vector<const FlowNote*>& notes, Of of) {
  std::ranges::sort(notes, [&](const FlowNote* x, const FlowNote* y) {
    return std::tuple(of(*x), x->begin_ns, x->frame_first) <
           std::tuple(of(*y), y->begin_ns, y->frame_first);
  });
}

bool same_tuple(const FlowNote& x, const FlowNote& y) {
  return same_service(x, y) && x.client == y.client && x.client_port == y.client_port;
}

// A flow that only spans the stretch says nothing: all may have been silent in between.
bool is_heard(const FlowNote& note, Stretch within) {
  return note.heard && (within.holds(note.answered_ns) || within.holds(note.heard_ns));
}

template <typename Test>
std::uint64_t count(FateBook::Notes notes, Test test) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(notes, [&](const FlowNote* note) { return test(*note); }));
}

}  // namespace

std::string_view site_of(std::string_view name) {
  constexpr std::size_t kCountry = 2;
  constexpr std::array<std::string_view, 12> kSecond = {"ac",  "co", "com", "edu", "go",  "gob",
                                                        "gov", "ne", "net", "or",  "org", "mil"};
  const auto dot_before = [&](std::size_t end) {
    return end == 0 ? std::string_view::npos : name.rfind('.', end - 1);
  };
  const std::size_t last = name.rfind('.');
  if (last == std::string_view::npos || name.find(':') != std::string_view::npos) return name;
  const bool number = name.find_first_not_of("0123456789.") == std::string_view::npos;
  std::size_t dot = dot_before(last);
  if (number || dot == std::string_view::npos) return name;
  const bool country =
      name.size() - last - 1 == kCountry &&
      std::ranges::find(kSecond, name.substr(dot + 1, last - dot - 1)) != kSecond.end();
  if (country) dot = dot_before(dot);
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

void FateLog::add(const FlowNote& note) {
  if (notes_.size() < capacity_) {
    notes_.push_back(note);
    return;
  }
  notes_[oldest_] = note;
  oldest_ = (oldest_ + 1) % capacity_;
}

void FateLog::tear(const std::set<wire::FrameRef>& flows) {
  for (FlowNote& note : notes_)
    if (flows.contains(note.frame_first)) note.fate = FlowFate::forged;
}

// In the order asked for, sorted when first asked: where nothing was dropped nobody asks.
template <typename Take, typename Of>
FateBook::Notes FateBook::sorted(Order& order, Take take, Of of) const {
  if (order) return *order;
  order.emplace();
  for (const FlowNote& note : log_.notes())
    if (take(note)) order->push_back(&note);
  sort_by(*order, of);
  return *order;
}

FateBook::Notes FateBook::to_server(const IpAddress& server) const {
  const auto of = [](const FlowNote& note) { return note.server; };
  return range_of(sorted(by_server_, is_any, of), server, of);
}

FateBook::Notes FateBook::of_client(const IpAddress& client) const {
  const auto of = [](const FlowNote& note) { return note.client; };
  return range_of(sorted(by_client_, is_any, of), client, of);
}

FateBook::Notes FateBook::with_trigger(TriggerType type, std::uint64_t name) const {
  return range_of(sorted(by_trigger_, has_trigger, trigger_key), std::pair(type, name),
                  trigger_key);
}

FateBook::Notes FateBook::with_site(TriggerType type, std::uint64_t site) const {
  return range_of(sorted(by_site_, has_trigger, site_key), std::pair(type, site), site_key);
}

FateBook::Notes FateBook::dropped() const {
  const auto is_dropped = [](const FlowNote& note) {
    return note.has_trigger && (note.fate == FlowFate::dropped || note.fate == FlowFate::forged);
  };
  return sorted(dropped_, is_dropped, [](const FlowNote&) { return 0; });
}

std::vector<const FlowNote*> FateBook::answered_by_server(const FlowNote& note,
                                                          Stretch within) const {
  std::vector<const FlowNote*> out;
  for (const FlowNote* other : to_server(note.server))
    if (!same_tuple(note, *other) && is_heard(*other, within)) out.push_back(other);
  return out;
}

std::uint64_t FateBook::client_answered(const FlowNote& note, Stretch within) const {
  return count(of_client(note.client), [&](const FlowNote& other) {
    return other.server != note.server && is_heard(other, within);
  });
}

bool FateBook::went_on(const IpAddress& client, Stretch within) const {
  return trips_ != nullptr && trips_->seen(client, within);
}

}  // namespace deadair::interference
