// Hashes tell keys apart that differ in any part, and in few bits of it.
#include "bytes/hash.hpp"

#include <set>

#include "catch.hpp"

using namespace deadair;

namespace {

constexpr std::uint64_t kSeed = 0x0123'4567'89ab'cdef;
constexpr unsigned kEach = 64;

// How many of the buckets that 16 bits of a hash name are in use.
template <typename Hash>
std::size_t buckets(Hash hash) {
  std::set<std::uint64_t> seen;
  for (unsigned i = 0; i < kEach * kEach; ++i) seen.insert(hash(i / kEach, i % kEach) & 0xffff);
  return seen.size();
}

// 4096 keys thrown into 65536 buckets at random leave about 128 collisions.
constexpr std::size_t kLeast = 4096 - 256;

}  // namespace

TEST_CASE("Neighbouring IPv4 addresses and numbers spread over the buckets") {
  const auto hash = [](unsigned a, unsigned b) {
    return hash_of(IpAddress::v4(0x0a00'0000 + a), b, kSeed);
  };
  CHECK(buckets(hash) > kLeast);
}

TEST_CASE("Neighbouring networks of IPv6 are not mistaken for neighbouring numbers") {
  const auto hash = [](unsigned a, unsigned b) {
    return hash_of(IpAddress{0x2001'0db8'0000'0000ULL + a, 1}, b, kSeed);
  };
  CHECK(buckets(hash) > kLeast);
}

TEST_CASE("Pairs of hosts spread, and their order matters") {
  const auto hash = [](unsigned a, unsigned b) {
    return hash_of(IpAddress::v4(0x0a00'0000 + a), IpAddress::v4(0xc0a8'0000 + b), kSeed);
  };
  CHECK(buckets(hash) > kLeast);
  const IpAddress one = IpAddress::v4(1), other = IpAddress::v4(2);
  CHECK(hash_of(one, other, kSeed) != hash_of(other, one, kSeed));
}

TEST_CASE("The seed changes which keys share a bucket") {
  const IpAddress host = IpAddress::v4(0x0a00'0001);
  CHECK(hash_of(host, 7, kSeed) != hash_of(host, 7, kSeed + 1));
  CHECK(hash_of(host, host, kSeed) != hash_of(host, host, kSeed + 1));
}
