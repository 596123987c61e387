// Which flows go on: by socket, and by host when they began.
#include "call/live_flows.hpp"

#include "unit/call/call_flows.hpp"

using namespace deadair;
using namespace deadair::test;
using call::LiveFlows;
using call::Socket;

namespace {

const Socket kClient = socket_at("10.0.0.5", 40000);
const Socket kRelay = socket_at("157.240.0.60", 3478);

}  // namespace

TEST_CASE("A socket is in use until the last flow of it has ended") {
  LiveFlows live;
  const flow::FlowKey one = key_between(kClient, kRelay);
  const flow::FlowKey two = key_between(socket_at("5.9.8.7", 3478), kClient);
  CHECK_FALSE(live.uses(kClient));
  live.begin(one, at_s(0));
  live.begin(two, at_s(1));
  CHECK(live.uses(kClient));
  CHECK(live.uses(kRelay));
  CHECK_FALSE(live.uses(socket_at("10.0.0.5", 40001)));
  CHECK_FALSE(live.uses(socket_at("10.0.0.6", 40000)));
  live.end(one, at_s(0));
  CHECK(live.uses(kClient));
  CHECK_FALSE(live.uses(kRelay));
  live.end(two, at_s(1));
  CHECK_FALSE(live.uses(kClient));
}

TEST_CASE("A host's flows are known by when they began, both ends included") {
  LiveFlows live;
  live.begin(key_between(kClient, kRelay), at_s(5));
  for (const IpAddress& host : {kClient.ip, kRelay.ip}) {
    CHECK(live.began(host, at_s(5), at_s(5)));
    CHECK_FALSE(live.began(host, at_s(0), at_s(4.9)));
    CHECK_FALSE(live.began(host, at_s(5.1), at_s(9)));
  }
  CHECK_FALSE(live.began(socket_at("10.0.0.6", 1).ip, at_s(0), at_s(9)));
  live.end(key_between(kClient, kRelay), at_s(5));
  CHECK_FALSE(live.began(kClient.ip, at_s(0), at_s(9)));
}

TEST_CASE("Of many flows of a host the latest are known") {
  LiveFlows live;
  const auto key = [](std::uint16_t i) {
    return key_between(kClient, socket_at("157.240.0.60", i));
  };
  for (std::uint16_t i = 0; i < 20; ++i) live.begin(key(i), at_s(i));
  CHECK(live.began(kClient.ip, at_s(12), at_s(19)));
  CHECK_FALSE(live.began(kClient.ip, at_s(0), at_s(11)));
  for (std::uint16_t i = 0; i < 12; ++i) live.end(key(i), at_s(i));  // those not known any more
  CHECK(live.began(kClient.ip, at_s(12), at_s(12)));
  CHECK(live.uses(kClient));
  for (std::uint16_t i = 12; i < 20; ++i) live.end(key(i), at_s(i));
  CHECK_FALSE(live.uses(kClient));
  CHECK_FALSE(live.began(kClient.ip, at_s(0), at_s(20)));
}

TEST_CASE("An end without a beginning, or twice, changes nothing") {
  LiveFlows live;
  const flow::FlowKey key = key_between(kClient, kRelay);
  live.end(key, at_s(0));
  live.begin(key, at_s(0));
  live.end(key, at_s(0));
  live.end(key, at_s(0));
  CHECK_FALSE(live.uses(kClient));
  live.begin(key, at_s(2));
  CHECK(live.uses(kClient));
}

TEST_CASE("A flow from a socket to itself, and IPv6") {
  LiveFlows live;
  const Socket six = socket_at("2001:db8::5", 40000);
  live.begin(key_between(six, six), at_s(0));
  CHECK(live.uses(six));
  CHECK_FALSE(live.uses(socket_at("2001:db8:0:1::5", 40000)));
  live.end(key_between(six, six), at_s(0));
  CHECK_FALSE(live.uses(six));
  CHECK_FALSE(live.began(six.ip, at_s(0), at_s(0)));
}
