// Dialogs of signalling, and what many attempts at once cost.
#include <algorithm>

#include "call/joiner.hpp"
#include "unit/call/joiner_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using call::Dialog;
using call::Joiner;
using call::kDown;
using call::kUp;
using call::Socket;

namespace {

const Socket kCaller = socket_at("10.0.0.5", 5060);
const Socket kMedia = socket_at("10.0.0.5", 4000);
const Socket kCallee = socket_at("5.9.7.9", 6000);

const call::Target kServer{socket_at("5.9.9.50", 5060), false, 2, 3};

CallFlow media(double from_s, double to_s) {
  return CallFlow(kMedia, kCallee, from_s, to_s).plain().talks();
}
Dialog answered() {
  Dialog how;
  how.answered = true;
  how.status = 200;
  return how;
}
Socket numbered(std::uint32_t i) { return {IpAddress::v4(0x0a00'0000 + i), 4000}; }

}  // namespace

TEST_CASE("A dialog's attempt waits until it is closed, and takes its media") {
  JoinerProbe probes;
  const Joiner::Id id = probes.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
  probes.joiner.add_to(id, media(5, 60), at_s(90));
  probes.pass(500);
  CHECK(probes.told.empty());
  probes.joiner.close_dialog(id, answered(), kServer, at_s(61), {}, at_s(500));
  probes.pass(509);
  CHECK(probes.told.empty());
  probes.pass(510);
  REQUIRE(probes.told.size() == 1);
  const call::Attempt& told = probes.told[0];
  CHECK(told.app == "sip");
  CHECK(told.local == kCaller);
  CHECK(told.talked());
  CHECK(told.dialog->answered);
  CHECK(std::any_of(told.targets.begin(), told.targets.end(), [](const call::Target& target) {
    return target.at == kServer.at && target.requests == 2 && target.responses == 3;
  }));
  CHECK(told.ts_first_ns == at_s(0));
  CHECK(told.ts_last_ns == at_s(61));
  CHECK(told.frame_first == wire::FrameRef(0, 1));
}

TEST_CASE("Media that the callee's end began are turned to the caller's view") {
  JoinerProbe probes;
  const Joiner::Id id = probes.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
  CallFlow back = CallFlow(kCallee, kMedia, 5, 60).plain().hidden(kUp, 5, 60);
  probes.joiner.add_to(id, back, at_s(90));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].down.lively);
  CHECK_FALSE(probes.told[0].up.lively);
}

TEST_CASE("Media that end after their dialog join it by its announced sockets") {
  for (const bool announced : {true, false}) {
    JoinerProbe probes;
    const Joiner::Id id = probes.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
    CallFlow late = CallFlow(kCallee, kMedia, 5, 60).plain().hidden(kUp, 5, 60);
    probes.live(late);
    const std::vector<Socket> sockets = {kMedia};
    probes.joiner.close_dialog(id, answered(), kServer, at_s(61),
                               announced ? sockets : std::vector<Socket>(), at_s(61));
    probes.pass(80);
    CHECK(probes.told.empty() == announced);
    probes.ended(late, 90);
    probes.finish(200);
    REQUIRE(probes.told.size() == (announced ? 1 : 2));
    if (announced) CHECK(probes.told[0].down.lively);
  }
}

TEST_CASE("Legs of a call become one attempt, the media those of one of them") {
  JoinerProbe probes;
  const Joiner::Id one = probes.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
  const Joiner::Id two = probes.joiner.open_dialog(kCallee, "sip", at_s(1), {0, 2});
  probes.joiner.add_to(two, CallFlow(kCallee, kMedia, 5, 60).plain().talks(), at_s(90));
  probes.joiner.join_legs(one, two);
  CHECK(probes.joiner.open() == 1);
  probes.joiner.close_dialog(one, answered(), kServer, at_s(61), {}, at_s(90));
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].talked());
  CHECK(probes.told[0].up.media_packets == 2751);

  JoinerProbe both;
  const Joiner::Id first = both.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
  const Joiner::Id second = both.joiner.open_dialog(kCallee, "sip", at_s(1), {0, 2});
  both.joiner.add_to(first, media(5, 60), at_s(90));
  both.joiner.add_to(second, CallFlow(kCallee, kMedia, 5, 60).plain().talks(), at_s(90));
  both.joiner.join_legs(first, second);
  both.joiner.join_legs(first, first);
  both.joiner.join_legs(first, second);
  both.finish(100);
  REQUIRE(both.told.size() == 1);
  CHECK(both.told[0].up.media_packets == 2751);
}

