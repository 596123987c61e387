// Findings of calls: the guilty beside the innocent who look like them.
#include "interference/calls.hpp"

#include <algorithm>

#include "catch.hpp"
#include "unit/interference/call_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Fate;
using interference::Finding;
using interference::Gate;
using interference::GateEffect;
using interference::judge_calls;
using interference::Level;

namespace {

using Stories = std::vector<CallStory>;

Level level_of(const Stories& stories, std::string_view id) {
  const std::vector<Finding> findings = judge_calls(stories);
  const Finding* finding = find(findings, id);
  REQUIRE(finding != nullptr);
  CHECK_FALSE(finding->text.empty());
  CHECK(std::ranges::is_sorted(finding->frames));
  return finding->level;
}
bool is_found(const Stories& stories, std::string_view id) {
  const std::vector<Finding> findings = judge_calls(stories);
  return find(findings, id) != nullptr;
}
const interference::Alternative& alternative(const Finding& finding, std::string_view name) {
  const auto it = std::ranges::find(finding.alternatives, name, &interference::Alternative::name);
  REQUIRE(it != finding.alternatives.end());
  return *it;
}

// Credentials demanded at once, and nothing more.
CallStory credentials_lost(double from_s, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 16, number);
  story.outcome = call::Outcome::no_answer;
  for (unsigned i = 0; i < 3; ++i) {
    call::Exchange& exchange = add_relay(story, 10 + i, 8, 1, from_s).exchange;
    exchange.granted = 0;
    exchange.challenges = 1;
    exchange.unanswered_allocates = 7;
    exchange.unanswered_allocates_from_ns = at_second(from_s + 0.2);
    exchange.last_answer_ns = at_second(from_s + 0.2);
  }
  return story;
}

CallStory refused(double from_s, std::uint16_t code, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 13, number);
  story.outcome = call::Outcome::setup_failed;
  for (unsigned i = 0; i < 3; ++i) {
    call::Exchange& exchange = add_relay(story, 10 + i, 3, 2, from_s).exchange;
    exchange.granted = 0;
    exchange.challenges = exchange.refusals = 1;
    exchange.last_refusal = code;
  }
  return story;
}

CallStory keys_lost(double from_s, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 14, number);
  story.outcome = call::Outcome::setup_failed;
  call::Target& peer = add_relay(story, 61, 9, 9, from_s);
  peer.relay = false;
  peer.exchange.hellos[call::kUp] = 6;
  peer.exchange.first_hello_ns[call::kUp] = at_second(from_s + 0.3);
  peer.exchange.frame_hello = {0, 100 * number + 7};
  return story;
}

}  // namespace

TEST_CASE("Three silent relays are likely dropped, while messages and other UDP pass") {
  const Stories stories = {silent_call(0)};
  CHECK(level_of(stories, "DROP.STUN.RELAY") == Level::likely);
  const std::vector<Finding> findings = judge_calls(stories);
  const Finding& finding = *find(findings, "DROP.STUN.RELAY");
  CHECK(finding.text ==
        "In 1 of 1 calls of whatsapp no relay answered: 3 of 3 relays silent for 13.0 s, asked 39 "
        "times.");
  CHECK(finding.app == "whatsapp");
  CHECK(finding.call == 1);
  CHECK(finding.frames == std::vector<wire::FrameRef>{{0, 110}, {0, 111}, {0, 112}});
  CHECK(alternative(finding, "CLIENT_OFFLINE").excluded);
  CHECK(alternative(finding, "LOCAL_UDP_BLOCK").excluded);
  CHECK(alternative(finding, "CALLEE").excluded);
  CHECK_FALSE(alternative(finding, "SERVICE_OUTAGE").excluded);
  CHECK(finding.rules == "CALLS 1.0");
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
}

