// One attempt: what its flows add up to, what two attempts have in common.
#include "call/attempt.hpp"

#include "unit/call/call_flows.hpp"

using namespace deadair;
using namespace deadair::test;
using call::Attempt;
using call::Course;
using call::kDown;
using call::kUp;
using call::Naming;
using call::Shared;
using classify::Role;

namespace {

const call::Socket kClient = socket_at("10.0.0.5", 40000);
const call::Socket kRelay = socket_at("157.240.0.60", 3478);
const call::Socket kPeer = socket_at("5.9.7.9", 51000);

CallFlow relay_flow(double from_s = 0, double to_s = 10) { return {kClient, kRelay, from_s, to_s}; }

Attempt of(CallFlow flow, bool turned = false) {
  Attempt attempt;
  attempt.local = turned ? flow->server : flow->client;
  attempt.add(flow, turned);
  return attempt;
}

}  // namespace

TEST_CASE("Lively media count from their own beginning, whatever came before or beside") {
  Course course;
  course.add_media(0, 0, true);
  CHECK_FALSE(course.lively);
  course.add_media(at_s(1), at_s(2), false);
  CHECK(course.media_first_ns == at_s(1));
  course.add_media(at_s(5), at_s(9), true);
  CHECK(course.lively);
  CHECK(course.media_first_ns == at_s(5));
  CHECK(course.media_last_ns == at_s(9));
  course.add_media(at_s(0), at_s(20), false);
  CHECK(course.media_first_ns == at_s(5));
  CHECK(course.media_last_ns == at_s(9));
  CHECK(course.last_ns == at_s(20));  // a sign of life all the same
  course.add_media(at_s(4), at_s(6), true);
  CHECK(course.media_first_ns == at_s(4));
  CHECK(course.media_last_ns == at_s(9));
}

TEST_CASE("What the client sent is up; seen from the server's end it is down") {
  CallFlow flow = relay_flow().asks(5, 3).hidden(kUp, 1, 4).rtp(kDown, 9, 2, 8);
  const Attempt straight = of(flow);
  CHECK(straight.requests == 5);
  CHECK(straight.answers == 3);
  CHECK(straight.asked_by_peer == 0);
  CHECK(straight.first_answer_ns == at_s(0.1));
  CHECK(straight.up.media_first_ns == at_s(1));
  CHECK(straight.down.media_first_ns == at_s(2));
  CHECK(straight.up.packets == 5 + 151);
  CHECK(straight.down.packets == 3 + 301);
  CHECK(straight.up.last_ns == at_s(10));
  REQUIRE(straight.streams.size() == 1);
  CHECK_FALSE(straight.streams[0].up);

  const Attempt turned = of(flow, true);
  CHECK(turned.requests == 0);
  CHECK(turned.asked_by_peer == 5);
  CHECK(turned.first_answer_ns == 0);
  CHECK(turned.down.media_first_ns == at_s(1));
  CHECK(turned.up.media_first_ns == at_s(2));
  CHECK(turned.streams[0].up);
  REQUIRE(turned.targets.size() == 1);
  CHECK(turned.targets[0].at == kClient);
  CHECK(straight.targets[0].at == kRelay);
}

TEST_CASE("The name with most weight stays, and among equals the first") {
  Attempt attempt = of(relay_flow().as("meta", Naming::family));
  attempt.add(relay_flow().as("webrtc", Naming::protocol), false);
  CHECK(attempt.app == "meta");
  attempt.add(relay_flow().as("teams", Naming::guess), false);
  CHECK(attempt.app == "teams");
  CallFlow likely = relay_flow().as("whatsapp", Naming::likely);
  likely->classifier = 7;
  attempt.add(likely, false);
  CHECK(attempt.app == "whatsapp");
  CHECK(attempt.classifier == 7);
  attempt.add(relay_flow().as("messenger", Naming::likely), false);
  CHECK(attempt.app == "whatsapp");
  CHECK(attempt.naming == Naming::likely);
}

