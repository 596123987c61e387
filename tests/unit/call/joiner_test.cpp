// Which flows are one attempt, and when it is told.
#include "call/joiner.hpp"

#include <algorithm>

#include "unit/call/joiner_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using call::kDown;
using call::kUp;
using call::Naming;
using call::Socket;
using classify::Role;

namespace {

Socket client(std::uint16_t port = 40000) { return socket_at("10.0.0.5", port); }
Socket relay(unsigned number = 60) {
  return socket_at("157.240.0." + std::to_string(number), 3478);
}
const Socket kPeer = socket_at("5.9.7.9", 51000);
const Socket kOther = socket_at("5.9.7.77", 52000);

CallFlow probe(unsigned number, double from_s, double to_s, std::uint16_t port = 40000) {
  return CallFlow(client(port), relay(number), from_s, to_s).asks(4, 4);
}
CallFlow talk(unsigned number, double from_s, double to_s, std::uint16_t port = 40000) {
  return CallFlow(client(port), relay(number), from_s, to_s).talks();
}
CallFlow bare(const Socket& from, const Socket& to, double from_s, double to_s) {
  return CallFlow(from, to, from_s, to_s).plain().talks();
}

}  // namespace

TEST_CASE("Probes of relays and media of one socket are one attempt") {
  JoinerProbe probes;
  probes.add(probe(1, 0, 3));
  probes.add(probe(2, 0.1, 3));
  probes.add(CallFlow(client(), kPeer, 1, 4).role(Role::peer).asks(9, 0));
  probes.add(talk(1, 4, 60));
  CHECK(probes.joiner.open() == 1);
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].targets.size() == 3);
  CHECK(probes.told[0].talked());
  CHECK(probes.told[0].ts_first_ns == at_s(0));
  CHECK(probes.told[0].local == client());
  CHECK(probes.until[0] == at_s(100));
  CHECK(probes.joiner.open() == 0);
}

TEST_CASE("Flows of a socket more than 20 s apart are different calls") {
  JoinerProbe near;
  near.add(talk(1, 0, 30));
  near.add(talk(2, 50, 80));
  near.finish(200);
  CHECK(near.told.size() == 1);
  JoinerProbe far;
  far.add(talk(1, 0, 30));
  far.add(talk(2, 50.1, 80));
  far.finish(200);
  REQUIRE(far.told.size() == 2);
  CHECK(far.told[0].ts_last_ns == at_s(30));
  CHECK(far.told[1].ts_first_ns == at_s(50.1));
  JoinerProbe before;  // the later flow ends first
  before.add(talk(1, 50.1, 80));
  before.add(talk(2, 0, 30));
  before.finish(200);
  CHECK(before.told.size() == 2);
  JoinerProbe close_before;
  close_before.add(talk(1, 50, 80));
  close_before.add(talk(2, 0, 30));
  close_before.finish(200);
  CHECK(close_before.told.size() == 1);
}

TEST_CASE("An attempt is told 10 s after the last flow that joined it") {
  JoinerProbe probes;
  probes.add(talk(1, 0, 30));
  probes.pass(39.9);
  CHECK(probes.told.empty());
  probes.add(talk(2, 31, 39));
  probes.pass(48.9);
  CHECK(probes.told.empty());
  probes.pass(49);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.until[0] == at_s(49));
  CHECK(probes.joiner.open() == 0);
  probes.add(talk(1, 45, 60));  // too late for that one
  probes.finish(70);
  CHECK(probes.told.size() == 2);
}

TEST_CASE("An attempt waits as long as a flow of its socket goes on") {
  JoinerProbe probes;
  CallFlow media = talk(1, 0, 300);
  probes.live(media);
  probes.add(probe(2, 0, 3));
  probes.pass(200);
  CHECK(probes.told.empty());
  probes.ended(media, 330);
  probes.pass(339);
  CHECK(probes.told.empty());
  probes.pass(340);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].talked());
}

