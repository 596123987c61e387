// Names per client, sockets of calls and uses of applications, each for its time.
#include "classify/host_memory.hpp"

#include "catch.hpp"

using namespace deadair;
using classify::CallSocket;
using classify::HostMemory;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const IpAddress kAnn = IpAddress::v4(0x0a00'0001), kBob = IpAddress::v4(0x0a00'0002);
const IpAddress kServer = IpAddress::v4(0x0808'0404);

CallSocket socket(std::uint32_t classifier, std::string_view app, std::int64_t first_s,
                  std::int64_t last_s) {
  return {classifier, app, {0, 1}, first_s * kSecond, last_s * kSecond};
}

}  // namespace

TEST_CASE("A name is known to the client that asked for it") {
  HostMemory hosts(1);
  hosts.learn_name(kAnn, kServer, "a.test", {0, 7}, 100);
  const auto* known = hosts.name_of(kAnn, kServer, 100);
  REQUIRE(known != nullptr);
  CHECK(known->name == "a.test");
  CHECK(known->frame == wire::FrameRef(0, 7));
  CHECK(hosts.name_of(kBob, kServer, 100) == nullptr);
  CHECK(hosts.name_of(kServer, kAnn, 100) == nullptr);
}

TEST_CASE("The latest name of an address replaces the one before") {
  HostMemory hosts(1);
  hosts.learn_name(kAnn, kServer, "a.test", {0, 1}, 1);
  hosts.learn_name(kAnn, kServer, "b.test", {0, 2}, 2);
  CHECK(hosts.name_of(kAnn, kServer, 3)->name == "b.test");
}

TEST_CASE("A name is not known before its answer, nor for ever") {
  HostMemory hosts(1);
  hosts.learn_name(kAnn, kServer, "a.test", {0, 1}, 50);
  CHECK(hosts.name_of(kAnn, kServer, 49) == nullptr);
  CHECK(hosts.name_of(kAnn, kServer, 50 + HostMemory::kNameLifeNs) != nullptr);
  CHECK(hosts.name_of(kAnn, kServer, 51 + HostMemory::kNameLifeNs) == nullptr);
}

TEST_CASE("The root is no name") {
  HostMemory hosts(1);
  hosts.learn_name(kAnn, kServer, "", {0, 1}, 50);
  CHECK(hosts.name_of(kAnn, kServer, 50) == nullptr);
}

TEST_CASE("Names are bounded: the oldest goes") {
  HostMemory hosts(1);
  constexpr std::uint32_t kMore = (1U << 16) + 10;
  for (std::uint32_t i = 0; i < kMore; ++i)
    hosts.learn_name(kAnn, IpAddress::v4(i), "a.test", {0, 1}, 1);
  CHECK(hosts.name_of(kAnn, IpAddress::v4(9), 1) == nullptr);
  CHECK(hosts.name_of(kAnn, IpAddress::v4(10), 1) != nullptr);
  CHECK(hosts.name_of(kAnn, IpAddress::v4(kMore - 1), 1) != nullptr);
}

TEST_CASE("A socket is known around the time it was used") {
  HostMemory hosts(1);
  hosts.learn_socket(kAnn, 5000, socket(1, "alpha", 1000, 1100));
  const auto known = [&](std::int64_t first_s, std::int64_t last_s) {
    return hosts.socket_of(kAnn, 5000, first_s * kSecond, last_s * kSecond) != nullptr;
  };
  CHECK(known(1050, 1060));
  CHECK(known(1700, 1800));  // begins 600 s after
  CHECK_FALSE(known(1701, 1800));
  CHECK(known(100, 400));  // ended 600 s before
  CHECK_FALSE(known(100, 399));
  CHECK(hosts.socket_of(kAnn, 5001, 1050 * kSecond, 1060 * kSecond) == nullptr);
  CHECK(hosts.socket_of(kBob, 5000, 1050 * kSecond, 1060 * kSecond) == nullptr);
}

TEST_CASE("The same call extends its socket, another application takes it over") {
  HostMemory hosts(1);
  hosts.learn_socket(kAnn, 5000, socket(1, "alpha", 1000, 1000));
  hosts.learn_socket(kAnn, 5000, socket(1, "alpha", 900, 1500));
  const CallSocket* known = hosts.socket_of(kAnn, 5000, 1500 * kSecond, 1500 * kSecond);
  REQUIRE(known != nullptr);
  CHECK(known->ts_first_ns == 900 * kSecond);
  CHECK(known->ts_last_ns == 1500 * kSecond);
  hosts.learn_socket(kAnn, 5000, socket(2, "beta", 1510, 1520));
  known = hosts.socket_of(kAnn, 5000, 1515 * kSecond, 1515 * kSecond);
  REQUIRE(known != nullptr);
  CHECK(known->app == "beta");
  CHECK(known->ts_first_ns == 1510 * kSecond);
}

TEST_CASE("A later call on the same socket is another one") {
  HostMemory hosts(1);
  hosts.learn_socket(kAnn, 5000, socket(1, "alpha", 1000, 1000));
  hosts.learn_socket(kAnn, 5000, socket(1, "alpha", 1601, 1700));
  const CallSocket* known = hosts.socket_of(kAnn, 5000, 1601 * kSecond, 1601 * kSecond);
  REQUIRE(known != nullptr);
  CHECK(known->ts_first_ns == 1601 * kSecond);
}

TEST_CASE("A use lasts ten minutes beyond its ends, and grows with each name") {
  HostMemory hosts(1);
  CHECK_FALSE(hosts.used(kAnn, 3, 0, 0));
  hosts.learn_use(kAnn, 3, false, 1000 * kSecond);
  hosts.learn_use(kAnn, 3, false, 1500 * kSecond);
  const auto used = [&](std::int64_t first_s, std::int64_t last_s) {
    return hosts.used(kAnn, 3, first_s * kSecond, last_s * kSecond);
  };
  CHECK(used(2100, 2200));
  CHECK_FALSE(used(2101, 2200));
  CHECK(used(10, 400));
  CHECK_FALSE(used(10, 399));
  CHECK_FALSE(hosts.used(kAnn, 4, 1200 * kSecond, 1200 * kSecond));
  CHECK_FALSE(hosts.used(kBob, 3, 1200 * kSecond, 1200 * kSecond));
  hosts.learn_use(kAnn, 3, false, 9000 * kSecond);
  CHECK_FALSE(used(1200, 1300));  // what counts is the latest stretch
}

TEST_CASE("A name said is no name asked, but a name asked is a use") {
  HostMemory hosts(1);
  hosts.learn_use(kAnn, 3, false, 1000 * kSecond);
  CHECK_FALSE(hosts.asked(kAnn, 3, 1000 * kSecond, 1000 * kSecond));
  hosts.learn_use(kAnn, 4, true, 1000 * kSecond);
  CHECK(hosts.asked(kAnn, 4, 1000 * kSecond, 1000 * kSecond));
  CHECK(hosts.used(kAnn, 4, 1000 * kSecond, 1000 * kSecond));
}

TEST_CASE("What is remembered does not depend on the seed") {
  for (const std::uint64_t seed : {0ULL, 1ULL, ~0ULL}) {
    HostMemory hosts(seed);
    for (std::uint32_t i = 0; i < 1000; ++i)
      hosts.learn_name(kAnn, IpAddress::v4(i), std::to_string(i), {0, 1}, 1);
    for (std::uint32_t i = 0; i < 1000; ++i)
      REQUIRE(hosts.name_of(kAnn, IpAddress::v4(i), 1)->name == std::to_string(i));
  }
}
