// Findings of calls: the guilty beside the innocent who look like them.
#include "unit/interference/call_judging.hpp"

using namespace deadair;
using namespace deadair::test;

TEST_CASE("Three silent relays are likely dropped, while messages and other UDP pass") {
  const Stories stories = {silent_call(0)};
  CHECK(level_of(stories, "DROP.STUN.RELAY") == Level::likely);
  const std::vector<Finding> findings = judge_calls(stories);
  const Finding& finding = *find(findings, "DROP.STUN.RELAY");
  CHECK(finding.text ==
        "In the one call of whatsapp no relay answered: all 3 relays silent for 13.0 s, asked 39 "
        "times.");
  CHECK(finding.app == "whatsapp");
  CHECK(finding.call == 1);
  CHECK(finding.frames == std::vector<wire::FrameRef>{{0, 110}, {0, 111}, {0, 112}});
  CHECK(alternative(finding, "CLIENT_OFFLINE").excluded);
  CHECK(alternative(finding, "LOCAL_UDP_BLOCK").excluded);
  CHECK(alternative(finding, "CALLEE").excluded);
  CHECK_FALSE(alternative(finding, "SERVICE_OUTAGE").excluded);
  CHECK(finding.rules == "CALLS 1.1");
}

TEST_CASE("Fewer relays need a second attempt") {
  CHECK(level_of({silent_call(0, 1, 2)}, "DROP.STUN.RELAY") == Level::anomalous);
  CHECK(level_of({silent_call(0, 1, 2), silent_call(20, 2, 2)}, "DROP.STUN.RELAY") ==
        Level::likely);
}

TEST_CASE("Silence is no more than observed while the application's messages fail too") {
  CallStory story = silent_call(0);
  story.chat.replies = 0;
  CHECK(level_of({story, story}, "DROP.STUN.RELAY") == Level::observed);
}

TEST_CASE("Silence is no more than anomalous where no other UDP is answered") {
  CallStory story = silent_call(0);
  story.around.udp_answered = 0;
  CHECK(level_of({story, story}, "DROP.STUN.RELAY") == Level::anomalous);
}

TEST_CASE("A line on which nothing came while relays were asked may have been dead") {
  CallStory story = silent_call(0);
  story.around.line_unseen = true;
  const Stories stories = {story, story, story};
  CHECK(level_of(stories, "DROP.STUN.RELAY") == Level::observed);
  const std::vector<Finding> findings = judge_calls(stories);
  for (const char* open : {"CLIENT_OFFLINE", "CGN_PORTS", "WEAK_RADIO", "GENERAL_CONGESTION"})
    CHECK_FALSE(alternative(*find(findings, "DROP.STUN.RELAY"), open).excluded);
  CallStory asked = credentials_lost(0);
  asked.around.line_unseen = true;
  CHECK(level_of({asked, asked}, "DROP.TURN.ALLOC") == Level::observed);
}

TEST_CASE("Ports may have run out where new UDP flows failed meanwhile") {
  CallStory story = silent_call(0);
  story.around.udp_opened = 0;
  const std::vector<Finding> findings = judge_calls(Stories{story, story});
  CHECK_FALSE(alternative(*find(findings, "DROP.STUN.RELAY"), "CGN_PORTS").excluded);
  CHECK(level_of({story, story}, "DROP.STUN.RELAY") == Level::likely);
  story.around.ports_unseen = true;
  CHECK(level_of({story, story}, "DROP.STUN.RELAY") == Level::anomalous);
}

TEST_CASE("A LAN that lets no UDP out explains itself") {
  CallStory story = silent_call(0);
  story.around.udp_answered = 0;
  story.around.udp_silent = 5;
  CHECK(level_of({story, story, story}, "DROP.STUN.RELAY") == Level::observed);
  CHECK(level_of({story, story, story}, "LOCAL_UDP_BLOCK") == Level::observed);
  CHECK(highest(judge_calls(Stories{story, story, story})) == Level::observed);
  CHECK_FALSE(is_found({silent_call(0)}, "LOCAL_UDP_BLOCK"));
}