TEST_CASE("One that did not talk waits for flows of the host that began at the time") {
  for (const double begun_s : {-9.0, 12.9, -11.0, 14.0}) {
    JoinerProbe probes;
    CallFlow other = talk(1, begun_s, 300, 41000);
    probes.live(other);
    probes.add(probe(2, 0, 3));
    probes.pass(200);
    CHECK(probes.told.empty() == (begun_s > -10 && begun_s < 13));
    probes.ended(other, 330);
    probes.finish(400);
    CHECK(probes.told.size() == (begun_s == -9 ? 1 : 2));
  }
  JoinerProbe talked;
  CallFlow other = talk(1, 1, 300, 41000);
  talked.live(other);
  talked.add(talk(2, 0, 3));
  talked.pass(14);
  CHECK(talked.told.size() == 1);
}

TEST_CASE("Sockets of one client that overlap are one attempt while only one of them talks") {
  JoinerProbe probes;
  probes.add(probe(1, 0, 30, 40001));
  probes.add(talk(2, 5, 60, 40002));
  probes.add(probe(3, 6, 61, 40003));
  CHECK(probes.joiner.open() == 3);
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].local.port == 40002);  // the one that talked
  CHECK(probes.told[0].targets.size() == 3);
}

TEST_CASE("Sockets of other clients, of other applications or of other times stay apart") {
  JoinerProbe probes;
  probes.add(probe(1, 0, 30, 40001));
  probes.add(CallFlow(socket_at("10.0.0.6", 40002), relay(2), 5, 60).talks());
  probes.add(talk(3, 5, 60, 40003).as("telegram", Naming::certain));
  probes.add(talk(4, 30.1, 60, 40004));
  probes.finish(100);
  CHECK(probes.told.size() == 4);
}

TEST_CASE("What begins within 3 s belongs together even without overlap") {
  for (const double gap_s : {3.0, 3.1}) {
    JoinerProbe probes;
    probes.add(probe(1, 0, 1, 40001));
    probes.add(talk(2, gap_s, 60, 40002));
    probes.finish(100);
    CHECK(probes.told.size() == (gap_s <= 3 ? 1 : 2));
  }
}

TEST_CASE("A family's name joins its members' flows") {
  JoinerProbe probes;
  probes.add(probe(1, 0, 10, 40001).as("meta", Naming::family));
  probes.add(talk(2, 5, 60, 40002).as("messenger", Naming::certain));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].app == "messenger");
}

TEST_CASE("Where UDP failed TCP takes over within 10 s") {
  for (const double later_s : {9.9, 10.1}) {
    JoinerProbe probes;
    probes.add(CallFlow(client(), relay(), 0, 20).asks(9, 0));
    probes.add(CallFlow(client(50500), relay(61), 20 + later_s, 90).tcp().talks());
    probes.finish(100);
    REQUIRE(probes.told.size() == (later_s < 10 ? 1 : 2));
    if (later_s < 10) {
      CHECK(probes.told[0].talked());
      CHECK_FALSE(probes.told[0].over_tcp);
    }
  }
  JoinerProbe one_server;  // is no fallback when both talked
  one_server.add(talk(1, 0, 20));
  one_server.add(CallFlow(client(50500), relay(1), 29, 90).tcp().talks());
  one_server.finish(100);
  CHECK(one_server.told.size() == 2);
  JoinerProbe both;  // that talked
  both.add(talk(1, 0, 20));
  both.add(CallFlow(client(50500), relay(61), 29, 90).tcp().talks());
  both.finish(100);
  CHECK(both.told.size() == 2);
}

TEST_CASE("Two that talked stay two, unless they share a server or a stream") {
  JoinerProbe apart;
  apart.add(talk(1, 0, 30, 40001));
  apart.add(talk(2, 20, 60, 40002));
  apart.finish(100);
  CHECK(apart.told.size() == 2);
  JoinerProbe server;
  server.add(talk(1, 0, 30, 40001));
  server.add(talk(1, 20, 60, 40002));
  server.finish(100);
  CHECK(server.told.size() == 1);
  JoinerProbe stream;
  stream.add(talk(1, 0, 30, 40001).rtp(kUp, 5, 0, 30));
  stream.add(talk(2, 29, 60, 40002).rtp(kUp, 5, 29, 60));
  stream.finish(100);
  CHECK(stream.told.size() == 1);
}