TEST_CASE("Each server is one target, with all that was asked of it and answered") {
  Attempt attempt = of(relay_flow().asks(4, 2));
  attempt.add(relay_flow().asks(3, 1), false);
  attempt.add(CallFlow(kClient, kPeer, 0, 1).role(Role::peer).asks(2, 0), false);
  REQUIRE(attempt.targets.size() == 2);
  CHECK(attempt.targets[0].relay);
  CHECK(attempt.targets[0].requests == 7);
  CHECK(attempt.targets[0].responses == 3);
  CHECK(attempt.targets[1].relay);  // asked for an address, whatever its flow was recognised by
  attempt.add(CallFlow(kClient, socket_at("5.9.7.9", 51001), 0, 1).role(Role::none).asks(1, 0),
              false);
  CHECK(attempt.targets[2].relay);
  for (std::uint16_t port = 1; port < 50; ++port)
    attempt.add(CallFlow(kClient, socket_at("5.9.7.9", port), 0, 1).asks(1, 0), false);
  CHECK(attempt.targets.size() == Attempt::kMostTargets);
  attempt.add(relay_flow().asks(1, 1), false);  // known ones still count
  CHECK(attempt.targets[0].requests == 8);
}

TEST_CASE("Without STUN an application's own datagrams are what was asked and answered") {
  CallFlow own = relay_flow();
  own->setup[kUp].others = 6;
  own->setup[kDown].others = 4;
  const Attempt attempt = of(own);
  CHECK(attempt.requests == 0);
  CHECK(attempt.other_packets == 6);
  CHECK(attempt.answers == 4);
  CHECK(attempt.targets[0].requests == 6);
  CHECK(attempt.targets[0].responses == 4);

  const Attempt tcp = of(relay_flow().tcp().packets(9, 8));
  CHECK(tcp.other_packets == 9);
  CHECK(tcp.answers == 8);
  const Attempt media = of(relay_flow().hidden(kUp, 0, 1).rtp(kDown, 1));
  CHECK(media.other_packets == 0);  // media ask nothing
  CHECK(media.answers == 0);
  CallFlow both = relay_flow().asks(2, 1);
  both->setup[kUp].others = 5;
  CHECK(of(both).other_packets == 5);
  CHECK(of(both).requests == 2);
}

TEST_CASE("A demand for credentials is no refusal") {
  CallFlow asked = relay_flow().asks(2, 0);
  asked->setup[kDown].errors = asked->setup[kDown].challenges = 1;
  CHECK(of(asked).refusals == 0);
  CHECK(of(asked).challenges == 1);
  CHECK(of(asked).answers == 1);
  CallFlow refused = relay_flow().asks(4, 1);
  refused->setup[kDown].errors = 3;
  refused->setup[kDown].last_refusal = 486;
  CHECK(of(refused).refusals == 3);
  CHECK(of(refused).last_refusal == 486);
  CHECK(of(refused, true).refusals == 0);  // those were ours
}

TEST_CASE("Only who ever answered can fall silent") {
  CallFlow silent = relay_flow().asks(7, 0);
  silent->setup[kUp].unanswered = 7;
  silent->setup[kUp].unanswered_from = at_s(3);
  CHECK(of(silent).unanswered == 0);
  CHECK(of(silent).unanswered_from_ns == 0);
  silent->setup[kDown].requests = 1;
  CHECK(of(silent).unanswered == 7);
  CHECK(of(silent).unanswered_from_ns == at_s(3));
  CallFlow other = relay_flow().asks(2, 1);
  other->setup[kUp].unanswered = 2;
  other->setup[kUp].unanswered_from = at_s(2);
  Attempt both = of(silent);
  both.add(other, false);
  CHECK(both.unanswered == 9);
  CHECK(both.unanswered_from_ns == at_s(2));
}