TEST_CASE("An address that nothing comes back to explains itself") {
  CallStory story = silent_call(0);
  story.client.ip = IpAddress::v4(0x0a00'020f);
  story.chat = {};
  story.around = {};
  story.around.others_heard = true;
  story.gates.set(Gate::onesided, GateEffect::closes);
  const Stories stories = {story, story, story};
  CHECK(level_of(stories, "LOCAL_SOURCE") == Level::observed);
  CHECK_FALSE(is_found(stories, "DROP.STUN.RELAY"));
  CHECK(interference::fate_of(story) == Fate::unseen);
  CHECK_FALSE(is_found({silent_call(0)}, "LOCAL_SOURCE"));
}

TEST_CASE("Relays may be down where other STUN is answered") {
  CallStory story = silent_call(0);
  story.around.stun_elsewhere = 1;
  CHECK(level_of({story, story, story}, "DROP.STUN.RELAY") == Level::anomalous);
  story.around.stun_own = 3;  // others of its own relays answer
  CHECK(level_of({story, story, story}, "DROP.STUN.RELAY") == Level::likely);
}

TEST_CASE("Relays whose hosts say that nothing runs there are no drop") {
  CallStory story = silent_call(0);
  story.around.closed_ports = 3;
  CHECK_FALSE(is_found({story, story, story}, "DROP.STUN.RELAY"));
  CHECK(interference::fate_of(story) == Fate::refused);
}

TEST_CASE("One relay that answers is enough, and few requests or a short wait are too little") {
  CallStory answered = silent_call(0);
  answered.targets[1].responses = 1;
  CHECK_FALSE(is_found({answered}, "DROP.STUN.RELAY"));
  CallStory seldom = silent_call(0);
  for (call::Target& target : seldom.targets) target.requests = 2;
  CHECK_FALSE(is_found({seldom}, "DROP.STUN.RELAY"));
  CallStory ended = silent_call(0);
  ended.until_ns = at_second(7.9);
  CHECK_FALSE(is_found({ended}, "DROP.STUN.RELAY"));
  ended.until_ns = at_second(8);
  CHECK(is_found({ended}, "DROP.STUN.RELAY"));
}

TEST_CASE("Half a capture shows no drop") {
  CallStory story = silent_call(0);
  story.gates.set(Gate::onesided, GateEffect::closes);
  CHECK(judge_calls(Stories{story, story, story}).empty());
  CHECK(interference::fate_of(story) == Fate::unseen);
}

TEST_CASE("Capture loss voids what seems lost") {
  CallStory story = talked(0, 30, 10, 10);
  story.gates.set(Gate::caploss_udp, GateEffect::closes);
  CHECK(judge_calls(Stories{story, story, story}).empty());
}

TEST_CASE("Credentials that vanish after a demand for them") {
  CHECK(level_of({credentials_lost(0)}, "DROP.TURN.ALLOC") == Level::likely);
  CHECK(interference::fate_of(credentials_lost(0)) == Fate::failed);
  CallStory granted = credentials_lost(0);
  granted.targets[2].exchange.granted = 1;
  CHECK_FALSE(is_found({granted}, "DROP.TURN.ALLOC"));
  CallStory given_up = credentials_lost(0);
  for (call::Target& target : given_up.targets) target.exchange.unanswered_allocates = 2;
  CHECK_FALSE(is_found({given_up}, "DROP.TURN.ALLOC"));
}

TEST_CASE("A relay that refuses is the server's doing") {
  for (const int error : {403, 437, 486, 508}) {
    const auto code = static_cast<std::uint16_t>(error);
    const Stories stories = {refused(0, code, 1), refused(20, code, 2), refused(40, code, 3)};
    CHECK(level_of(stories, "DROP.TURN.ERR") == Level::observed);
    CHECK(highest(judge_calls(stories)) == Level::observed);
    CHECK(interference::fate_of(stories[0]) == Fate::refused);
  }
  CHECK_FALSE(is_found({refused(0, 420)}, "DROP.TURN.ERR"));
}

TEST_CASE("Keys that are never answered between sockets that answer") {
  CHECK(level_of({keys_lost(0), keys_lost(20, 2)}, "DROP.DTLS") == Level::likely);
  CHECK(level_of({keys_lost(0)}, "DROP.DTLS") == Level::anomalous);
  CallStory answered = keys_lost(0);
  answered.targets[0].exchange.sealed[call::kDown] = 1;
  CHECK_FALSE(is_found({answered}, "DROP.DTLS"));
  CallStory gone = keys_lost(0);
  gone.targets[0].exchange.last_answer_ns = at_second(1);
  CHECK_FALSE(is_found({gone}, "DROP.DTLS"));
  // The call moved on to another port of the same host, where checks pass.
  call::Target& other = add_relay(gone, 61, 9, 9, 1);
  other.at.port = 3479;
  CHECK(is_found({gone}, "DROP.DTLS"));
  gone.targets[1].at = far_socket(62);
  CHECK_FALSE(is_found({gone}, "DROP.DTLS"));
  // Keys passed there.
  CallStory moved = keys_lost(0);
  add_relay(moved, 62, 9, 9, 1).exchange.sealed[call::kDown] = 1;
  CHECK_FALSE(is_found({moved}, "DROP.DTLS"));
}

TEST_CASE("Some relays silent while others answer are at most anomalous") {
  const auto half_silent = [](std::uint64_t number, unsigned silent) {
    CallStory story = silent_call(60.0 * static_cast<double>(number), number, silent);
    story.outcome = call::Outcome::no_answer;
    story.down.packets = 4;
    add_relay(story, 40, 4, 4, 60.0 * static_cast<double>(number));
    return story;
  };
  const Stories calls = {half_silent(1, 3), half_silent(2, 3), half_silent(3, 3)};
  CHECK(level_of(calls, "DROP.STUN.RELAY") == Level::anomalous);
  const std::vector<Finding> findings = judge_calls(calls);
  CHECK(find(findings, "DROP.STUN.RELAY")->text.find("3 of 4 relays silent") != std::string::npos);
  CHECK_FALSE(alternative(*find(findings, "DROP.STUN.RELAY"), "CALLEE").excluded);
  // Two may be down; and a call that came about needed no more of them.
  CHECK_FALSE(is_found({half_silent(1, 2), half_silent(2, 2)}, "DROP.STUN.RELAY"));
  CallStory connected = half_silent(1, 3);
  connected.down.lively = true;
  CHECK_FALSE(is_found({connected}, "DROP.STUN.RELAY"));
}
