// Hashes of small keys: quick, and with a secret seed not to be aimed at.
#pragma once

#include <bit>
#include <cstdint>

#include "bytes/ip_address.hpp"

namespace deadair {

// splitmix64's finaliser (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58'476d'1ce4'e5b9;
  x = (x ^ x >> 27) * 0x94d0'49bb'1331'11eb;
  return x ^ x >> 31;
}

// Folded 64x64 multiplication: every bit of both factors reaches every bit of the result, but a
// factor that is zero wipes out the other.
constexpr std::uint64_t fold(std::uint64_t x, std::uint64_t y) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(x) * y;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// An address with a number beside it. A secret `seed` is in both factors, so that nobody can make a
// capture whose hosts all collide; with a known one that is possible.
constexpr std::uint64_t hash_of(const IpAddress& address, std::uint64_t number,
                                std::uint64_t seed) {
  return fold(address.low ^ seed ^ 0x9e37'79b9'7f4a'7c15,
              (address.high + number * 0xa076'1d64'78bd'642f) ^ std::rotl(seed, 23) ^
                  0xd6e8'feb8'6659'fd93);
}

// Two addresses, likewise. Not the same the other way round.
constexpr std::uint64_t hash_of(const IpAddress& from, const IpAddress& to, std::uint64_t seed) {
  return hash_of(to, 1, hash_of(from, 0, seed));
}

}  // namespace deadair
