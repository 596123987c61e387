// The rungs of the comparisons one by one.
#include "interference/differential.hpp"

#include "catch.hpp"
#include "interference/verdicts.hpp"
#include "unit/interference/call_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::bound_text;
using interference::CallTally;
using interference::Finding;
using interference::Level;
using interference::Scope;

namespace {

using Stories = std::vector<CallStory>;

// `count` failures of 13 s, one every 20 s.
Stories failures(unsigned count, double from_s = 0) {
  Stories out;
  for (unsigned i = 0; i < count; ++i) out.push_back(silent_call(from_s + 20 * i, i + 1));
  return out;
}
void append(Stories& to, const Stories& more) { to.insert(to.end(), more.begin(), more.end()); }

std::vector<Finding> compared(const Stories& stories) {
  const std::vector<Finding> findings = interference::judge_calls(stories);
  const std::vector<CallTally> tallies = interference::tally_calls(stories);
  return interference::compare_calls(tallies.front(), tallies, findings);
}
Level blocked(const Stories& stories) {
  const std::vector<Finding> findings = compared(stories);
  const Finding* finding = find(findings, "DIFF.CALLS_BLOCKED");
  return finding == nullptr ? Level::observed : finding->level;
}
// Two sessions, 3 calls each.
Stories evening() {
  Stories out = failures(3);
  append(out, failures(3, 2000));
  return out;
}

}  // namespace

TEST_CASE("The bound is told with the counts") {
  CHECK(bound_text(0, 5) == "0 of 5 connected: true success <= 0.45");
  CHECK(bound_text(5, 5, "worked") == "5 of 5 worked");
}

TEST_CASE("Two failures are odd, three likely") {
  CHECK(blocked(failures(1)) == Level::observed);
  CHECK(blocked(failures(2)) == Level::anomalous);
  CHECK(blocked(failures(3)) == Level::likely);
  const std::vector<Finding> findings = compared(failures(3));
  CHECK(findings.front().text ==
        "3 calls of whatsapp failed while 36 exchanges were answered (0 of 3 connected: true "
        "success <= 0.63).");
  CHECK(findings.front().frames.size() == 3);
  CHECK_FALSE(findings.front().alternatives.empty());
}