TEST_CASE("Media that stops while ours goes on") {
  // Nothing whatever comes any more.
  CallStory cut = talked(0, 20, 11, 11);
  cut.outcome = call::Outcome::cut;
  CHECK(level_of({cut}, "MEDIA.BLACKHOLE") == Level::anomalous);
  CallStory again = talked(60, 85, 76, 76, 2);
  again.outcome = call::Outcome::cut;
  CHECK(level_of({cut, again}, "MEDIA.BLACKHOLE") == Level::likely);
  const std::vector<Finding> findings = judge_calls(Stories{cut});
  CHECK(find(findings, "MEDIA.BLACKHOLE")->after_packets == 500);
  CHECK(find(findings, "MEDIA.BLACKHOLE")->after_ms == 10'000);
  // A hang-up: both stop.
  CHECK_FALSE(is_found({talked(0, 20, 19.9, 20)}, "MEDIA.BLACKHOLE"));
  CHECK_FALSE(is_found({talked(0, 20, 18, 20)}, "MEDIA.BLACKHOLE"));
  // The whole link is dead.
  CallStory offline = cut;
  offline.chat.replies = 0;
  offline.around.tcp_answered = offline.around.udp_answered = 0;
  CHECK_FALSE(is_found({offline, offline}, "MEDIA.BLACKHOLE"));
  // The capture ends in the silence.
  CallStory ends = cut;
  ends.until_ns = at_second(20);
  CHECK_FALSE(is_found({ends, ends}, "MEDIA.BLACKHOLE"));
}

TEST_CASE("Media that stops while checks are answered") {
  const Stories cut = {talked(0, 20, 11, 20), talked(30, 50, 41, 50, 2)};
  CHECK(level_of(cut, "MEDIA.BLACKHOLE") == Level::likely);
  // Muted, in an application that then sends nothing.
  Stories muted = cut;
  for (CallStory& story : muted) story.sends_when_muted = false;
  CHECK(level_of(muted, "MEDIA.BLACKHOLE") == Level::observed);
  // Its own reports say that it sends.
  for (CallStory& story : muted)
    story.targets[0].exchange.ways[call::kDown].last_sender_report_ns = story.ts_last_ns;
  CHECK(level_of(muted, "MEDIA.BLACKHOLE") == Level::likely);
}

TEST_CASE("A call that changes its path goes on") {
  CallStory story = talked(0, 30, 11, 30);
  call::Target& other = add_relay(story, 11, 5, 5, 0);
  speak(other.exchange.ways[call::kDown], 11, 30, 900);
  CHECK_FALSE(is_found({story, story}, "MEDIA.BLACKHOLE"));
  // Only to end there as well.
  speak(story.targets[1].exchange.ways[call::kDown], 11, 20, 0);
  CHECK(is_found({story, story}, "MEDIA.BLACKHOLE"));
  // A packet now and then by another way keeps a path open, and is no media.
  story.targets[1].exchange.ways[call::kDown].media_last_ns = at_second(30);
  story.targets[1].exchange.ways[call::kDown].lively = false;
  CHECK(is_found({story, story}, "MEDIA.BLACKHOLE"));
}

TEST_CASE("A capture beside the other end sees ours stop, and our reports go on") {
  const auto turned = [](double from_s, std::uint64_t number, bool reports) {
    CallStory story = talked(from_s, from_s + 3, from_s + 20, from_s + 20, number);
    story.sends_when_muted = false;
    call::Passage& up = story.targets[0].exchange.ways[call::kUp];
    up.last_sign_ns = up.last_ns = at_second(from_s + 20);
    if (reports) up.last_sender_report_ns = at_second(from_s + 19);
    return story;
  };
  CHECK(level_of({turned(0, 1, true), turned(30, 2, true)}, "MEDIA.BLACKHOLE") == Level::likely);
  CHECK_FALSE(is_found({turned(0, 1, false), turned(30, 2, false)}, "MEDIA.BLACKHOLE"));
}

TEST_CASE("Calls that end after the same amount were measured by somebody") {
  const Stories same = {talked(0, 20, 11, 11), talked(30, 50, 41.2, 41.2, 2),
                        talked(60, 80, 70.9, 70.9, 3)};
  CHECK(level_of(same, "MEDIA.QUOTA") == Level::likely);
  CHECK(level_of(same, "CALL.TIMEOUT") == Level::anomalous);
  const Stories other = {talked(0, 20, 11, 11), talked(30, 70, 61, 61, 2),
                         talked(80, 100, 84, 84, 3)};
  CHECK(is_found(other, "MEDIA.BLACKHOLE"));
  CHECK_FALSE(is_found(other, "MEDIA.QUOTA"));
  CHECK_FALSE(is_found(other, "CALL.TIMEOUT"));
  // The callee hangs up after 10 s each time.
  const Stories hung_up = {talked(0, 11, 11, 11), talked(30, 41, 41, 41, 2),
                           talked(60, 71, 71, 71, 3)};
  CHECK(judge_calls(hung_up).empty());
}

TEST_CASE("Sent and not received, while checks are answered") {
  CHECK(level_of({unheard(0, 16), unheard(20, 36, 2)}, "MEDIA.ONEWAY.DOWN") == Level::likely);
  // To one who may be muted.
  Stories muted = {unheard(0, 16), unheard(20, 36, 2)};
  for (CallStory& story : muted) story.sends_when_muted = false;
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::observed);
  // His reports pass, so that he sends.
  for (CallStory& story : muted)
    story.targets[0].exchange.ways[call::kDown].last_sender_report_ns = story.ts_last_ns;
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::likely);
  // To one who never picked up: nothing of him came.
  Stories ringing = {unheard(0, 16), unheard(20, 36, 2)};
  for (CallStory& story : ringing) {
    story.down.media_packets = 0;
    story.targets[0].exchange.ways[call::kDown].media_packets = 0;
  }
  CHECK(judge_calls(ringing).empty());
}

