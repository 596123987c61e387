// Gathers what speaks for and against one finding, and works out the level it supports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interference/finding.hpp"
#include "interference/gates.hpp"
#include "interference/weights.hpp"

namespace deadair::interference {

class Evidence {
 public:
  // Counts once for each clue: said again, the heavier value is kept.
  void add(Clue clue, std::string value, wire::FrameRef frame);
  // A published fingerprint; each label is listed, the group is capped.
  void add_published(std::string_view label, double lr, std::string value, wire::FrameRef frame);
  // A packet that shows the finding.
  void show(wire::FrameRef frame);
  // An innocent explanation. Said again, "excluded" gives way to "open".
  void alternative(std::string_view name, bool excluded, std::string why);
  void limit(const GateSet& gates) { gates_ = gates; }
  // How often it happened: flows hit, or packets of a fingerprint. The largest stays.
  void events(std::uint64_t count) { events_ = count > events_ ? count : events_; }
  // Nothing above `level`, because of a rule of the family.
  void hold_at(Level level) { most_ = level < most_ ? level : most_; }
  // The family decides by rungs of its own; items stay listed, gates still limit.
  void decide(Level by_rungs) { rung_ = by_rungs; }
  // Takes over items, frames and alternatives of another piece of evidence about the same event.
  void merge(const Evidence& other);

  [[nodiscard]] bool has(Clue clue) const;
  // What a group adds to the score, capped.
  [[nodiscard]] double sum(Group group) const;
  [[nodiscard]] double score() const;
  // Groups that speak for it.
  [[nodiscard]] unsigned groups_for() const;
  [[nodiscard]] Level level() const;

  [[nodiscard]] const std::vector<Item>& items() const { return items_; }
  [[nodiscard]] const std::vector<wire::FrameRef>& frames() const { return frames_; }
  [[nodiscard]] const std::vector<Alternative>& alternatives() const { return alternatives_; }

  // The finding that this evidence supports, under the given id: level, score, frames, items,
  // alternatives and gates are filled in, the rest is the caller's.
  [[nodiscard]] Finding finding(std::string_view id) const;

 private:
  struct Entry {
    Clue clue;
    Group group;
  };
  [[nodiscard]] Level level_of_score() const;
  [[nodiscard]] bool counts(std::size_t index) const;

  std::vector<Item> items_;
  std::vector<Entry> entries_;  // parallel to items_
  std::vector<wire::FrameRef> frames_;
  std::vector<Alternative> alternatives_;
  GateSet gates_;
  std::uint64_t events_ = 1;
  Level most_ = Level::confirmed_pattern;
  std::optional<Level> rung_;
};

// Lower end of the Wilson 95 % interval of k successes in n trials; 0 when there were none.
double wilson_lower(std::uint64_t k, std::uint64_t n);

}  // namespace deadair::interference
