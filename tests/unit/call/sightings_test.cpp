// Which hosts were lately heard and answered.
#include "call/sightings.hpp"

#include "catch.hpp"

using namespace deadair;
using call::Sightings;

namespace {

const IpAddress kHost = IpAddress::v4(0x0a00'0005);
constexpr std::int64_t kMargin = 120;

}  // namespace

TEST_CASE("A host is known around the times at which it was answered") {
  Sightings sightings;
  CHECK_FALSE(sightings.seen(kHost, 0, 10'000, kMargin));
  sightings.note(kHost, 1000);
  CHECK(sightings.seen(kHost, 1000, 1000, 0));
  CHECK(sightings.seen(kHost, 1120, 2000, kMargin));
  CHECK_FALSE(sightings.seen(kHost, 1121, 2000, kMargin));
  CHECK(sightings.seen(kHost, 500, 880, kMargin));
  CHECK_FALSE(sightings.seen(kHost, 500, 879, kMargin));
  sightings.note(kHost, 1500);
  CHECK(sightings.seen(kHost, 1200, 1210, 0));  // in between
  CHECK(sightings.seen(kHost, 1620, 1700, kMargin));
}

TEST_CASE("A clock that steps back does not make a host unknown") {
  Sightings sightings;
  sightings.note(kHost, 100'000);
  sightings.note(kHost, 1000);
  CHECK(sightings.seen(kHost, 1000, 1010, kMargin));
  CHECK(sightings.seen(kHost, 100'000, 100'010, kMargin));
}

TEST_CASE("Time zero is a time like any other") {
  Sightings sightings;
  sightings.note(kHost, 0);
  CHECK(sightings.seen(kHost, 0, 0, 0));
  sightings.note(IpAddress{}, -5);
  CHECK(sightings.seen(IpAddress{}, -10, -1, 0));
}

TEST_CASE("Hosts do not answer for each other, IPv6 neither") {
  Sightings sightings;
  sightings.note(kHost, 1000);
  sightings.note(IpAddress{0x2001'0db8'0000'0000, 1}, 1000);
  CHECK_FALSE(sightings.seen(IpAddress::v4(0x0a00'0006), 1000, 1000, kMargin));
  CHECK_FALSE(sightings.seen(IpAddress{0x2001'0db8'0000'0000, 2}, 1000, 1000, kMargin));
  CHECK_FALSE(sightings.seen(IpAddress{0x2001'0db8'0000'0001, 1}, 1000, 1000, kMargin));
  CHECK(sightings.seen(IpAddress{0x2001'0db8'0000'0000, 1}, 1000, 1000, kMargin));
}

TEST_CASE("Newer hosts take the place of older ones, and nobody is mistaken for another") {
  Sightings sightings;
  constexpr std::uint32_t kMany = 100'000;
  for (std::uint32_t i = 0; i < kMany; ++i) sightings.note(IpAddress::v4(0x0a00'0000 + i), 1000);
  std::size_t known = 0;
  for (std::uint32_t i = 0; i < kMany; ++i)
    known += sightings.seen(IpAddress::v4(0x0a00'0000 + i), 1000, 1000, 0) ? 1 : 0;
  CHECK(known > 900);  // of about a thousand entries nearly all are in use
  CHECK(known < kMany / 10);
  CHECK(sightings.seen(IpAddress::v4(0x0a00'0000 + kMany - 1), 1000, 1000, 0));
}
