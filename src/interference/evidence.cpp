// Adds evidence up: groups, caps, levels and gates.
#include "interference/evidence.hpp"

#include <algorithm>
#include <cmath>

namespace deadair::interference {
namespace {

constexpr double kAnomalousScore = 1.0, kLikelyScore = 3.0, kConfirmedScore = 5.0;
constexpr unsigned kLikelyGroups = 2;
constexpr std::uint64_t kConfirmedEvents = 5;
// Sums of decimal fractions, which binary fractions only approach.
constexpr double kRounding = 1e-9;

Clue heavier(Clue a, Clue b) { return std::abs(weight(a).lr) >= std::abs(weight(b).lr) ? a : b; }

}  // namespace

void Evidence::add(Clue clue, std::string value, wire::FrameRef frame) {
  const Weight& row = weight(clue);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    // Rows of one name are degrees of one thing.
    if (items_[i].name != row.name || entries_[i].clue == Clue::published) continue;
    if (heavier(entries_[i].clue, clue) == entries_[i].clue) return;
    entries_[i].clue = clue;
    items_[i] = {row.name, rule(row.group).name, row.lr, std::move(value), frame};
    return;
  }
  entries_.push_back({clue, row.group});
  items_.push_back({row.name, rule(row.group).name, row.lr, std::move(value), frame});
}

void Evidence::add_published(std::string_view label, double lr, std::string value,
                             wire::FrameRef frame) {
  for (const Item& item : items_)
    if (item.name == label) return;
  entries_.push_back({Clue::published, Group::fingerprint});
  items_.push_back({label, rule(Group::fingerprint).name, lr, std::move(value), frame});
}

void Evidence::show(wire::FrameRef frame) {
  if (!frame.valid() || std::ranges::find(frames_, frame) != frames_.end()) return;
  frames_.insert(std::ranges::upper_bound(frames_, frame), frame);
}

void Evidence::alternative(std::string_view name, bool excluded, std::string why) {
  for (Alternative& known : alternatives_) {
    if (known.name != name) continue;
    if (known.excluded && !excluded) known = {name, excluded, std::move(why)};
    return;
  }
  alternatives_.push_back({name, excluded, std::move(why)});
}

void Evidence::merge(const Evidence& other) {
  for (std::size_t i = 0; i < other.items_.size(); ++i) {
    const Item& item = other.items_[i];
    if (other.entries_[i].clue == Clue::published)
      add_published(item.name, item.lr, item.value, item.frame);
    else
      add(other.entries_[i].clue, item.value, item.frame);
  }
  for (const wire::FrameRef frame : other.frames_) show(frame);
  for (const Alternative& known : other.alternatives_)
    alternative(known.name, known.excluded, known.why);
  events(other.events_);
  hold_at(other.most_);
}

bool Evidence::has(Clue clue) const {
  return std::ranges::any_of(entries_, [clue](const Entry& entry) { return entry.clue == clue; });
}

// A mirrored TTL is part of the forgery once sequence numbers show that there is one.
bool Evidence::counts(std::size_t index) const {
  if (entries_[index].clue != Clue::ttl_equal) return true;
  return std::ranges::none_of(entries_,
                              [](const Entry& entry) { return entry.group == Group::seq; });
}

double Evidence::sum(Group group) const {
  double total = 0;
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (entries_[i].group == group && counts(i)) total += items_[i].lr;
  return std::min(total, rule(group).cap);
}

double Evidence::score() const {
  double total = 0;
  for (std::size_t i = 0; i < kGroups; ++i) total += sum(static_cast<Group>(i));
  return total;
}

unsigned Evidence::groups_for() const {
  unsigned count = 0;
  for (std::size_t i = 0; i < kGroups; ++i)
    if (sum(static_cast<Group>(i)) > kRounding) ++count;
  return count;
}

Level Evidence::level_of_score() const {
  const double total = score() + kRounding;
  if (total < kAnomalousScore) return Level::observed;
  if (total < kLikelyScore || groups_for() < kLikelyGroups) return Level::anomalous;
  const bool differential = sum(Group::ctrl) > kRounding || sum(Group::fingerprint) > kRounding;
  if (total < kConfirmedScore || events_ < kConfirmedEvents || !differential) return Level::likely;
  return Level::confirmed_pattern;
}

Level Evidence::level() const {
  const GateEffect limit = gates_.strongest();
  if (limit == GateEffect::closes) return Level::indeterminate;
  const Level reached = std::min(rung_ ? *rung_ : level_of_score(), most_);
  return limit == GateEffect::caps ? std::min(reached, Level::anomalous) : reached;
}

Finding Evidence::finding(std::string_view id) const {
  Finding out;
  out.id = id;
  out.level = level();
  out.score = score();
  out.frames = frames_;
  out.items = items_;
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (!counts(i)) out.items[i].lr = 0;
  out.alternatives = alternatives_;
  for (std::size_t i = 0; i < kGates; ++i)
    if (gates_.has(static_cast<Gate>(i))) out.gates.push_back(name(static_cast<Gate>(i)));
  return out;
}

// E. B. Wilson, Journal of the American Statistical Association 22 (1927).
double wilson_lower(std::uint64_t k, std::uint64_t n) {
  if (n == 0) return 0;
  constexpr double kZ = 1.959964;
  const auto trials = static_cast<double>(n);
  const double share = static_cast<double>(std::min(k, n)) / trials;
  const double z2 = kZ * kZ;
  const double centre = share + z2 / (2 * trials);
  const double spread = kZ * std::sqrt((share * (1 - share) + z2 / (4 * trials)) / trials);
  return std::max(0.0, (centre - spread) / (1 + z2 / trials));
}

}  // namespace deadair::interference
