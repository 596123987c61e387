// Quantities must keep to their widths up to the largest values.
#include "report/human.hpp"

#include <limits>

#include "catch.hpp"

using namespace deadair::report;

TEST_CASE("bytes") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1000) == "1.0 kB");
  CHECK(human_bytes(9949) == "9.9 kB");
  CHECK(human_bytes(9951) == "10 kB");
  CHECK(human_bytes(999'499) == "999 kB");
  CHECK(human_bytes(999'500) == "1.0 MB");
  CHECK(human_bytes(std::numeric_limits<std::uint64_t>::max()) == "18 EB");
}

TEST_CASE("counts") {
  CHECK(human_count(0) == "0");
  CHECK(human_count(999) == "999");
  CHECK(human_count(1000) == "1,000");
  CHECK(human_count(1'234'567) == "1,234,567");
  CHECK(short_count(9999) == "9999");
  CHECK(short_count(10'000) == "10k");
  CHECK(short_count(4'200'000) == "4.2M");
  CHECK(short_count(999'999) == "1.0M");
  CHECK(plural(1, "flow") == "1 flow");
  CHECK(plural(0, "flow") == "0 flows");
  CHECK(plural(1204, "flow") == "1,204 flows");
}

TEST_CASE("durations") {
  constexpr std::int64_t kMs = 1'000'000;
  CHECK(human_duration(-5) == "0 ms");
  CHECK(human_duration(40 * kMs) == "40 ms");
  CHECK(human_duration(1950 * kMs) == "1.9 s");
  CHECK(human_duration(59'999 * kMs) == "59.9 s");
  CHECK(human_duration(134'000 * kMs) == "2m 14s");
  CHECK(human_duration(3'900'000 * kMs) == "1h 05m");
  CHECK(human_duration(183'600'000 * kMs) == "2d 03h");
  CHECK(human_duration(std::numeric_limits<std::int64_t>::max()) == "106751 d");
}