TEST_CASE("A stream that goes on elsewhere is the call's other path, whoever's the address") {
  JoinerProbe probes;
  probes.add(talk(1, 0, 30).rtp(kUp, 5, 0, 30));
  probes.add(CallFlow(socket_at("10.9.0.5", 43210), relay(2), 35, 60).talks().rtp(kUp, 5, 35, 60));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].streams.size() == 2);
  CHECK(probes.told[0].up.media_last_ns == at_s(60));
}

TEST_CASE("A stream seen before and behind a server makes two legs of one call") {
  JoinerProbe probes;
  const Socket server = socket_at("5.9.9.50", 7000);
  probes.add(bare(client(), server, 0, 30).rtp(kUp, 5));
  probes.add(bare(server, socket_at("10.0.0.9", 40000), 0.1, 30).rtp(kUp, 5));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  // The media of one of them, hidden and readable.
  CHECK(probes.told[0].local == socket_at("10.0.0.9", 40000));
  CHECK(probes.told[0].up.media_packets == 1496);
  CHECK(probes.told[0].down.media_packets == 2 * 1496);
}

TEST_CASE("A stream of a call that was told already joins nothing") {
  JoinerProbe probes;
  probes.add(talk(1, 0, 30).rtp(kUp, 5, 0, 30));
  probes.pass(45);
  probes.add(CallFlow(socket_at("10.9.0.5", 43210), relay(2), 35, 60).talks().rtp(kUp, 5, 35, 60));
  probes.finish(100);
  CHECK(probes.told.size() == 2);
}

TEST_CASE("A number of a stream that comes again long after is another stream") {
  JoinerProbe probes;
  probes.add(talk(1, 0, 30).rtp(kUp, 5, 0, 30));
  probes.add(CallFlow(socket_at("10.9.0.5", 43210), relay(2), 61, 90).talks().rtp(kUp, 5, 61, 90));
  probes.finish(100);
  CHECK(probes.told.size() == 2);
}

TEST_CASE("Who talked waits for further flows of its own socket") {
  JoinerProbe probes;
  CallFlow other = talk(2, 29, 200);
  probes.live(other);
  probes.add(talk(1, 0, 30));
  probes.pass(150);
  CHECK(probes.told.empty());
  probes.ended(other, 230);
  probes.finish(300);
  CHECK(probes.told.size() == 1);
}

TEST_CASE("Bare RTP is no part of an application's call") {
  for (const bool first : {true, false}) {
    JoinerProbe probes;
    const CallFlow rtp = bare(client(4000), kPeer, 0, first ? 30 : 31);
    const CallFlow meta = probe(1, 0, first ? 31 : 30, 41000).as("meta", Naming::family);
    probes.add(rtp);
    probes.add(meta);
    probes.finish(100);
    CHECK(probes.told.size() == 2);
  }
}

TEST_CASE("A relay's socket leads nobody to the attempt of another client") {
  JoinerProbe probes;
  probes.add(CallFlow(kOther, relay(), 0, 30).talks());
  probes.add(CallFlow(kPeer, relay(), 0, 30).role(Role::none).talks());
  probes.finish(100);
  CHECK(probes.told.size() == 1 + 1);
}

TEST_CASE("Bare RTP is joined by its socket and by nothing else") {
  JoinerProbe probes;
  probes.add(bare(client(4000), kPeer, 0, 30));
  probes.add(bare(client(4002), kPeer, 0, 30));
  probes.finish(100);
  CHECK(probes.told.size() == 2);
  JoinerProbe same;
  same.add(bare(client(4000), kPeer, 0, 30));
  same.add(bare(client(4000), kOther, 10, 40));
  same.finish(100);
  CHECK(same.told.size() == 1);
}

