// Media that one end itself leaves out: the client's own silence, a callee whose network is gone.
#include "unit/interference/call_judging.hpp"

using namespace deadair;
using namespace deadair::test;

TEST_CASE("A client that sends nothing itself is not kept from talking") {
  CallStory story = talked(0, 16, 16, 16);
  story.outcome = call::Outcome::one_way;
  call::Passage& out = story.targets.front().exchange.ways[call::kUp];
  out.media_packets = 0;
  out.media_first_ns = out.media_last_ns = 0;
  out.lively = story.up.lively = false;
  story.up.media_packets = 0;
  out.last_sign_ns = out.last_sender_report_ns = at_second(16);
  CallStory again = story;
  again.number = 2;
  CHECK(level_of({story, again}, "MEDIA.ONEWAY.DOWN") == Level::likely);  // beside the other end
  CHECK(interference::fate_of(story) == Fate::failed);
  story.at_client = again.at_client = true;
  CHECK(level_of({story, again}, "MEDIA.ONEWAY.DOWN") == Level::observed);
  const std::vector<Finding> findings = judge_calls(Stories{story, again});
  CHECK(find(findings, "MEDIA.ONEWAY.DOWN")->text.find("this end itself sent none") !=
        std::string::npos);
  CHECK(interference::fate_of(story) == Fate::unseen);
}

