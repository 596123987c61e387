// Remembers which attempts share a number: an SSRC, an ICE session.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "call/live_flows.hpp"

namespace deadair::call {

// Of each number the first and the latest owner: whichever is told first finds the other.
class Owners {
 public:
  using Id = std::uint64_t;  // never 0

  explicit Owners(std::uint64_t seed) : owners_(0, NumberHash{seed}) {}

  void add(std::uint64_t number, Id id) {
    std::array<Id, 2>& pair = owners_[number];
    if (pair[0] == 0 || pair[0] == id)
      pair[0] = id;
    else
      pair[1] = id;
  }
  void remove(std::uint64_t number, Id id) {
    const auto known = owners_.find(number);
    if (known == owners_.end()) return;
    std::array<Id, 2>& pair = known->second;
    if (pair[0] == id) pair[0] = std::exchange(pair[1], 0);
    if (pair[1] == id) pair[1] = 0;
    if (pair[0] == 0) owners_.erase(known);
  }
  // Another owner than `id`; 0 when there is none.
  [[nodiscard]] Id other(std::uint64_t number, Id id) const {
    const auto known = owners_.find(number);
    if (known == owners_.end()) return 0;
    const std::array<Id, 2>& pair = known->second;
    return pair[0] == id ? pair[1] : pair[0];
  }

 private:
  std::unordered_map<std::uint64_t, std::array<Id, 2>, NumberHash> owners_;
};

}  // namespace deadair::call
