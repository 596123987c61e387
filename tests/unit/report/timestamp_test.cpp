// Times as text, over the whole range of 64-bit nanoseconds.
#include "report/timestamp.hpp"

#include <limits>
#include <string>

#include "catch.hpp"

using namespace deadair::report;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::string format(TimestampFormatter& formatter, std::int64_t ts_ns) {
  Buffer out(1);
  formatter.append(out, ts_ns);
  return std::string(out.view());
}

std::string format(std::int64_t ts_ns) {
  TimestampFormatter formatter;
  return format(formatter, ts_ns);
}

}  // namespace

TEST_CASE("six digits for whole microseconds, nine otherwise") {
  CHECK(format(1'494'576'631'123'456'000) == "2017-05-12T08:10:31.123456Z");
  CHECK(format(1'494'576'631'123'456'001) == "2017-05-12T08:10:31.123456001Z");
  CHECK(format(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(format(1) == "1970-01-01T00:00:00.000000001Z");
}

TEST_CASE("times before 1970 round down, not towards zero") {
  CHECK(format(-1) == "1969-12-31T23:59:59.999999999Z");
  CHECK(format(-60 * kSecond) == "1969-12-31T23:59:00.000000Z");
  CHECK(format(std::numeric_limits<std::int64_t>::min()) == "1677-09-21T00:12:43.145224192Z");
  CHECK(format(std::numeric_limits<std::int64_t>::max()) == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("leap days and the ends of minutes") {
  CHECK(format(951'782'400 * kSecond) == "2000-02-29T00:00:00.000000Z");
  CHECK(format(951'868'799 * kSecond + 999'999'000) == "2000-02-29T23:59:59.999999Z");
  CHECK(format(951'868'800 * kSecond) == "2000-03-01T00:00:00.000000Z");
}

TEST_CASE("the kept minute follows times that jump") {
  TimestampFormatter formatter;
  CHECK(format(formatter, 59 * kSecond) == "1970-01-01T00:00:59.000000Z");
  CHECK(format(formatter, 60 * kSecond) == "1970-01-01T00:01:00.000000Z");
  CHECK(format(formatter, 59 * kSecond) == "1970-01-01T00:00:59.000000Z");
  CHECK(format(formatter, -kSecond) == "1969-12-31T23:59:59.000000Z");
}

TEST_CASE("readable forms") {
  CHECK(readable_time(1'494'576'631'999'999'999) == "2017-05-12 08:10:31");
  CHECK(readable_clock(1'494'576'631'123'456'000) == "08:10:31.123");
  CHECK(readable_clock(-1) == "23:59:59.999");
  CHECK(same_day(0, 86'400 * kSecond - 1));
  CHECK_FALSE(same_day(0, -1));
  CHECK_FALSE(same_day(0, 86'400 * kSecond));
}
