// Media that stops or goes one way, loops of calls, and what is no finding.
#include "unit/interference/call_judging.hpp"

using namespace deadair;
using namespace deadair::test;

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
  Stories cut = {talked(0, 20, 11, 20), talked(30, 50, 41, 50, 2)};
  for (CallStory& story : cut)  // and the other end reports
    story.targets[0].exchange.ways[call::kDown].last_report_ns = story.ts_last_ns;
  CHECK(level_of(cut, "MEDIA.BLACKHOLE") == Level::likely);
  // Muted, in an application that then sends nothing.
  Stories muted = cut;
  for (CallStory& story : muted) story.sends_when_muted = false;
  CHECK(level_of(muted, "MEDIA.BLACKHOLE") == Level::observed);
  CHECK(alternative(*find(judge_calls(cut), "MEDIA.BLACKHOLE"), "MUTED").excluded);
  CHECK_FALSE(alternative(*find(judge_calls(muted), "MEDIA.BLACKHOLE"), "MUTED").excluded);
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
  // Only what stays the same is told.
  Stories louder = same;
  std::uint64_t packets = 200;
  for (CallStory& story : louder) {
    story.down.media_packets = packets;
    story.targets.front().exchange.ways[call::kDown].media_packets = packets;
    packets *= 2;
  }
  const auto findings = judge_calls(louder);
  const interference::Finding* quota = find(findings, "MEDIA.QUOTA");
  REQUIRE(quota != nullptr);
  CHECK_FALSE(quota->after_packets.has_value());
  CHECK(quota->after_ms.has_value());
  CHECK(quota->text.find("packets") == std::string::npos);
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
  // What came of him is numbered as if most had not.
  for (CallStory& story : muted) {
    story.targets[0].exchange.ways[call::kDown].last_sender_report_ns = 0;
    story.targets[0].requests = story.targets[0].responses = 9;
    story.numbered = {0, 25};
    story.missing = {0, 220};
  }
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::likely);
  for (CallStory& story : muted) story.missing = {0, 19};
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::observed);
  for (CallStory& story : muted) story.missing = {0, 24};
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::observed);
  // Media flowed both ways, and three of four packets of one did not come.
  for (CallStory& story : muted) {
    story.down.lively = true;
    story.missing = {0, 80};
  }
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::likely);
  for (CallStory& story : muted) story.missing = {0, 70};
  CHECK(judge_calls(muted).empty());
  // Checks are lost as well: whatever comes is.
  for (CallStory& story : muted) {
    story.missing = {0, 80};
    story.targets[0].responses = 7;
  }
  CHECK(judge_calls(muted).empty());
  muted = {unheard(0, 16), unheard(20, 36, 2)};
  // To one who never picked up: nothing of him came.
  Stories ringing = {unheard(0, 16), unheard(20, 36, 2)};
  for (CallStory& story : ringing) {
    story.down.media_packets = 0;
    story.targets[0].exchange.ways[call::kDown].media_packets = 0;
  }
  CHECK(judge_calls(ringing).empty());
}

TEST_CASE("A pair counts as open by all that passed it, not by media alone") {
  // 16 packets of media, then nothing; of answers and reports there were some as well.
  const auto brief = [](std::uint64_t passed, std::uint64_t number) {
    const double from = 60.0 * static_cast<double>(number);
    CallStory story = talked(from, from + 20, from + 3, from + 3, number);
    story.outcome = call::Outcome::cut;
    call::Passage& in = story.targets[0].exchange.ways[call::kDown];
    in.media_packets = story.down.media_packets = 16;
    in.packets = passed;
    return story;
  };
  CHECK(level_of({brief(22, 1)}, "MEDIA.BLACKHOLE") == Level::anomalous);
  CHECK(level_of({brief(22, 1), brief(20, 2)}, "MEDIA.BLACKHOLE") == Level::likely);
  CHECK_FALSE(is_found({brief(19, 1), brief(19, 2)}, "MEDIA.BLACKHOLE"));
}

TEST_CASE("Media with silence suppression is enough where checks fail as well") {
  CallStory slow = talked(0, 20, 11, 11);
  slow.outcome = call::Outcome::cut;
  slow.targets[0].exchange.ways[call::kUp].media_packets = 110;  // 6 a second
  CHECK(level_of({slow}, "MEDIA.BLACKHOLE") == Level::anomalous);
  slow.targets[0].exchange.unanswered = 2;
  CHECK_FALSE(is_found({slow}, "MEDIA.BLACKHOLE"));
}

TEST_CASE("A call that moved on to a pair where checks are answered has not lost its path") {
  CallStory moved = talked(0, 11, 11, 11);
  moved.ts_last_ns = at_second(30);
  call::Target& other = add_relay(moved, 11, 9, 9, 10);
  speak(other.exchange.ways[call::kUp], 11, 30, 900);
  call::Passage& in = other.exchange.ways[call::kDown];
  in.last_ns = in.last_sign_ns = at_second(29);
  CHECK_FALSE(is_found({moved, moved}, "MEDIA.BLACKHOLE"));
  in.last_ns = in.last_sign_ns = at_second(12);
  CHECK(is_found({moved, moved}, "MEDIA.BLACKHOLE"));
}