TEST_CASE("Set-up, round trips and reports add up by side") {
  CallFlow flow = relay_flow();
  flow->setup[kUp].checks = 2;
  flow->setup[kDown].checks = 3;
  flow->setup[kUp].hellos = 1;
  flow->setup[kDown].hellos = 4;
  flow->setup[kUp].reports = 2;
  flow->setup[kUp].fractions_lost = 256;  // half of all, on average
  flow->setup[kDown].reports = 1;
  flow->setup[kDown].fractions_lost = 64;
  flow->rtt_ns = 50'000'000;
  flow->kinds = flow::media_kind::kVoice;
  Attempt attempt = of(flow);
  flow->rtt_ns = 80'000'000;
  flow->kinds = flow::media_kind::kVideo;
  attempt.add(flow, true);
  CHECK(attempt.checks == 10);
  CHECK(attempt.hellos == 10);
  CHECK(attempt.rtt_ns == 50'000'000);
  CHECK(attempt.kinds == (flow::media_kind::kVoice | flow::media_kind::kVideo));
  CHECK(attempt.reports[kUp] == 3);
  CHECK(attempt.reports[kDown] == 3);
  CHECK(attempt.reported_loss[kUp] == Approx(1.25));
  flow->rtt_ns = 20'000'000;
  attempt.add(flow, false);
  CHECK(attempt.rtt_ns == 20'000'000);
}

TEST_CASE("Hidden media say how much of the packets cannot be read") {
  Attempt attempt = of(relay_flow().hidden(kUp, 0, 1).rtp(kUp, 3, 2, 3));
  CHECK(attempt.up.media_packets == 102);
  CHECK(attempt.up.hidden_packets == 51);
  CHECK(attempt.up.hidden_bytes == 5100);
  CHECK(attempt.down.media_packets == 0);
  CHECK(attempt.up.media_last_ns == at_s(3));
}

TEST_CASE("Retransmissions are packets of media, and say nothing of when media flowed") {
  flow::RtpFacts repair;
  repair.packets = 10;
  repair.first_ns = at_s(1);
  repair.last_ns = at_s(30);
  repair.lively = repair.repair = true;
  const Attempt attempt = of(relay_flow(0, 30).rtp(kUp, 1, 2, 3).rtp(kUp, repair));
  CHECK(attempt.up.media_packets == 61);
  CHECK(attempt.up.media_last_ns == at_s(3));
}

TEST_CASE("Streams and flows are counted on when no more are kept") {
  Attempt attempt;
  const std::string id(30, 'x');
  for (std::uint32_t i = 0; i < 60; ++i) attempt.add(relay_flow().rtp(kUp, i).id(id), false);
  CHECK(attempt.streams.size() == Attempt::kMostStreams);
  CHECK(attempt.flows.size() == Attempt::kMostFlows);
  CHECK(attempt.more_flows == 60 - Attempt::kMostFlows);
  CHECK(attempt.up.media_packets == 60 * 501);
  CHECK(std::string_view(attempt.flows[0].data(), 30) == id);
  attempt.add(relay_flow(), false);  // without an id
  CHECK(attempt.more_flows == 60 - Attempt::kMostFlows);
}

TEST_CASE("An attempt takes over all that another one showed") {
  Attempt one = of(relay_flow(5, 9).asks(3, 1).id(std::string(30, 'a')));
  one.up.add_media(at_s(5), at_s(9), true);
  CallFlow talk = CallFlow(socket_at("10.0.0.5", 41000), kPeer, 2, 20)
                      .role(Role::peer)
                      .asks(4, 2)
                      .talks()
                      .rtp(kUp, 77)
                      .id(std::string(30, 'b'));
  talk->rtt_ns = 1;
  talk->setup[kUp].unanswered = 3;
  talk->setup[kUp].unanswered_from = at_s(12);
  talk->setup[kUp].checks = 2;
  talk->setup[kDown].hellos = 1;
  talk->setup[kDown].reports = 2;
  talk->setup[kDown].reported_jitter = 9;
  talk->setup[kDown].errors = 1;
  talk->setup[kDown].last_refusal = 403;
  Attempt two = of(talk);
  two.dialog.emplace().status = 200;
  one.absorb(two);
  CHECK(one.ts_first_ns == at_s(2));
  CHECK(one.ts_last_ns == at_s(20));
  CHECK(one.frame_first == wire::FrameRef(0, 2001));
  CHECK(one.talked());
  CHECK(one.local.port == 41000);  // the socket that talked
  CHECK(one.requests == 7);
  CHECK(one.allocates == 7);
  CHECK(one.answers == 1 + 3);
  CHECK(one.checks == 2);
  CHECK(one.hellos == 1);
  CHECK(one.refusals == 1);
  CHECK(one.last_refusal == 403);
  CHECK(one.unanswered == 3);
  CHECK(one.unanswered_from_ns == at_s(12));
  CHECK(one.first_answer_ns == at_s(2.1));
  CHECK(one.reports[kDown] == 2);
  CHECK(one.reported_jitter[kDown] == 9);
  CHECK(one.rtt_ns == 1);
  CHECK(one.targets.size() == 2);
  CHECK(one.flows.size() == 2);
  CHECK(one.streams.size() == 1);
  CHECK(one.up.packets == 3 + 4 + 901 + 901);
  CHECK(one.up.media_packets == 1802);
  CHECK(one.up.hidden_packets == 901);
  CHECK(one.up.hidden_bytes == 90100);
  REQUIRE(one.dialog);
  CHECK(one.dialog->status == 200);
  const Attempt silent = of(CallFlow(socket_at("10.0.0.5", 42000), kRelay, 0, 1).asks(1, 0));
  one.absorb(silent);
  CHECK(one.local.port == 41000);
}