TEST_CASE("One and the same callee may have lost his network each time") {
  // 5, 6.5 and 8 s of media, then nothing whatever; the relay was asked nothing more.
  Stories stories;
  for (const double after : {5.0, 6.5, 8.0}) {
    const double from = 40.0 * static_cast<double>(stories.size());
    CallStory story = talked(from, from + 30, from + after, from + after, stories.size() + 1);
    story.targets.front().exchange.unanswered = 0;
    story.targets.front().exchange.unanswered_from_ns = 0;
    stories.push_back(story);
  }
  CHECK(level_of(stories, "MEDIA.BLACKHOLE") == Level::anomalous);
  // A relay that falls silent itself is none of the callee's doing.
  Stories relay = stories;
  for (std::size_t i = 0; i < relay.size(); ++i) {
    call::Exchange& exchange = relay[i].targets.front().exchange;
    exchange.unanswered = 8;
    exchange.unanswered_from_ns = exchange.last_answer_ns + at_second(1) - at_second(0);
  }
  CHECK(level_of(relay, "MEDIA.BLACKHOLE") == Level::likely);
  // Nor is what ends two callees in different networks.
  Stories others = stories;
  for (std::size_t i = 0; i < others.size(); ++i) {
    call::Target& peer = add_relay(others[i], 60, 3, 3, 40.0 * static_cast<double>(i));
    peer.relay = false;
    peer.exchange.granted = 0;
    peer.at.ip = IpAddress::v4(0x5000'0001 + (static_cast<std::uint32_t>(i % 2) << 20));
    peer.exchange.last_answer_ns = peer.exchange.ways[call::kDown].last_ns =
        at_second(40.0 * static_cast<double>(i) + 2);
  }
  CHECK(level_of(others, "MEDIA.BLACKHOLE") == Level::likely);
}

TEST_CASE(
    "Calls of one callee that end alike were counted only where chance does not bring it about") {
  const auto level = [](std::initializer_list<double> lengths, bool heard = true) {
    Stories stories;
    for (const double length : lengths) {
      const double from = 40.0 * static_cast<double>(stories.size());
      CallStory story =
          talked(from, from + 30, from + 1 + length, from + 1 + length, stories.size() + 1);
      call::Exchange& exchange = story.targets.front().exchange;
      exchange.unanswered = 0;
      exchange.unanswered_from_ns = 0;
      if (!heard) {
        call::Passage& in = exchange.ways[call::kDown];
        in.lively = story.down.lively = false;
        exchange.unanswered = 8;
        exchange.unanswered_from_ns = exchange.last_answer_ns + at_second(1) - at_second(0);
        story.targets.front().relay = false;
      }
      stories.push_back(story);
    }
    return level_of(stories, "MEDIA.BLACKHOLE");
  };
  CHECK(level({5.0, 5.05, 5.1}) == Level::likely);
  CHECK(level({5.0, 5.2, 5.4}) == Level::anomalous);
  CHECK(level({5.0, 5.2, 5.4, 5.1, 5.3}) == Level::likely);
  // What came before was none of the other end's media.
  CHECK(level({5.0, 5.05, 5.1}, false) == Level::anomalous);
}

TEST_CASE("One who says little by the way a call took since has not fallen silent") {
  Stories stories;
  for (const double from : {40.0, 80.0}) {
    CallStory story = talked(from, from + 30, from + 4, from + 30, stories.size() + 1);
    call::Target& peer = add_relay(story, 60, 1, 1, from + 4);
    peer.relay = false;
    speak(peer.exchange.ways[call::kUp], from + 4, from + 30, 1000);
    stories.push_back(story);
  }
  CHECK(is_found(stories, "MEDIA.BLACKHOLE"));
  for (CallStory& story : stories) {
    call::Passage& in = story.targets[1].exchange.ways[call::kDown];
    in.media_packets = 30;  // one in a second
    in.last_numbered_ns = in.media_last_ns = in.last_ns = story.ts_last_ns;
  }
  CHECK_FALSE(is_found(stories, "MEDIA.BLACKHOLE"));
}

TEST_CASE("Where media moved, it is counted by all ways") {
  CallStory story = talked(0, 30, 11, 11);
  call::Target& peer = add_relay(story, 60, 1, 1, 6);
  speak(peer.exchange.ways[call::kDown], 11, 17, 300);
  const std::vector<Finding> findings = judge_calls(Stories{story});
  REQUIRE(find(findings, "MEDIA.BLACKHOLE") != nullptr);
  CHECK(find(findings, "MEDIA.BLACKHOLE")->after_packets == 800);
  CHECK(find(findings, "MEDIA.BLACKHOLE")->after_ms == 16'000);
}

TEST_CASE("A relay that goes on answering says nothing of the callee") {
  // The callee's network was lost in two calls: the relay answers our checks, and nothing of hers
  // comes.
  Stories stories;
  for (std::uint64_t number : {1, 2}) {
    const double from = 50.0 * static_cast<double>(number);
    stories.push_back(
        talked(from, from + 20, from + 6 + static_cast<double>(number), from + 20, number));
  }
  CHECK(level_of(stories, "MEDIA.BLACKHOLE") == Level::anomalous);
  // Her own reports come by way of it.
  for (CallStory& story : stories)
    story.targets[0].exchange.ways[call::kDown].last_report_ns = story.ts_last_ns;
  CHECK(level_of(stories, "MEDIA.BLACKHOLE") == Level::likely);
}

TEST_CASE("A client that falls silent itself is not cut off") {
  const auto muted = [](std::uint64_t number) {
    const double from = 50.0 * static_cast<double>(number);
    CallStory story = talked(from, from + 8, from + 30, from + 30, number);
    call::Passage& up = story.targets[0].exchange.ways[call::kUp];
    up.last_sign_ns = up.last_ns = up.last_sender_report_ns = at_second(from + 29);
    story.outcome = call::Outcome::cut;
    story.end_ns = story.up.media_last_ns = up.media_last_ns;
    story.down.media_last_ns = at_second(from + 30);
    return story;
  };
  Stories stories = {muted(1), muted(2)};
  CHECK(level_of(stories, "MEDIA.BLACKHOLE") == Level::likely);  // beside the other end
  CHECK(interference::fate_of(stories[0]) == Fate::failed);
  for (CallStory& story : stories) story.at_client = true;
  CHECK_FALSE(is_found(stories, "MEDIA.BLACKHOLE"));
  CHECK(interference::fate_of(stories[0]) == Fate::unseen);
}

TEST_CASE("A line that died in the midst of calls cut none of them off") {
  Stories stories;
  for (const double from : {50.0, 100.0}) {
    stories.push_back(talked(from, from + 20, from + 8, from + 8, stories.size() + 1));
    stories.back().outcome = call::Outcome::cut;
  }
  CHECK(level_of(stories, "MEDIA.BLACKHOLE") == Level::likely);
  for (CallStory& story : stories) story.around.line_unseen = true;
  CHECK(level_of(stories, "MEDIA.BLACKHOLE") == Level::observed);
}
