// In which seconds a host was answered.
#include "interference/heard_log.hpp"

#include "catch.hpp"

using namespace deadair;
using interference::HeardLog;
using What = HeardLog::What;

namespace {

constexpr std::int64_t at_s(double s) {
  return 1'763'769'600'000'000'000 + static_cast<std::int64_t>(s * 1e9);
}
const IpAddress kHost = IpAddress::v4(0xc0a8'0102);

}  // namespace

TEST_CASE("Only seconds that lie wholly within the stretch count as heard") {
  HeardLog log;
  CHECK(log.within(kHost, at_s(0), at_s(10)).came == 0);
  log.note(kHost, at_s(5.5), What::came);
  CHECK(log.within(kHost, at_s(5), at_s(6)).came == 1);
  CHECK(log.within(kHost, at_s(5.1), at_s(7)).came == 0);
  CHECK(log.within(kHost, at_s(4), at_s(5.9)).came == 0);
  CHECK(log.within(IpAddress::v4(1), at_s(0), at_s(10)).came == 0);
}

TEST_CASE("Stretches of several minutes, and what was heard in them") {
  HeardLog log;
  log.note(kHost, at_s(59.9), What::came);
  log.note(kHost, at_s(60), What::udp_opened);
  log.note(kHost, at_s(60.5), What::came);
  log.note(kHost, at_s(185), What::udp_failed);
  const HeardLog::Heard heard = log.within(kHost, at_s(59), at_s(186));
  CHECK(heard.came == 2);
  CHECK(heard.udp_opened == 1);
  CHECK(heard.udp_failed == 1);
  CHECK(log.within(kHost, at_s(-120), at_s(59)).came == 0);
}

TEST_CASE("What is older is forgotten first") {
  HeardLog log(4);
  for (int minute = 0; minute < 5; ++minute) log.note(kHost, at_s(minute * 60 + 1), What::came);
  CHECK(log.within(kHost, at_s(0), at_s(10)).came == 0);
  CHECK(log.within(kHost, at_s(0), at_s(600)).came == 4);
}