TEST_CASE("A relay tried from two sockets is still one relay") {
  Attempt one = of(relay_flow().role(Role::peer).asks(3, 1).talks());
  one.absorb(of(CallFlow(socket_at("10.0.0.5", 41000), kRelay, 0, 1).asks(2, 2).talks()));
  CHECK(one.local == kClient);  // of two that talked the first
  CHECK(one.targets[0].relay);
  REQUIRE(one.targets.size() == 1);
  CHECK(one.targets[0].requests == 5);
  CHECK(one.targets[0].responses == 3);
}

TEST_CASE("Of another leg the flows are taken over, not the media") {
  Attempt one = of(relay_flow(0, 10).talks().id(std::string(30, 'a')));
  const Attempt two =
      of(CallFlow(kRelay, kPeer, 0, 12).talks().rtp(kUp, 5).id(std::string(30, 'b')));
  const std::uint64_t packets = one.up.packets;
  one.absorb_leg(two);
  CHECK(one.up.packets == packets);
  CHECK(one.up.media_last_ns == at_s(10));
  CHECK(one.streams.empty());
  CHECK(one.flows.size() == 2);
  CHECK(one.targets.size() == 2);
  CHECK(one.ts_last_ns == at_s(12));
  CHECK(one.local == kClient);
}

TEST_CASE("Streams of one SSRC are a call's other path, or its other leg") {
  const Attempt first = of(relay_flow(0, 10).rtp(kUp, 5));
  CHECK(first.shares(of(relay_flow(0, 10).rtp(kUp, 6))) == Shared::nothing);
  CHECK(first.shares(of(relay_flow(11, 20).rtp(kUp, 5))) == Shared::path);
  CHECK(first.shares(of(relay_flow(8, 20).rtp(kUp, 5))) == Shared::path);
  CHECK(first.shares(of(relay_flow(2, 12).rtp(kUp, 5))) == Shared::leg);
  CHECK(first.shares(of(relay_flow(11, 20).rtp(kDown, 5))) == Shared::leg);
  CHECK(first.shares(of(relay_flow(39, 60).rtp(kUp, 5))) == Shared::path);
  CHECK(first.shares(of(relay_flow(41, 60).rtp(kUp, 5))) == Shared::nothing);
  Attempt few = of(relay_flow(0, 10).rtp(kUp, 5));
  few.streams[0].facts.lively = false;
  Attempt less = of(relay_flow(11, 20).rtp(kUp, 5));
  less.streams[0].facts.lively = false;
  CHECK(first.shares(less) == Shared::path);
  CHECK(less.shares(first) == Shared::path);
  CHECK(less.shares(few) == Shared::nothing);
}