TEST_CASE("Received and not sent, by the receiver's reports or by checks that fail") {
  Stories told = {talked(0, 20, 20, 20), talked(30, 50, 50, 50, 2)};
  for (CallStory& story : told) {
    story.targets[0].exchange.reports = 4;
    story.targets[0].exchange.reported_loss = 3.8;
  }
  CHECK(level_of(told, "MEDIA.ONEWAY.UP") == Level::likely);
  for (CallStory& story : told) story.targets[0].exchange.reported_loss = 3.4;
  CHECK(judge_calls(told).empty());
  Stories unchecked = {talked(0, 20, 20, 10), talked(30, 50, 50, 40, 2)};
  CHECK(level_of(unchecked, "MEDIA.ONEWAY.UP") == Level::likely);
  // Answers in words of its own.
  Stories pongs = unchecked;
  for (CallStory& story : pongs)
    story.targets[0].exchange.ways[call::kDown].last_sign_ns = story.ts_last_ns;
  CHECK(judge_calls(pongs).empty());
  // Never answered while media flowed.
  Stories never = unchecked;
  for (CallStory& story : never) {
    call::Exchange& exchange = story.targets[0].exchange;
    exchange.last_answer_ns = exchange.ways[call::kDown].last_sign_ns =
        exchange.ways[call::kDown].media_first_ns - 1;
  }
  CHECK(judge_calls(never).empty());
  // A candidate that was left for another.
  Stories left = {talked(0, 20, 20, 20)};
  add_relay(left[0], 11, 9, 2, 0).exchange.unanswered = 7;
  CHECK(judge_calls(left).empty());
}

TEST_CASE("Calls that fail one after the other") {
  const Stories loop = {silent_call(0, 1), silent_call(15, 2), silent_call(30, 3)};
  CHECK(level_of(loop, "CALL.LOOP") == Level::likely);
  CHECK_FALSE(is_found({loop[0], loop[1]}, "CALL.LOOP"));
  CHECK_FALSE(is_found({silent_call(0, 1), silent_call(200, 2), silent_call(400, 3)}, "CALL.LOOP"));
  // No better than what is behind it.
  Stories dark = loop;
  for (CallStory& story : dark) story.chat.replies = 0;
  CHECK(level_of(dark, "CALL.LOOP") == Level::observed);
}

TEST_CASE("Bad calls are no loop") {
  Stories bad;
  for (unsigned i = 0; i < 3; ++i) {
    bad.push_back(talked(70 * i, 70 * i + 60, 70 * i + 60, 70 * i + 60, i + 1));
    bad.back().outcome = call::Outcome::degraded;
  }
  CHECK(judge_calls(bad).empty());
}

TEST_CASE("A callee who does not pick up or declines is no finding") {
  CallStory ringing = story_at(0, 30);
  ringing.outcome = call::Outcome::no_answer;
  for (unsigned i = 0; i < 3; ++i) add_relay(ringing, 10 + i, 8, 7, 0);
  // Nine candidates that nobody is behind.
  for (unsigned i = 0; i < 9; ++i) add_relay(ringing, 100 + i, 14, 0, 0).relay = false;
  CallStory declined = story_at(0, 2);
  declined.outcome = call::Outcome::cancelled;
  CHECK(judge_calls(Stories{ringing, ringing, ringing, declined}).empty());
  CHECK(interference::fate_of(ringing) == Fate::nobody);
  CHECK(interference::fate_of(declined) == Fate::nobody);
}

TEST_CASE("No way to a peer who asks as well is odd and no more") {
  CallStory story = story_at(0, 20);
  story.outcome = call::Outcome::no_answer;
  add_relay(story, 10, 3, 2, 0);
  for (unsigned i = 0; i < 2; ++i) {
    call::Target& peer = add_relay(story, 100 + i, 14, 0, 0);
    peer.relay = false;
    peer.exchange.asked_by_them = 10;
  }
  CHECK(level_of({story, story, story}, "DROP.ICE") == Level::anomalous);
  story.targets[1].exchange.asked_by_them = story.targets[2].exchange.asked_by_them = 0;
  CHECK(judge_calls(Stories{story}).empty());
}

TEST_CASE("Relays that carry media over TCP alone") {
  CallStory story = silent_call(0);
  story.outcome = call::Outcome::connected;
  call::Exchange& exchange = add_relay(story, 10, 3, 3, 3).exchange;
  exchange.tcp = true;
  speak(exchange.ways[call::kUp], 3, 13, 400);
  speak(exchange.ways[call::kDown], 3, 13, 400);
  story.down.lively = story.up.lively = true;
  CHECK(level_of({story, story, story}, "CALL.TCPFALLBACK") == Level::anomalous);
  story.around.udp_answered = 0;
  story.around.udp_silent = 3;
  CHECK(level_of({story, story, story}, "CALL.TCPFALLBACK") == Level::observed);
}

TEST_CASE("Each client and application is judged by itself") {
  Stories stories = {silent_call(0, 1, 2), silent_call(20, 2, 2), silent_call(40, 3, 2)};
  stories[1].client.ip = IpAddress::v4(0xc0a8'4d03);
  stories[2].app = "telegram";
  const std::vector<Finding> findings = judge_calls(stories);
  CHECK(findings.size() == 3);
  CHECK(highest(findings) == Level::anomalous);
}

TEST_CASE("How far values vary") {
  const std::vector<double> none, same = {5, 5, 5}, some = {9, 10, 11}, zeros = {0, 0};
  CHECK(interference::variation(none) == 0);
  CHECK(interference::variation(same) == 0);
  CHECK(interference::variation(some) == Approx(0.0816).margin(0.0001));
  CHECK(interference::variation(zeros) == 0);
}
