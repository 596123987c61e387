// What is read out of a flow in which one side answers no longer.
#include "interference/silent_flow.hpp"

#include "unit/interference/silences.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Ask;
using interference::silent_flow_of;
using interference::Stage;
using interference::StoryKeeper;

namespace {

// The hello is frame 4.
Flow hello_lost() {
  Flow flow;
  flow.hello();
  back_off(flow, 3);
  return flow;
}

}  // namespace

TEST_CASE("A hello that is never acknowledged leaves a silence") {
  Flow flow = hello_lost();
  const StoryKeeper keeper = keeper_of(flow);
  const auto silent = silent_flow_of(keeper, true);
  REQUIRE(silent);
  CHECK(silent->mute == Sender::server);
  CHECK(silent->stage == Stage::post_psh);
  CHECK(silent->handshake);
  CHECK(silent->heard_frame.number() == 2);
  CHECK(silent->repeats == 7);
  REQUIRE(silent->asks.size() == 8);
  CHECK(silent->asks.front().frame.number() == 4);
  CHECK(silent->last_ask.frame.number() == 11);
  CHECK(silent->least_segment == 517);
  CHECK(silent->stale == 0);
  CHECK(silent->span_ns() > 15 * kOneSecond);
  CHECK(interference::backed_off(*silent));
  // Seen with the sides named the other way round.
  Flow turned = hello_lost();
  for (PacketMark& mark : turned.marks()) mark.from_client = !mark.from_client;
  const auto same = silent_flow_of(keeper_of(turned), false);
  REQUIRE(same);
  CHECK(same->mute == Sender::server);
  CHECK(same->handshake);
}

TEST_CASE("Whoever is answered late is not silent") {
  Flow flow = hello_lost();
  flow.down("A");
  CHECK_FALSE(silent_flow_of(keeper_of(flow), true));
  // And a second silence after it is a new one.
  flow.wait(100).up("PA", 80);
  repeat(flow, flow.marks().size() - 1, {300, 600});
  const auto silent = silent_flow_of(keeper_of(flow), true);
  REQUIRE(silent);
  CHECK(silent->repeats == 2);
  CHECK_FALSE(interference::backed_off(*silent));
}

TEST_CASE("An acknowledgement of nothing new is no answer, and tells the direction") {
  Flow flow = hello_lost_on_the_way();
  const auto silent = silent_flow_of(keeper_of(flow), true);
  REQUIRE(silent);
  CHECK(silent->stale == 1);
  CHECK(silent->stale_syn_acks == 1);
  CHECK(silent->repeats == 5);
}

TEST_CASE("Probes are answered by anything") {
  Flow flow;
  flow.hello();
  flow.down("PA", 1400);
  flow.up("A");
  const auto probe = [&] {
    PacketMark& mark = flow.wait(3000).up("A");
    --mark.seq;
  };
  for (int i = 0; i < 4; ++i) probe();
  auto silent = silent_flow_of(keeper_of(flow), true);
  REQUIRE(silent);
  CHECK(silent->repeats == 4);
  CHECK(silent->down_bytes == 1400);
  CHECK(silent->least_segment == interference::SilenceKeeper::kNoSegment);
  flow.down("A");
  CHECK_FALSE(silent_flow_of(keeper_of(flow), true));
}

TEST_CASE("Packets that pass after the trigger are counted") {
  // 9, 10 and 11 are never acknowledged.
  Flow flow = greeted_by_server();
  const std::size_t lost = flow.marks().size();
  flow.up("A", 1448);
  flow.up("PA", 1448);
  flow.up("PA", 230);
  repeat(flow, lost + 2, {100});
  repeat(flow, lost, {250, 500, 1000, 2000, 4000});
  const SilentFlow silent = silent_of(flow, 0, 3, "web.example");
  REQUIRE(silent.trigger);
  CHECK(silent.trigger_acked);
  CHECK(silent.passed_least == 4);
  CHECK(silent.passed_most == 7);
  CHECK(silent.least_segment == 230);
  CHECK(silent.asks.front().frame.number() == 9);
  CHECK(interference::backed_off(silent));
}

TEST_CASE("A segment the card joined counts as the packets it was") {
  Flow flow;
  flow.hello();
  flow.down("PA", 2900);
  flow.up("A");
  flow.down("PA", 60);
  flow.up("PA", 300);
  repeat(flow, flow.marks().size() - 1, {300, 600, 1200, 2400, 4800});
  CHECK(silent_of(flow, 0, 3, "web.example").passed_least == 4);
}

TEST_CASE("Near the server the client is mute") {
  Flow flow;
  flow.hello();
  const std::size_t answer = flow.marks().size();
  flow.down("PA", 1448);
  repeat(flow, answer, {300, 600, 1200, 2400, 4800});
  const SilentFlow silent = silent_of(flow, 0, 3, "web.example");
  CHECK(silent.mute == Sender::client);
  CHECK(silent.passed_least == 0);
  CHECK(silent.down_bytes == 0);
  CHECK(interference::backed_off(silent));
}

TEST_CASE("Nothing is silent in a capture of one direction") {
  Flow flow;
  flow.hello();
  back_off(flow, 3);
  auto& marks = flow.marks();
  std::erase_if(marks, [](const PacketMark& mark) { return !mark.from_client; });
  marks.erase(marks.begin());
  CHECK_FALSE(silent_flow_of(keeper_of(flow), true));
}

TEST_CASE("Steady intervals and short ones are no back-off") {
  Flow even;
  even.hello();
  repeat(even, 3, {3000, 3000, 3000, 3000});
  CHECK_FALSE(interference::backed_off(*silent_flow_of(keeper_of(even), true)));
  Flow brief;
  brief.hello();
  repeat(brief, 3, {200, 400, 800, 1600});
  CHECK_FALSE(interference::backed_off(*silent_flow_of(keeper_of(brief), true)));
}
