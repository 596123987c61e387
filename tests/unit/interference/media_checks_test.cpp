// Checks that go unanswered beside media.
#include "unit/interference/call_judging.hpp"

using namespace deadair;
using namespace deadair::test;

TEST_CASE("Checks fail by all ports of a host together, to which ICE may move a call") {
  const auto moved = [](std::uint32_t to, std::uint64_t number) {
    const double from = 60.0 * static_cast<double>(number);
    CallStory story = talked(from, from + 4, from + 4, from + 4, number);
    story.ts_last_ns = at_second(from + 12);
    story.outcome = call::Outcome::cut;
    call::Target& next = add_relay(story, to, 6, 0, from + 4);
    next.at.port = 19305;
    speak(next.exchange.ways[call::kUp], from + 4, from + 12, 30);  // hardly speaks
    next.exchange.unanswered = 6;
    next.exchange.unanswered_from_ns = at_second(from + 5);
    story.targets[0].exchange.ways[call::kUp].media_packets = 10;
    return story;
  };
  CHECK(level_of({moved(10, 1)}, "MEDIA.BLACKHOLE") == Level::anomalous);
  CHECK(level_of({moved(10, 1), moved(10, 2)}, "MEDIA.BLACKHOLE") == Level::likely);
  CHECK_FALSE(is_found({moved(11, 1), moved(11, 2)}, "MEDIA.BLACKHOLE"));
}

TEST_CASE("Whoever goes on to report and to check has not heard us by that") {
  Stories stories = {talked(0, 20, 20, 10), talked(30, 50, 50, 40, 2)};
  for (CallStory& story : stories)
    story.targets[0].exchange.ways[call::kDown].last_sign_ns = story.ts_last_ns;
  CHECK(level_of({stories[0]}, "MEDIA.ONEWAY.UP") == Level::anomalous);
  CHECK(level_of(stories, "MEDIA.ONEWAY.UP") == Level::likely);
  Stories denied = stories;
  for (CallStory& story : denied) {
    story.targets[0].exchange.reports = 4;
    story.targets[0].exchange.reported_loss = 1;
  }
  CHECK(judge_calls(denied).empty());
  // Half of all checks were lost before as well.
  Stories lossy = stories;
  for (CallStory& story : lossy) story.targets[0].responses = 8;
  CHECK(judge_calls(lossy).empty());
  Stories few = stories;
  for (CallStory& story : few) story.targets[0].exchange.unanswered = 2;
  CHECK(judge_calls(few).empty());
}
