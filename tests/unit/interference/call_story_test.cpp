// Attempts become stories, with their gates and what was alive around them.
#include "interference/call_story.hpp"

#include "catch.hpp"
#include "interference/calls.hpp"
#include "unit/call/call_flows.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::CallStory;
using interference::Control;
using interference::Controls;
using interference::Gate;
using interference::GateEffect;
using interference::subject_of;

namespace {

call::Attempt attempt_with_relay() {
  call::Attempt attempt;
  attempt.local = socket_at("192.168.1.2", 40000);
  attempt.app = "whatsapp";
  attempt.naming = call::Naming::certain;
  attempt.extend(at_s(0), at_s(13), {0, 9});
  attempt.up.packets = attempt.down.packets = 10;
  call::Target relay;
  relay.at = socket_at("157.240.0.60", 3478);
  relay.relay = true;
  relay.requests = 5;
  attempt.targets.push_back(relay);
  return attempt;
}
CallStory story_from(const call::Attempt& attempt, double until_s = 100, bool both_ways = true) {
  call::Verdict verdict;
  verdict.outcome = call::Outcome::setup_failed;
  return interference::story_of(attempt, verdict, {}, {1, 5, 5, 4, 30.0},
                                {at_s(until_s), both_ways}, 7);
}

}  // namespace

TEST_CASE("A story keeps what judges need") {
  const CallStory story = story_from(attempt_with_relay());
  CHECK(story.number == 7);
  CHECK(story.app == "whatsapp");
  CHECK_FALSE(story.generic);
  CHECK(story.client == socket_at("192.168.1.2", 40000));
  CHECK(story.frame_first == wire::FrameRef{0, 9});
  CHECK(story.targets.size() == 1);
  CHECK(story.text_alive());
  CHECK(story.gates.strongest() == GateEffect::none);
}

TEST_CASE("Gates of a story") {
  call::Attempt attempt = attempt_with_relay();
  CHECK(story_from(attempt, 22.9).gates.has(Gate::end));
  CHECK_FALSE(story_from(attempt, 23).gates.has(Gate::end));
  attempt.down.packets = 0;
  CHECK_FALSE(story_from(attempt).gates.has(Gate::onesided));
  CHECK(story_from(attempt, 100, false).gates.effect(Gate::onesided) == GateEffect::closes);
  // Answers to what was never asked.
  call::Attempt unasked = attempt_with_relay();
  unasked.targets[0].requests = 0;
  unasked.targets[0].exchange.last_answer_ns = at_s(1);
  unasked.targets[0].exchange.ways[call::kUp].packets = 3;
  CHECK(story_from(unasked).gates.effect(Gate::caploss_udp) == GateEffect::closes);
  // More grants than questions, by three and a tenth.
  call::Attempt granted = attempt_with_relay();
  granted.targets[0].exchange.allocates = 29;
  granted.targets[0].exchange.granted = 32;
  CHECK(story_from(granted).gates.effect(Gate::caploss_udp) == GateEffect::closes);
  granted.targets[0].exchange.allocates = 30;
  CHECK_FALSE(story_from(granted).gates.has(Gate::caploss_udp));
  granted.targets[0].exchange.granted = 33;
  CHECK_FALSE(story_from(granted).gates.has(Gate::caploss_udp));
}

TEST_CASE("A server's refusal is told by the dialog") {
  call::Attempt attempt = attempt_with_relay();
  attempt.dialog.emplace();
  attempt.dialog->failed = true;
  attempt.dialog->status = 503;
  CHECK(interference::fate_of(story_from(attempt)) == interference::Fate::refused);
  attempt.dialog->status = 0;
  CHECK(interference::fate_of(story_from(attempt)) == interference::Fate::failed);
}

TEST_CASE("What was alive around a call") {
  CallStory story = story_from(attempt_with_relay());
  Controls controls;
  interference::HeardLog heard;
  look_around(story, controls, heard);
  CHECK(story.around.udp_answered == 0);
  const IpAddress client = story.client.ip;
  const auto add = [&](Control what, std::string_view subject, double s) {
    controls.add(what, client, subject_of(subject), at_s(s));
  };
  add(Control::udp_answered, "whatsapp", 5);  // its own is no control
  add(Control::udp_answered, "quic", 72);
  add(Control::udp_answered, "quic", 90);  // too late
  add(Control::stun_answered, "webrtc", -300);
  add(Control::stun_answered, "whatsapp", 3000);
  add(Control::call_connected, "signal", -3000);
  add(Control::call_tunnelled, "whatsapp", 1000);
  add(Control::tcp_answered, "whatsapp", 5);
  look_around(story, controls, heard);
  CHECK(story.around.udp_answered == 1);
  CHECK(story.around.udp_heard == 3);
  CHECK(story.around.stun_elsewhere == 1);
  CHECK(story.around.stun_own == 1);
  CHECK(story.around.calls_elsewhere == 1);
  CHECK(story.around.calls_tunnelled == 1);
  CHECK(story.around.tcp_answered == 1);
  CHECK(story.around.host_heard);
  CHECK(story.around.closed_ports == 0);
  controls.add(Control::port_closed, client, subject_of(story.targets[0].at.ip), at_s(3));
  look_around(story, controls, heard);
  CHECK(story.around.closed_ports == 1);
}

