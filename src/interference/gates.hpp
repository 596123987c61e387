// Names the defects of a capture that limit what may be said of it, and how far each does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
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
    for (std::size_t i = 0; i < static_cast<std::size_t>(effect); ++i) reached_[i] |= bit(gate);
  }
  // Takes in what limits another piece of the same matter.
  constexpr void join(const GateSet& other) {
    for (std::size_t i = 0; i < kEffects; ++i) reached_[i] |= other.reached_[i];
  }
  // Known better by now.
  constexpr void clear(Gate gate) {
    for (Bits& bits : reached_) bits &= static_cast<Bits>(~bit(gate));
  }
  [[nodiscard]] constexpr GateEffect effect(Gate gate) const { return most_of(bit(gate)); }
  [[nodiscard]] constexpr bool has(Gate gate) const { return (reached_[0] & bit(gate)) != 0; }
  [[nodiscard]] constexpr GateEffect strongest() const {
    return most_of(std::numeric_limits<Bits>::max());
  }

 private:
  using Bits = std::uint16_t;
  static_assert(kGates <= std::numeric_limits<Bits>::digits);
  static constexpr std::size_t kEffects = static_cast<std::size_t>(GateEffect::closes);

  static constexpr Bits bit(Gate gate) {
    return static_cast<Bits>(1U << static_cast<unsigned>(gate));
  }
  [[nodiscard]] constexpr GateEffect most_of(Bits gates) const {
    std::size_t effect = 0;
    while (effect < kEffects && (reached_[effect] & gates) != 0) ++effect;
    return static_cast<GateEffect>(effect);
  }

  // One bit a gate: those whose effect is at least `notes`, `caps`, `closes`. Joining is what every
  // flow costs.
  std::array<Bits, kEffects> reached_{};
};

}  // namespace deadair::interference
