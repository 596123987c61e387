// Random numbers that depend on the seed alone, so that a run can be repeated.
#pragma once

#include <cstdint>
#include <string_view>

namespace deadair::middlebox {

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere, which the distributions of
// the standard library are not.
class Random {
 public:
  explicit Random(std::uint64_t seed = 0) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e37'79b9'7f4a'7c15;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
    return z ^ z >> 31;
  }
  // 0 <= unit() < 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // 0 <= below(n) < n; `bound` must not be zero.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(next() % bound); }
  std::uint16_t sixteen_bits() { return static_cast<std::uint16_t>(next()); }

 private:
  std::uint64_t state_;
};

// The seed of the `ordinal`-th flow of the rule `name`: other rules and flows do not change it.
inline std::uint64_t seed_of(std::uint64_t seed, std::string_view name, std::uint64_t ordinal) {
  std::uint64_t mixed = Random(seed).next();  // not the seed itself, which a name could undo
  for (const char c : name) mixed = (mixed ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return Random(mixed ^ ordinal * 0xd6e8'feb8'6659'fd93).next();
}

}  // namespace deadair::middlebox
