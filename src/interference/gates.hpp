// Names the defects of a capture that limit what may be said of it, and how far each does.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace deadair::interference {

enum class Gate : std::uint8_t {
  caploss_tcp,
  caploss_sync,
  caploss_udp,
  onesided,
  midflow,
  end,
  snap,
  offload,
  clock,
  dup,
  reorder,
  nat,
  vantage,
  count_,
};
inline constexpr std::size_t kGates = static_cast<std::size_t>(Gate::count_);

// As in the `gates` fields of records.
constexpr std::string_view name(Gate gate) {
  constexpr std::array<std::string_view, kGates> kNames = {
      "GATE.CAPLOSS.TCP", "GATE.CAPLOSS.SYNC", "GATE.CAPLOSS.UDP", "GATE.ONESIDED", "GATE.MIDFLOW",
      "GATE.END",         "GATE.SNAP",         "GATE.OFFLOAD",     "GATE.CLOCK",    "GATE.DUP",
      "GATE.REORDER",     "GATE.NAT",          "GATE.VANTAGE",
  };
  return kNames[static_cast<std::size_t>(gate)];
}

// What a gate does to a finding. `notes`: it is named, and the detectors concerned know what to
// leave out. `caps`: nothing above `anomalous`. `closes`: the capture cannot answer the question.
enum class GateEffect : std::uint8_t { none, notes, caps, closes };

// The gates of one flow, or of the capture around it.
class GateSet {
 public:
  // The strongest effect stays.
  constexpr void set(Gate gate, GateEffect effect = GateEffect::notes) {
    GateEffect& now = effects_[static_cast<std::size_t>(gate)];
    if (effect > now) now = effect;
  }
  // Takes in what limits another piece of the same matter.
  constexpr void join(const GateSet& other) {
    for (std::size_t i = 0; i < kGates; ++i) set(static_cast<Gate>(i), other.effects_[i]);
  }
  // Known better by now.
  constexpr void clear(Gate gate) { effects_[static_cast<std::size_t>(gate)] = GateEffect::none; }
  [[nodiscard]] constexpr GateEffect effect(Gate gate) const {
    return effects_[static_cast<std::size_t>(gate)];
  }
  [[nodiscard]] constexpr bool has(Gate gate) const { return effect(gate) != GateEffect::none; }
  [[nodiscard]] constexpr GateEffect strongest() const {
    GateEffect most = GateEffect::none;
    for (const GateEffect effect : effects_) most = effect > most ? effect : most;
    return most;
  }

 private:
  std::array<GateEffect, kGates> effects_{};
};

}  // namespace deadair::interference