TEST_CASE("A dialog that was let go leaves its media to stand alone") {
  JoinerProbe probes;
  const Joiner::Id id = probes.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
  probes.finish(10);
  CHECK(probes.told.size() == 1);
  probes.joiner.add_to(id, media(5, 60), at_s(90));
  probes.joiner.close_dialog(id, answered(), kServer, at_s(61), {}, at_s(90));
  probes.joiner.join_legs(id, id + 1);
  probes.finish(100);
  CHECK(probes.told.size() == 2);
}

TEST_CASE("No more attempts are open than there is room for, each of several flows") {
  JoinerProbe probes;
  constexpr std::uint32_t kMore = 3000;
  for (std::uint32_t i = 0; i < Joiner::kMostOpen + kMore; ++i)
    for (std::uint16_t port = 1; port <= 3; ++port)
      probes.joiner.add(CallFlow(numbered(i), {IpAddress::v4(0x0509'0701), port}, 0, 1).talks(),
                        at_s(1 + 1e-6 * i));
  CHECK(probes.joiner.open() == Joiner::kMostOpen);
  CHECK(probes.joiner.curtailed() == kMore);
  REQUIRE(probes.told.size() == kMore);
  CHECK(probes.told[0].local == numbered(0));  // the longest without a flow
  CHECK(probes.told[0].up.media_packets == 3 * 51);
  probes.finish(100);
  CHECK(probes.told.size() == Joiner::kMostOpen + kMore);
  CHECK(probes.joiner.open() == 0);
}

TEST_CASE("Room is made by the attempt longest without a flow") {
  JoinerProbe probes;
  Joiner small(probes, 0, 2);
  const Socket relay = socket_at("157.240.0.60", 3478);
  small.add(CallFlow(numbered(1), relay, 0, 1).talks(), at_s(1));
  small.add(CallFlow(numbered(2), relay, 0, 1).talks(), at_s(2));
  small.add(CallFlow(numbered(1), relay, 2, 3).talks(), at_s(3));
  small.add(CallFlow(numbered(3), relay, 2, 3).talks(), at_s(4));
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].local == numbered(2));
}

TEST_CASE("Late media that the callee's announced socket leads to are turned") {
  JoinerProbe probes;
  const Joiner::Id id = probes.joiner.open_dialog(kCaller, "sip", at_s(0), {0, 1});
  const std::vector<Socket> sockets = {kCallee};
  probes.joiner.close_dialog(id, answered(), kServer, at_s(61), sockets, at_s(61));
  probes.joiner.add(CallFlow(kCallee, kMedia, 5, 60).plain().hidden(kUp, 5, 60), at_s(65));
  probes.finish(200);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].down.lively);
  CHECK_FALSE(probes.told[0].up.lively);
}

TEST_CASE("An attempt that moved to another client's address can still be found there") {
  JoinerProbe probes;
  const Socket moved = socket_at("10.9.0.5", 43210);
  const Socket server = socket_at("157.240.0.60", 3478);
  CallFlow first = CallFlow(kMedia, server, 0, 30).asks(4, 4).rtp(kUp, 5, 1, 30);
  CallFlow second = CallFlow(moved, server, 31, 60).talks().rtp(kUp, 5, 31, 60);
  probes.joiner.add(second, at_s(61));
  probes.joiner.add(first, at_s(65));
  probes.joiner.add(CallFlow(socket_at("10.9.0.5", 43999), server, 40, 55).asks(4, 4), at_s(66));
  probes.pass(71);  // the second becomes part of the first, which moves to its address
  CHECK(probes.joiner.open() == 2);
  probes.pass(76.5);  // where the third finds it
  CHECK(probes.joiner.open() == 1);
  probes.finish(100);
  REQUIRE(probes.told.size() == 1);
  CHECK(probes.told[0].local == moved);
  CHECK(probes.told[0].requests == 8);
}