TEST_CASE("Asking a STUN server who one is makes no call") {
  CallFlow flow = relay_flow().as("webrtc", Naming::protocol).role(Role::none);
  flow->setup[kUp].requests = 3;
  CHECK_FALSE(of(flow).is_call());
  flow->setup[kUp].checks = 1;
  CHECK(of(flow).is_call());
  flow->setup[kUp].checks = 0;
  flow->setup[kDown].hellos = 1;
  CHECK(of(flow).is_call());
  CHECK(of(relay_flow().asks(1, 0)).is_call());
  CHECK(of(relay_flow().packets(1, 0)).is_call());  // the application's own words
  CHECK_FALSE(of(relay_flow().plain().packets(1, 0)).is_call());
  CHECK_FALSE(of(relay_flow().plain().hidden(kUp, 0, 1, false)).is_call());
  CHECK(of(relay_flow().plain().hidden(kUp, 0, 1)).is_call());
  CHECK(of(relay_flow().plain().hidden(kDown, 0, 1)).is_call());
  Attempt invited;
  invited.dialog.emplace();
  CHECK(invited.is_call());
}

TEST_CASE("Talk is where media of both sides overlap") {
  CHECK(of(relay_flow().hidden(kUp, 0, 8)).overlap_ns() == 0);
  CHECK(of(relay_flow().hidden(kUp, 0, 8).hidden(kDown, 3, 9)).overlap_ns() == at_s(5) - at_s(0));
  CHECK(of(relay_flow().hidden(kUp, 0, 2).hidden(kDown, 4, 9)).overlap_ns() == at_s(0) - at_s(2));
}

TEST_CASE("Attempts go on in one another by a stream or a server") {
  const Attempt one = of(relay_flow().rtp(kUp, 5));
  const call::Socket elsewhere = socket_at("157.240.0.99", 3478);
  CHECK_FALSE(one.continues(of(CallFlow(kClient, elsewhere, 20, 30).rtp(kUp, 6))));
  CHECK(one.continues(of(CallFlow(kClient, elsewhere, 20, 30).rtp(kUp, 5))));
  CHECK_FALSE(one.continues(of(CallFlow(kClient, elsewhere, 20, 30).rtp(kDown, 5))));
  CHECK(one.continues(of(CallFlow(kClient, socket_at("157.240.0.60", 443), 20, 30))));
}

TEST_CASE("Bare RTP has nothing that ties it to other sockets") {
  CHECK(of(relay_flow().plain().rtp(kUp, 1)).alone);
  CHECK_FALSE(of(relay_flow().rtp(kUp, 1)).alone);
  CallFlow ice = relay_flow().plain();
  ice->setup[kDown].checks = 1;
  CHECK_FALSE(of(ice).alone);
  CallFlow turn = relay_flow().plain();
  turn->setup[kUp].allocates = 1;
  CHECK_FALSE(of(turn).alone);
  CHECK(of(turn, true).alone);  // the other end's relay
  Attempt attempt = of(relay_flow().plain());
  attempt.absorb(of(relay_flow()));
  CHECK_FALSE(attempt.alone);
}

TEST_CASE("An attempt begins with its earliest packet and ends with its latest") {
  Attempt attempt;
  attempt.extend(at_s(5), at_s(6), {0, 50});
  attempt.extend(at_s(5), at_s(4), {0, 40});
  CHECK(attempt.frame_first == wire::FrameRef(0, 40));
  CHECK(attempt.ts_last_ns == at_s(6));
  attempt.extend(at_s(7), at_s(9), {0, 30});
  CHECK(attempt.frame_first == wire::FrameRef(0, 40));
  CHECK(attempt.ts_last_ns == at_s(9));
  attempt.extend(at_s(1), at_s(2), {0, 60});
  CHECK(attempt.ts_first_ns == at_s(1));
  CHECK(attempt.frame_first == wire::FrameRef(0, 60));
}

TEST_CASE("TCP stands for the whole attempt only while nothing else was used") {
  Attempt attempt = of(relay_flow().tcp());
  CHECK(attempt.over_tcp);
  attempt.absorb(of(relay_flow().tcp()));
  CHECK(attempt.over_tcp);
  attempt.add(relay_flow(), false);
  CHECK_FALSE(attempt.over_tcp);
}
