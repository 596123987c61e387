// Random numbers are the same everywhere, and streams of rules and flows do not depend on others.
#include "random.hpp"

#include <set>

#include "catch.hpp"

using namespace deadair::middlebox;

TEST_CASE("SplitMix64 gives its published numbers") {
  // The first outputs for seed 1234567, from Vigna's reference implementation.
  Random random(1234567);
  CHECK(random.next() == 6457827717110365317U);
  CHECK(random.next() == 3203168211198807973U);
  CHECK(random.next() == 9817491932198370423U);
}

TEST_CASE("unit lies from 0 to below 1 and is even") {
  Random random(5);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double unit = random.unit();
    REQUIRE(unit >= 0);
    REQUIRE(unit < 1);
    sum += unit;
  }
  CHECK(sum / 10'000 == Approx(0.5).margin(0.02));
}

TEST_CASE("seeds differ by seed, rule and flow") {
  const std::set<std::uint64_t> seeds{seed_of(1, "a", 1), seed_of(2, "a", 1), seed_of(1, "b", 1),
                                      seed_of(1, "a", 2)};
  CHECK(seeds.size() == 4);
  CHECK(seed_of(1, "a", 1) == seed_of(1, "a", 1));
}