TEST_CASE("What came while a relay was asked in vain") {
  using What = interference::HeardLog::What;
  CallStory story = story_from(attempt_with_relay());
  call::Exchange& relay = story.targets[0].exchange;
  relay.first_ns = relay.first_request_ns = at_s(1);
  relay.last_ns = at_s(12);
  story.down.last_ns = at_s(0.5);
  const Controls controls;
  interference::HeardLog heard;
  heard.note(story.client.ip, at_s(0.5), What::udp_opened);  // before, and after
  heard.note(story.client.ip, at_s(13), What::udp_opened);
  heard.note(story.client.ip, at_s(20), What::udp_failed);
  look_around(story, controls, heard);
  CHECK(story.around.line_unseen);
  CHECK(story.around.ports_unseen);
  heard.note(story.client.ip, at_s(5), What::came);
  look_around(story, controls, heard);
  CHECK_FALSE(story.around.line_unseen);
  CHECK(story.around.ports_unseen);
  heard.note(story.client.ip, at_s(5), What::udp_opened);
  look_around(story, controls, heard);
  CHECK_FALSE(story.around.ports_unseen);
  CHECK(story.around.udp_opened == 1);
  // A relay that answers is not asked in vain.
  story.targets[0].responses = 1;
  look_around(story, controls, interference::HeardLog());
  CHECK_FALSE(story.around.line_unseen);
}

TEST_CASE("Media that goes out where nothing was ever answered tells of half a capture") {
  call::Attempt attempt = attempt_with_relay();
  attempt.down.packets = 0;
  call::Passage& ours = attempt.targets[0].exchange.ways[call::kUp];
  ours = {100, 95, true, at_s(1), at_s(4), at_s(4), 0, 0};
  CHECK(story_from(attempt).gates.effect(Gate::onesided) == GateEffect::closes);
  ours.media_last_ns = at_s(2.5);  // too short to say so
  CHECK_FALSE(story_from(attempt).gates.has(Gate::onesided));
  ours.media_last_ns = at_s(11);  // too seldom: requests
  CHECK_FALSE(story_from(attempt).gates.has(Gate::onesided));
  ours.media_last_ns = at_s(4);
  attempt.down.packets = 1;
  CHECK_FALSE(story_from(attempt).gates.has(Gate::onesided));
  // Telephones speak to wherever they were told to, answered or not (RFC 3264).
  attempt.down.packets = 0;
  attempt.dialog.emplace();
  CHECK_FALSE(story_from(attempt).gates.has(Gate::onesided));
}

TEST_CASE("An attempt whose next try connects is none that failed") {
  const CallStory failed = story_from(attempt_with_relay());  // from 0 to 13 s
  const IpAddress same = failed.targets[0].at.ip;
  const auto next_at = [&](double s, std::string_view app, IpAddress relay) {
    CallStory next = failed;
    next.app = app;
    next.outcome = call::Outcome::connected;
    next.targets[0].responses = 1;
    next.targets[0].at.ip = relay;
    next.ts_first_ns = at_s(s);
    std::vector<CallStory> stories = {next, failed};
    interference::note_next_tries(stories);
    CHECK_FALSE(stories[0].went_through);
    return stories[1];
  };
  CHECK(next_at(43, "whatsapp", same).went_through);
  CHECK(interference::fate_of(next_at(43, "whatsapp", same)) == interference::Fate::unseen);
  CHECK_FALSE(next_at(43.1, "whatsapp", same).went_through);
  CHECK_FALSE(next_at(-5, "whatsapp", same).went_through);
  CHECK_FALSE(next_at(20, "signal", same).went_through);
  CHECK_FALSE(next_at(20, "whatsapp", IpAddress::v4(7)).went_through);  // by others, elsewhere
  CHECK(interference::fate_of(next_at(20, "signal", same)) == interference::Fate::failed);
}

TEST_CASE("A line on which nothing came after the last of a call may have died") {
  using What = interference::HeardLog::What;
  CallStory story;
  story.client = {IpAddress::v4(0xc0a8'4d02), 40001};
  story.ts_first_ns = at_s(10);
  story.ts_last_ns = at_s(50);
  story.down.lively = story.up.lively = true;
  story.down.packets = 100;
  story.down.last_ns = at_s(30);
  story.up.media_last_ns = at_s(40);
  Controls controls;
  interference::HeardLog heard;
  heard.note(story.client.ip, at_s(20), What::came);
  heard.note(story.client.ip, at_s(45), What::came);  // back again
  look_around(story, controls, heard);
  CHECK(story.around.line_unseen);
  heard.note(story.client.ip, at_s(35), What::came);
  look_around(story, controls, heard);
  CHECK_FALSE(story.around.line_unseen);
  // A hang-up stops both within a round trip.
  story.up.media_last_ns = at_s(31);
  look_around(story, controls, interference::HeardLog());
  CHECK_FALSE(story.around.line_unseen);
}
