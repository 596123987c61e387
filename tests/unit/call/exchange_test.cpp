// What passed between a call and one of its targets, from the flow's facts and over several flows.
#include "call/exchange.hpp"

#include "call/attempt.hpp"
#include "unit/call/call_flows.hpp"

using namespace deadair;
using namespace deadair::test;
using call::Exchange;
using call::FlowEvidence;
using call::kDown;
using call::kUp;

namespace {

FlowEvidence flow_at(double from_s, double to_s) {
  FlowEvidence flow;
  flow.ts_first_ns = at_s(from_s);
  flow.ts_last_ns = at_s(to_s);
  flow.frame_first = {0, static_cast<std::uint64_t>(from_s) + 1};
  flow.packets = {8, 3};
  flow.setup[kUp].allocates = 7;
  flow.setup[kUp].first_request_ns = at_s(from_s);
  flow.setup[kUp].unanswered = 6;
  flow.setup[kUp].unanswered_from = at_s(from_s + 1);
  flow.setup[kUp].unanswered_frame = {0, 50};
  flow.setup[kUp].hellos = 2;
  flow.setup[kUp].first_hello_ns = at_s(from_s + 2);
  flow.setup[kDown].errors = 3;
  flow.setup[kDown].challenges = 1;
  flow.setup[kDown].last_refusal = 508;
  flow.setup[kDown].granted = 1;
  flow.setup[kDown].last_answer_ns = at_s(from_s + 0.5);
  flow.setup[kDown].last_ns = at_s(to_s);
  flow.setup[kDown].reports = 2;
  flow.setup[kDown].fractions_lost = 256;
  flow.hidden[kDown] = {at_s(from_s), at_s(to_s), 40, true, 0, 0};
  return flow;
}

}  // namespace

TEST_CASE("An exchange has our questions and their answers") {
  const Exchange exchange = call::exchange_of(flow_at(0, 20), kUp);
  CHECK(exchange.allocates == 7);
  CHECK(exchange.granted == 1);
  CHECK(exchange.challenges == 1);
  CHECK(exchange.refusals == 2);
  CHECK(exchange.last_refusal == 508);
  CHECK(exchange.unanswered == 6);
  CHECK(exchange.hellos[kUp] == 2);
  CHECK(exchange.reported_loss == Approx(1));
  CHECK(exchange.ways[kUp].packets == 8);
  CHECK(exchange.ways[kDown].media_packets == 40);
  CHECK(exchange.ways[kDown].lively);
  CHECK(exchange.ways[kDown].last_sign_ns == at_s(20));
}

TEST_CASE("A flow that the other side opened is turned") {
  const Exchange exchange = call::exchange_of(flow_at(0, 20), kDown);
  CHECK(exchange.ways[kUp].packets == 3);
  CHECK(exchange.ways[kUp].media_packets == 40);
  CHECK(exchange.hellos[kDown] == 2);
  CHECK(exchange.allocates == 0);
}

TEST_CASE("Flows with one target add up, and the last tells what is unanswered") {
  Exchange sum = call::exchange_of(flow_at(30, 50), kUp);
  FlowEvidence early = flow_at(0, 20);
  early.setup[kUp].unanswered = 99;
  sum += call::exchange_of(early, kUp);
  CHECK(sum.allocates == 14);
  CHECK(sum.first_ns == at_s(0));
  CHECK(sum.last_ns == at_s(50));
  CHECK(sum.unanswered == 6);
  CHECK(sum.frame_first == wire::FrameRef{0, 1});
  CHECK(sum.ways[kDown].media_packets == 80);
  CHECK(sum.ways[kDown].media_first_ns == at_s(0));
  CHECK(sum.ways[kDown].media_last_ns == at_s(50));
  CHECK(sum.first_hello_ns[kUp] == at_s(2));
  CHECK(sum.reports == 4);
}

TEST_CASE("A relay asked on one port over UDP and over TCP is two targets of one machine") {
  call::Target over_udp{socket_at("157.240.0.60", 3478), false, 6, 0};
  call::Target over_tcp{over_udp.at, true, 3, 3};
  over_tcp.exchange.tcp = true;
  call::Attempt attempt;
  for (int i = 0; i < 2; ++i) {
    attempt.add_target(over_udp);
    attempt.add_target(over_tcp);
  }
  REQUIRE(attempt.targets.size() == 2);
  CHECK(attempt.targets[0].requests == 12);
  CHECK(attempt.targets[0].responses == 0);
  CHECK_FALSE(attempt.targets[0].exchange.tcp);
  CHECK(attempt.targets[0].relay);
  CHECK(attempt.targets[1].responses == 6);
  CHECK(attempt.targets[1].exchange.tcp);
}
