// Finds the algebra between the header fields of resets that Geedge's Tiangou Secure Gateway makes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace deadair::interference {

// What two resets of the same pair of addresses are compared by.
struct ResetFields {
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;

  friend bool operator==(const ResetFields&, const ResetFields&) = default;
};

inline constexpr std::uint32_t kTsgFactor = 13;

constexpr std::uint32_t swapped(std::uint32_t value) {
  return value << 24 | (value & 0xff00U) << 8 | (value >> 8 & 0xff00U) | value >> 24;
}

// window = val + (dst mod k), ip_id = 65535 - val k + (src mod window), modulo 2^16, with a counter
// val (after Ablove et al., USENIX Security 2026). The difference of two resets leaves neither val
// nor dst:  ip_id1 - ip_id2 + (src mod window2) - (src mod window1) = k (window2 - window1).
constexpr bool tsg_related(ResetFields one, ResetFields two, std::uint32_t address,
                           std::uint32_t k = kTsgFactor) {
  if (one.window == 0 || two.window == 0 || one.window == two.window) return false;
  const std::uint32_t left =
      std::uint32_t{one.ip_id} - two.ip_id + address % two.window - address % one.window;
  return static_cast<std::uint16_t>(left - k * (std::uint32_t{two.window} - one.window)) == 0;
}

// How many neighbours among the resets are so related, by the one reading of the addresses that
// explains most: source or destination, in host or network order. By chance a pair is with 2^-14;
// two pairs or more are needed.
constexpr std::size_t tsg_pairs(std::span<const ResetFields> resets, std::uint32_t source,
                                std::uint32_t destination, std::uint32_t k = kTsgFactor) {
  std::size_t most = 0;
  for (const std::uint32_t address :
       std::array{source, destination, swapped(source), swapped(destination)}) {
    std::size_t pairs = 0;
    for (std::size_t i = 1; i < resets.size(); ++i)
      if (tsg_related(resets[i - 1], resets[i], address, k)) ++pairs;
    most = pairs > most ? pairs : most;
  }
  return most;
}

}  // namespace deadair::interference