TEST_CASE("Sessions apart and a differential control confirm a pattern") {
  CHECK(blocked(evening()) == Level::likely);
  Stories tunnelled = evening();
  tunnelled.back().around.calls_tunnelled = 3;
  CHECK(blocked(tunnelled) == Level::confirmed_pattern);
  tunnelled.back().around.calls_tunnelled = 2;
  CHECK(blocked(tunnelled) == Level::likely);
  // All in one sitting, by one device.
  Stories sitting = failures(6);
  sitting.back().around.calls_tunnelled = 3;
  CHECK(blocked(sitting) == Level::likely);
  sitting.front().client.ip = IpAddress::v4(0xc0a8'4d03);
  CHECK(blocked(sitting) == Level::confirmed_pattern);
  // Four are too few.
  Stories four = failures(2);
  append(four, failures(2, 2000));
  four.back().around.calls_tunnelled = 3;
  CHECK(blocked(four) == Level::likely);
}

TEST_CASE("One call that connects, by the same networks, is enough against a block") {
  Stories stories = evening();
  stories.push_back(talked(3000, 3060, 3060, 3060, 9));
  CHECK(blocked(stories) == Level::observed);
}

TEST_CASE("Calls through some networks fail and through others connect") {
  Stories stories = evening();
  for (unsigned i = 0; i < 3; ++i) {
    CallStory good = talked(4000 + 100 * i, 4060 + 100 * i, 4060 + 100 * i, 4060 + 100 * i, 20 + i);
    good.targets.front().at.ip = IpAddress::v4(0xcb00'7129);
    good.scope = Scope::domestic;
    stories.push_back(good);
  }
  CHECK(blocked(stories) == Level::likely);
  for (unsigned i = 0; i < 6; ++i) stories[i].scope = Scope::international;
  CHECK(blocked(stories) == Level::confirmed_pattern);
  stories.pop_back();
  CHECK(blocked(stories) == Level::observed);
}

TEST_CASE("Two applications that begin to fail together") {
  Stories stories;
  for (const std::string_view app : {"whatsapp", "telegram"}) {
    for (unsigned i = 0; i < 3; ++i) {
      stories.push_back(talked(100 * i, 100 * i + 60, 100 * i + 60, 100 * i + 60, i + 1));
      stories.back().app = app;
    }
    Stories bad = failures(3, 400);
    append(bad, failures(3, 2600));
    for (CallStory& story : bad) {
      story.app = app;
      for (call::Target& target : story.targets)
        target.at.ip = IpAddress::v4(0x0a0b'0c0d + target.at.ip.v4() % 256);
    }
    append(stories, bad);
  }
  CHECK(blocked(stories) == Level::confirmed_pattern);
  for (CallStory& story : stories)
    if (story.app == "telegram") {
      story.ts_first_ns += 600'000'000'000;
      story.ts_last_ns += 600'000'000'000;
    }
  CHECK(blocked(stories) == Level::likely);
}

TEST_CASE("Text must work, and more often than chance gives") {
  Stories stories = evening();
  for (CallStory& story : stories) story.chat.replies = 0;
  CHECK(blocked(stories) == Level::observed);
  stories.front().chat.replies = 2;
  CHECK(blocked(stories) == Level::observed);  // nothing tells of text around the others
  for (CallStory& story : stories) story.text_near = true;
  CHECK(blocked(stories) == Level::anomalous);
  std::vector<CallTally> tallies = interference::tally_calls(evening());
  const Stories good = evening();
  const std::vector<Finding> findings = interference::judge_calls(good);
  tallies = interference::tally_calls(good);
  tallies.front().text.failed = 9;  // of 81
  CHECK(compare_calls(tallies.front(), tallies, findings).empty());
}

TEST_CASE("Without other UDP, a mechanism, or a second relay it is not likely") {
  Stories no_udp = evening();
  for (CallStory& story : no_udp) story.around.udp_answered = 0;
  CHECK(blocked(no_udp) == Level::anomalous);
  Stories outage = evening();
  for (CallStory& story : outage) story.around.stun_elsewhere = 2;
  CHECK(blocked(outage) == Level::anomalous);
  Stories one = evening();
  for (CallStory& story : one) story.targets.resize(1);
  CHECK(blocked(one) == Level::anomalous);
}

TEST_CASE("A LAN without UDP gives no comparison") {
  Stories stories = evening();
  for (CallStory& story : stories) {
    story.around.udp_answered = 0;
    story.around.udp_silent = 4;
  }
  CHECK(blocked(stories) == Level::observed);
}

TEST_CASE("Degraded calls need a mechanism") {
  Stories stories;
  for (unsigned i = 0; i < 3; ++i) {
    stories.push_back(talked(100 * i, 100 * i + 60, 100 * i + 60, 100 * i + 60, i + 1));
    stories.back().outcome = call::Outcome::degraded;
  }
  CHECK(compared(stories).empty());
  Finding cap;
  cap.id = "THROTTLE.UDPCAP";
  cap.app = "whatsapp";
  cap.level = Level::likely;
  const std::vector<CallTally> tallies = interference::tally_calls(stories);
  const std::vector<Finding> found =
      interference::compare_calls(tallies.front(), tallies, std::vector<Finding>{cap});
  REQUIRE(found.size() == 1);
  CHECK(found.front().id == "DIFF.CALLS_DEGRADED");
  CHECK(found.front().level == Level::likely);
  cap.id = "MEDIA.ONEWAY.UP";  // does not make calls bad
  CHECK(interference::compare_calls(tallies.front(), tallies, std::vector<Finding>{cap}).empty());
  cap.id = "THROTTLE.UDPCAP";
  cap.app = "skype";
  CHECK(interference::compare_calls(tallies.front(), tallies, std::vector<Finding>{cap}).empty());
}

TEST_CASE("Calls with pictures fail where those without connect") {
  Stories stories;
  for (unsigned i = 0; i < 8; ++i) {
    stories.push_back(talked(100 * i, 100 * i + 60, 100 * i + 60, 100 * i + 60, i + 1));
    stories.back().kinds = i < 4 ? 1 : 3;
    if (i >= 4) stories.back().outcome = call::Outcome::degraded;
  }
  std::vector<Finding> found = compared(stories);
  REQUIRE(find(found, "DIFF.VIDEO_ONLY") != nullptr);
  CHECK(find(found, "DIFF.VIDEO_ONLY")->level == Level::anomalous);
  stories.back().outcome = call::Outcome::connected;
  found = compared(stories);
  CHECK(find(found, "DIFF.VIDEO_ONLY") == nullptr);
}

TEST_CASE("Calls that connected and were no use have not failed to come about") {
  const auto said = [](const Stories& stories) {
    const std::vector<Finding> findings = interference::judge_calls(stories);
    return interference::judge_applications(stories, {}, {}, findings).verdicts.front().text;
  };
  Stories stories;
  for (const double from : {0.0, 100.0, 200.0}) {
    stories.push_back(talked(from, from + 60, from + 60, from + 60, stories.size() + 1));
    stories.back().outcome = call::Outcome::degraded;
  }
  CHECK(said(stories) ==
        "All 3 calls of whatsapp connected and could not be used; innocent causes are not "
        "excluded.");
  stories.push_back(silent_call(1000, 7));
  CHECK(said(stories) ==
        "All 4 calls of whatsapp failed or could not be used; innocent causes are not excluded.");
}
