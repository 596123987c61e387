// What is remembered of what went well, and for how long.
#include "interference/controls.hpp"

#include "catch.hpp"

using namespace deadair;
using interference::Control;
using interference::Controls;
using interference::subject_of;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t at(double s) { return static_cast<std::int64_t>(s * 1e9); }
const IpAddress kClient = IpAddress::v4(0xc0a8'0102), kOther = IpAddress::v4(0xc0a8'0103);
const std::uint64_t kApp = subject_of("whatsapp"), kElse = subject_of("telegram");

}  // namespace

TEST_CASE("What was added is found in its stretch, for its client and subject") {
  Controls controls;
  CHECK(controls.all(Control::text, kClient, 0, at(1e6)) == 0);
  controls.add(Control::text, kClient, kApp, at(100));
  controls.add(Control::text, kClient, kApp, at(130));
  controls.add(Control::text, kClient, kElse, at(130));
  CHECK(controls.count(Control::text, kClient, kApp, at(90), at(140)) == 2);
  CHECK(controls.all(Control::text, kClient, at(90), at(140)) == 3);
  CHECK(controls.others(Control::text, kClient, kApp, at(90), at(140)) == 1);
  CHECK(controls.count(Control::text, kOther, kApp, at(90), at(140)) == 0);
  CHECK(controls.count(Control::udp_answered, kClient, kApp, at(90), at(140)) == 0);
}

TEST_CASE("The ends of a stretch count, what lies beyond does not") {
  Controls controls;
  controls.add(Control::text, kClient, kApp, at(100));
  CHECK(controls.count(Control::text, kClient, kApp, at(100), at(100)) == 1);
  CHECK(controls.count(Control::text, kClient, kApp, at(100.001), at(119)) == 0);
  CHECK(controls.count(Control::text, kClient, kApp, at(61), at(99.999)) == 0);
  CHECK(controls.count(Control::text, kClient, kApp, at(50), at(70)) == 0);
  CHECK(controls.count(Control::text, kClient, kApp, at(110), at(90)) == 0);
}

TEST_CASE("Times before 1970 are times") {
  Controls controls;
  controls.add(Control::text, kClient, kApp, at(-100));
  CHECK(controls.count(Control::text, kClient, kApp, at(-101), at(-99)) == 1);
  CHECK(controls.count(Control::text, kClient, kApp, at(-99), at(-70)) == 0);
}

TEST_CASE("A minute that holds more than the stretch gives no more than is known") {
  Controls controls;
  for (int i = 0; i < 50; ++i) controls.add(Control::text, kClient, kApp, at(60 + i));
  CHECK(controls.count(Control::text, kClient, kApp, at(60), at(119)) == 50);
  CHECK(controls.count(Control::text, kClient, kApp, at(105), at(200)) == 1);
  CHECK(controls.count(Control::text, kClient, kApp, at(70), at(80)) == 0);
}

TEST_CASE("Of a long stretch the two ends are looked at") {
  Controls controls;
  const double days = 86400 * 3;
  controls.add(Control::text, kClient, kApp, at(10));
  controls.add(Control::text, kClient, kApp, at(days - 10));
  controls.add(Control::text, kClient, kApp, at(days / 2));
  CHECK(controls.count(Control::text, kClient, kApp, 0, at(days)) == 2);
}

TEST_CASE("What is newer takes the place of what is older") {
  Controls controls(64);
  for (int i = 0; i < 5000; ++i)
    controls.add(Control::udp_answered, kClient, kApp, std::int64_t{60} * i * kSecond);
  const std::int64_t end = std::int64_t{60} * 4999 * kSecond;
  CHECK(controls.count(Control::udp_answered, kClient, kApp, end, end) == 1);
  CHECK(controls.count(Control::udp_answered, kClient, kApp, 0, at(60)) == 0);
}

TEST_CASE("The same server under another name") {
  Controls controls;
  const IpAddress server = IpAddress::v4(0x0102'0304);
  controls.add_server(kClient, server, 443, "blocked.example", at(10));
  CHECK(controls.other_names(kClient, server, 443, "blocked.example", 0, at(60)) == 0);
  for (int i = 0; i < 3; ++i) controls.add_server(kClient, server, 443, "", at(20));
  CHECK(controls.other_names(kClient, server, 443, "blocked.example", 0, at(60)) == 3);
  CHECK(controls.other_names(kClient, server, 80, "blocked.example", 0, at(60)) == 0);
  CHECK(controls.count(Control::host_ok, kClient, subject_of(server), 0, at(60)) == 4);
}

TEST_CASE("What any host had") {
  Controls controls;
  controls.add(Control::tcp_answered, kOther, kApp, at(10));
  CHECK(controls.of_anyone(Control::tcp_answered, 0, at(60)) == 1);
  CHECK(controls.of_anyone(Control::tcp_answered, at(60), at(90)) == 0);
}
