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
