// The course of one RTP stream: its numbers, gaps, freezes, pace and delay.
#include <algorithm>
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "flow/rtp_stream.hpp"
#include "unit/flow/rtp_streams.hpp"

using namespace deadair;
using flow::RtpStream;
using flow::media_kind::kVideo;
using flow::media_kind::kVoice;
using namespace deadair::test;

TEST_CASE("First and last number are told beyond 16 bits, and duplicates aside") {
  RtpSender sender;  // begins at 65000
  RtpStream stream = steady(sender, 1000, 160, 20);
  flow::RtpArrival again = sender.packet(160, 20);
  take(stream, again);
  take(stream, again);
  const flow::RtpFacts facts = stream.facts();
  CHECK(facts.base == 65000);
  CHECK(facts.highest == 66000);
  CHECK(facts.packets == 1002);
  CHECK(facts.aside == 1);
  CHECK_FALSE(facts.restarted);

  SECTION("A restart begins anew") {
    sender.sequence = 20000;
    for (int i = 0; i < 10; ++i) take(stream, sender.packet(160, 20));
    CHECK(stream.facts().restarted);
    CHECK(stream.facts().highest - stream.facts().base == 8);
  }
}

TEST_CASE("A number from before the first, after a duplicate, moves the beginning") {
  RtpSender sender;
  const flow::RtpArrival first = sender.packet(160, 20);
  const flow::RtpArrival second = sender.packet(160, 20);
  RtpStream stream;
  take(stream, second);
  take(stream, second);
  take(stream, first);
  for (int i = 0; i < 50; ++i) take(stream, sender.packet(160, 20));
  CHECK(stream.facts().base == first.sequence);
  CHECK(stream.facts().lost == 0);
  CHECK(stream.facts().gaps == 0);
}

// Sends 100 packets but those of `lost`; then those of `late`, and 20 more.
static flow::RtpFacts with_gaps(const std::vector<int>& lost, const std::vector<int>& late) {
  RtpSender sender;
  RtpStream stream;
  std::vector<flow::RtpArrival> packets;
  for (int i = 0; i < 100; ++i) {
    packets.push_back(sender.packet(160, 20));
    if (std::find(lost.begin(), lost.end(), i) == lost.end()) take(stream, packets.back());
  }
  for (const int i : late) {
    flow::RtpArrival packet = packets[static_cast<std::size_t>(i)];
    packet.ts_ns = sender.now_ns;
    take(stream, packet);
  }
  for (int i = 0; i < 20; ++i) take(stream, sender.packet(160, 20));
  return stream.facts();
}

TEST_CASE("Runs of lost packets are counted, less those that came late") {
  CHECK(with_gaps({50, 51, 52, 60, 70, 71}, {}).gaps == 3);
  CHECK(with_gaps({50, 51, 52, 60, 70, 71}, {}).lost == 6);
  CHECK(with_gaps({50, 51, 52, 60}, {60}).gaps == 1);
  CHECK(with_gaps({50, 51, 52, 60}, {51}).gaps == 3);
  CHECK(with_gaps({50, 51, 52, 60}, {51, 50, 52}).gaps == 1);
  CHECK(with_gaps({50, 51, 52, 60}, {50, 51, 52, 60}).gaps == 0);
  CHECK(with_gaps({50, 51, 52, 60}, {50, 51, 52, 60}).lost == 0);
  CHECK(with_gaps({50, 51, 52, 60}, {50, 51, 52, 60}).freezes == 0);
}

TEST_CASE("A packet that comes late says nothing of the delay") {
  const flow::RtpFacts facts = with_gaps({90, 91}, {90, 91});
  REQUIRE(facts.jitter_ms);
  CHECK(*facts.jitter_ms < 0.001);
}

TEST_CASE("Media that stops though the sender goes on is frozen") {
  RtpSender sender;
  RtpStream stream = steady(sender, 200, 160, 20);

  SECTION("late packets") {
    sender.now_ns += 300 * kMs;
    for (int i = 0; i < 15; ++i) {
      take(stream, sender.packet(160, 20));
      sender.now_ns -= 20 * kMs;
    }
    for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
    CHECK(stream.facts().freezes == 1);
    CHECK(stream.facts().frozen_ms == 300);
  }
  SECTION("a run of lost ones") {
    for (int i = 0; i < 50; ++i) sender.packet(160, 20);
    for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
    CHECK(stream.facts().freezes == 1);
    CHECK(stream.facts().frozen_ms == Approx(1020).margin(1));
  }
  SECTION("but not for 180 ms") {
    sender.now_ns += 180 * kMs;
    for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
    CHECK(stream.facts().freezes == 0);
  }
  SECTION("nor where the sender falls silent, and a packet beside it is lost") {
    for (int i = 0; i < 20; ++i) {
      sender.pass(2000);
      if (i % 2 == 0) sender.packet(160, 20);
      take(stream, sender.packet(160, 20));
    }
    CHECK(stream.facts().freezes == 0);
  }
}

TEST_CASE("Silence suppression of three packets a second is lively, a probe a second is not") {
  RtpSender slow;
  CHECK(steady(slow, 10, 40, 333).facts().lively);
  RtpSender slower;
  CHECK_FALSE(steady(slower, 100, 40, 900).facts().lively);
  RtpSender few;
  CHECK_FALSE(steady(few, 9, 40, 20).facts().lively);
  RtpSender burst;
  CHECK(steady(burst, 10, 40, 20).facts().lively);
}

TEST_CASE("The trend of the delay is that of its lower envelope") {
  const auto trend = [](std::int64_t total_ms, int seconds, std::int64_t noise_ms) {
    RtpSender sender;
    RtpStream stream;
    const int count = seconds * 50;
    for (int i = 0; i < count; ++i) {
      flow::RtpArrival packet = sender.packet(160, 20);
      packet.ts_ns += total_ms * kMs * i / count + (noise_ms > 0 ? i * 7919 % noise_ms : 0) * kMs;
      take(stream, packet);
    }
    return stream.facts().delay_trend_ms;
  };
  CHECK_FALSE(trend(0, 9, 0).has_value());
  CHECK(trend(0, 60, 0).value_or(99) == Approx(0).margin(1.1));
  CHECK(trend(0, 60, 19).value_or(99) == Approx(0).margin(8));
  CHECK(trend(300, 60, 0).value_or(99) == Approx(280).margin(25));
  CHECK(trend(-120, 60, 10).value_or(99) == Approx(-110).margin(15));

  SECTION("unless no clock is known") {
    RtpSender odd;
    odd.clock = 1000;
    CHECK_FALSE(steady(odd, 1000, 160, 20).facts().delay_trend_ms.has_value());
  }
  SECTION("and a restart of the numbers does not disturb it") {
    RtpSender sender;
    RtpStream stream = steady(sender, 500, 160, 20);
    sender.sequence = static_cast<std::uint16_t>(sender.sequence + 20000);
    sender.timestamp += 1'234'567'890;
    for (int i = 0; i < 1000; ++i) take(stream, sender.packet(160, 20));
    CHECK(stream.facts().delay_trend_ms.value_or(99) == Approx(0).margin(1.1));
  }
}

TEST_CASE("Time that stands still or runs back harms nothing") {
  RtpSender sender;
  RtpStream stream;
  for (int i = 0; i < 5000; ++i) {
    flow::RtpArrival packet = sender.packet(160, 20);
    packet.ts_ns = (i % 3 - 1) * 4'000'000'000'000'000'000;
    take(stream, packet);
  }
  CHECK(stream.facts().packets == 5000);
  CHECK(stream.facts().lost == 0);
}