TEST_CASE("The end that a second flow shares is the one whose call it is") {
  JoinerProbe probes;
  // Both ends are public, and the first flow seems to begin at the other one.
  probes.add(bare(kPeer, kOther, 0, 30).hidden(kUp, 0, 30));
  probes.add(bare(kOther, socket_at("5.9.8.7", 9), 1, 20));
  CHECK(probes.joiner.open() == 1);
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].local == kOther);
  // Three stretches of 50 packets a second: twice towards kOther, and one from it.
  CHECK(probes.told[0].down.media_packets == 1501 + 951);
  CHECK(probes.told[0].up.media_packets == 1501 + 951);
}

TEST_CASE("Once known, the local end stays, and it is listed under no other") {
  JoinerProbe probes;
  probes.add(bare(kPeer, kOther, 0, 30));
  probes.add(bare(kOther, socket_at("5.9.8.7", 9), 1, 20));
  probes.add(bare(socket_at("5.9.8.7", 10), kOther, 2, 20));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].local == kOther);
  CHECK(probes.told[0].targets.size() == 3);
}

TEST_CASE("Of two ends the one that is no public address is the local one") {
  JoinerProbe probes;
  probes.add(bare(kPeer, client(), 0, 30));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].local == client());
  JoinerProbe already;
  already.add(bare(client(), kPeer, 0, 30));
  already.finish(100);
  CHECK(already.told[0].local == client());
}

TEST_CASE("Clients of one conference server have a call each") {
  JoinerProbe probes;
  const Socket conference = socket_at("5.9.7.20", 10000);
  for (unsigned i = 1; i <= 20; ++i)
    probes.add(
        bare(socket_at("10.0.1." + std::to_string(i), 40000), conference, 0.1 * i, 30 + 0.1 * i));
  probes.finish(100);
  CHECK(probes.told.size() == 20);
}

TEST_CASE("Through a relay nobody is found by its socket") {
  JoinerProbe probes;
  probes.add(CallFlow(relay(), kOther, 0, 30).talks().as("viber", Naming::certain));
  probes.add(talk(60, 0, 30));
  probes.finish(100);
  CHECK(probes.told.size() == 2);
}

TEST_CASE("What joins does not depend on the order in which flows end") {
  std::vector<CallFlow> flows = {probe(1, 0, 30, 40001), talk(2, 5, 60, 40002),
                                 probe(3, 4, 31, 40001), probe(4, 6, 62, 40003)};
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    JoinerProbe probes;
    for (const std::size_t i : order) probes.joiner.add(flows[i], at_s(70));
    probes.finish(100);
    REQUIRE(probes.told.size() == 1);
    const call::Attempt& one = probes.told[0];
    CHECK(one.local.port == 40002);
    CHECK(one.requests == 12);
    CHECK(one.targets.size() == 4);
    CHECK(one.frame_first.number() == 1);
    CHECK(one.ts_last_ns == at_s(62));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("What leaves no sign of a call is not told") {
  JoinerProbe probes;
  probes.add(bare(client(), kPeer, 0, 3).as("webrtc", Naming::protocol));
  CallFlow binding = CallFlow(client(41000), relay(), 0, 3).plain();
  binding->setup[kUp].requests = 2;
  probes.add(binding);
  probes.finish(100);
  CHECK(probes.told.size() == 1);
  CHECK(probes.joiner.open() == 0);
}

TEST_CASE("At the end attempts are told by their ends, then by their first frames") {
  JoinerProbe probes;
  probes.add(bare(client(1), kPeer, 5, 30).frame(3));
  probes.add(bare(client(2), kPeer, 0, 40).frame(2));
  probes.add(bare(client(3), kPeer, 7, 30).frame(1));
  probes.finish(100);
  REQUIRE(probes.told.size() == 3);
  CHECK(probes.told[0].local.port == 3);
  CHECK(probes.told[1].local.port == 1);
  CHECK(probes.told[2].local.port == 2);
  probes.finish(100);
  CHECK(probes.told.size() == 3);
}