namespace {

// Set up by a relay, 25 packets each way in 4 s; then nothing comes, and from 9 s on ours goes out.
CallStory never_heard(double from_s, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 22, number);
  story.outcome = call::Outcome::one_way;
  call::Exchange& exchange = add_relay(story, 10, 40, 25, from_s).exchange;
  speak(exchange.ways[call::kUp], from_s + 9, from_s + 22, 600);
  call::Passage& in = exchange.ways[call::kDown];
  in.last_ns = in.last_sign_ns = exchange.last_answer_ns = at_second(from_s + 4);
  exchange.unanswered = 15;
  exchange.unanswered_from_ns = at_second(from_s + 5);
  story.up.lively = story.sends_when_muted = true;
  story.up.media_packets = 600;
  return story;
}

// The peer answers a check as our media begins, and is asked no more.
CallStory answered_once(double from_s, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 16, number);
  story.outcome = call::Outcome::one_way;
  call::Target& peer = add_relay(story, 10, 1, 1, from_s);
  peer.relay = false;
  speak(peer.exchange.ways[call::kUp], from_s + 1, from_s + 16, 400);
  call::Passage& in = peer.exchange.ways[call::kDown];
  in.last_ns = in.last_sign_ns = peer.exchange.last_answer_ns = at_second(from_s + 1.1);
  story.up.lively = story.sends_when_muted = true;
  story.up.media_packets = 400;
  return story;
}

}  // namespace

TEST_CASE("A pair that falls silent before the other end is heard") {
  CHECK(level_of({never_heard(0)}, "MEDIA.BLACKHOLE") == Level::anomalous);
  const Stories twice = {never_heard(0), never_heard(60, 2)};
  CHECK(level_of(twice, "MEDIA.BLACKHOLE") == Level::likely);
  CHECK_FALSE(is_found(twice, "MEDIA.ONEWAY.DOWN"));
  CHECK(find(judge_calls(twice), "MEDIA.BLACKHOLE")->after_packets == 25);
  // Without checks that failed it is seen, and no more.
  Stories unasked = twice;
  for (CallStory& story : unasked) story.targets[0].exchange.unanswered = 0;
  CHECK(level_of(unasked, "MEDIA.BLACKHOLE") == Level::observed);
  for (CallStory& story : unasked)
    story.targets[0].exchange.ways[call::kUp].media_last_ns = story.ts_first_ns + 18'900'000'000;
  CHECK(judge_calls(unasked).empty());
  Stories hardly = twice;
  for (CallStory& story : hardly) story.targets[0].exchange.ways[call::kDown].packets = 19;
  CHECK(judge_calls(hardly).empty());
  Stories offline = twice;
  for (CallStory& story : offline) {
    story.chat.replies = 0;
    story.around.tcp_answered = story.around.udp_answered = 0;
  }
  CHECK(judge_calls(offline).empty());
}

TEST_CASE("A peer that answered at first and is never heard takes three calls") {
  const Stories thrice = {answered_once(0), answered_once(60, 2), answered_once(120, 3)};
  CHECK(level_of({thrice[0]}, "MEDIA.ONEWAY.DOWN") == Level::anomalous);
  CHECK(level_of({thrice[0], thrice[1]}, "MEDIA.ONEWAY.DOWN") == Level::anomalous);
  CHECK(level_of(thrice, "MEDIA.ONEWAY.DOWN") == Level::likely);
  const auto all = [&](auto change) {
    Stories changed = thrice;
    for (CallStory& story : changed) change(story);
    return changed;
  };
  // Asked again in vain: the peer may have left.
  CHECK(
      judge_calls(all([](CallStory& story) { story.targets[0].exchange.unanswered = 1; })).empty());
  // A relay's answer is not the peer's.
  CHECK(judge_calls(all([](CallStory& story) { story.targets[0].relay = true; })).empty());
  // Long before.
  CHECK(judge_calls(all([](CallStory& story) {
          story.targets[0].exchange.last_answer_ns = story.ts_first_ns - 3'000'000'000;
        })).empty());
  const Stories muted = all([](CallStory& story) { story.sends_when_muted = false; });
  CHECK(level_of(muted, "MEDIA.ONEWAY.DOWN") == Level::observed);
}

TEST_CASE("Media that trickles in tells by its numbers alone that more was sent") {
  Stories thin = {unheard(0, 16), unheard(20, 36, 2)};
  for (CallStory& story : thin) {
    story.targets[0].exchange.ways[call::kDown].media_last_ns = story.ts_last_ns;
    story.numbered = {0, 17};
    story.missing = {0, 0};
  }
  CHECK(judge_calls(thin).empty());
  // Most of it is lost, and of 9 checks none: no chance.
  for (CallStory& story : thin) {
    story.targets[0].requests = story.targets[0].responses = 9;
    story.missing = {0, 23};
  }
  CHECK(level_of(thin, "MEDIA.ONEWAY.DOWN") == Level::likely);
  // 4 of 5 may be what remains of as many as of the media.
  for (CallStory& story : thin) {
    story.targets[0].requests = 5;
    story.targets[0].responses = 4;
  }
  CHECK(judge_calls(thin).empty());
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
    story.targets[0].exchange.ways[call::kDown].last_word_ns = story.ts_last_ns;
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
  CHECK(level_of({story, story, story}, "LOCAL_UDP_BLOCK") == Level::observed);
  story.around.udp_heard = 1;  // the application's own, minutes later
  CHECK(find(judge_calls(Stories{story, story, story}), "LOCAL_UDP_BLOCK") == nullptr);
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
