// Pairs of one ICE session are one attempt, whatever their addresses.
#include "unit/call/joiner_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using call::Socket;
using classify::Role;

namespace {

const Socket kFour = socket_at("10.0.0.5", 40000);
const Socket kFourPeer = socket_at("5.9.7.9", 51000);
const Socket kSix = socket_at("2001:db8::5", 41000);
const Socket kSixPeer = socket_at("2001:db8:1::9", 52000);

CallFlow of_session(std::uint64_t session, CallFlow flow) {
  flow->ice_session = session;
  return flow;
}
CallFlow tried(std::uint64_t session, double from_s, double to_s) {
  return of_session(session,
                    CallFlow(kFour, kFourPeer, from_s, to_s).plain().role(Role::peer).asks(5, 1));
}
CallFlow talked(std::uint64_t session, double from_s, double to_s) {
  return of_session(session,
                    CallFlow(kSix, kSixPeer, from_s, to_s).plain().role(Role::peer).talks());
}

}  // namespace

TEST_CASE("A pair tried over IPv4 and the one over IPv6 that carried the call are one attempt") {
  JoinerProbe probes;
  probes.add(tried(7, 0, 1));
  probes.add(talked(7, 0.5, 30));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].talked());
  CHECK(probes.told[0].local == kSix);
  CHECK(probes.told[0].ts_first_ns == at_s(0));
  CHECK(probes.told[0].targets.size() == 2);
}

TEST_CASE("The order in which the pairs of a session end does not matter") {
  JoinerProbe probes;
  probes.add(talked(7, 0.5, 30));
  probes.add(tried(7, 0, 31));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].talked());
}

TEST_CASE("Different sessions of different hosts are different attempts") {
  JoinerProbe probes;
  probes.add(tried(7, 0, 1));
  probes.add(talked(8, 0.5, 30));
  probes.finish(100);
  CHECK(probes.told.size() == 2);
}

TEST_CASE("A pair that nobody talked over waits while another of its session goes on") {
  JoinerProbe probes;
  CallFlow going_on = talked(7, 0.5, 300);
  probes.live(going_on);
  probes.joiner.begin_session(7);
  probes.add(tried(7, 0, 1));
  probes.pass(200);
  CHECK(probes.told.empty());
  probes.joiner.end(going_on.key(), going_on->ts_first_ns, 7);
  probes.joiner.add(going_on, at_s(330));
  probes.finish(400);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].talked());
}

TEST_CASE("A candidate that two calls try in a row does not make them one") {
  const Socket candidate = socket_at("203.0.113.191", 60312);
  const Socket relay = socket_at("157.240.0.60", 3478);
  const auto attempt = [&](JoinerProbe& probes, std::uint16_t port, double from_s) {
    const Socket local = socket_at("10.0.0.5", port);
    probes.add(CallFlow(local, candidate, from_s, from_s + 5).role(Role::peer).asks(8, 0));
    probes.add(CallFlow(local, relay, from_s, from_s + 14).asks(5, 5));
  };
  JoinerProbe probes;
  attempt(probes, 57194, 4);
  attempt(probes, 38138, 20);
  probes.finish(100);
  CHECK(probes.told.size() == 2);
}
