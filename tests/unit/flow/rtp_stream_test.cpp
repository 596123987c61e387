// Loss, jitter, clock and kind of one RTP stream.
#include "flow/rtp_stream.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "unit/flow/rtp_streams.hpp"

using namespace deadair;
using flow::RtpStream;
using flow::media_kind::kVideo;
using flow::media_kind::kVoice;
using namespace deadair::test;

TEST_CASE("A steady stream loses nothing and does not jitter") {
  RtpSender sender;  // its numbers and its timestamps wrap on the way
  const flow::RtpFacts facts = steady(sender, 1000, 160, 20).facts();
  CHECK(facts.ssrc == 7);
  CHECK(facts.payload_type == 111);
  CHECK(facts.packets == 1000);
  CHECK(facts.lost == 0);
  CHECK(facts.clock == 48000);
  REQUIRE(facts.jitter_ms);
  CHECK(*facts.jitter_ms < 0.001);
  CHECK(facts.kbps == Approx(64).epsilon(0.01));
  CHECK(facts.size_p50 >= 128);
  CHECK(facts.size_p90 <= 160);
  CHECK(facts.size_max == 160);
  CHECK(facts.last_ns - facts.first_ns == 999 * 20 * kMs);
  CHECK(facts.kinds == kVoice);
}

TEST_CASE("What never came is lost, across the wrap as well") {
  RtpSender sender;
  RtpStream stream;
  for (int i = 0; i < 1000; ++i) {
    const flow::RtpArrival packet = sender.packet(160, 20);
    if (i % 10 != 5) take(stream, packet);
  }
  CHECK(stream.facts().packets == 900);
  CHECK(stream.facts().lost == 100);
}

TEST_CASE("Reordering and duplicates are no loss") {
  RtpSender sender;
  std::vector<flow::RtpArrival> packets;
  for (int i = 0; i < 300; ++i) packets.push_back(sender.packet(160, 20));
  for (std::size_t i = 10; i + 4 < packets.size(); i += 9) std::swap(packets[i], packets[i + 3]);
  RtpStream stream;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    take(stream, packets[i]);
    if (i % 7 == 6) stream.add(packets[i]);
  }
  CHECK(stream.facts().packets == 300 + 300 / 7);
  CHECK(stream.facts().lost == 0);

  SECTION("and duplicates do not hide loss") {
    for (int i = 0; i < 5; ++i) sender.packet(160, 20);
    const flow::RtpArrival last = sender.packet(160, 20);
    for (int i = 0; i < 9; ++i) stream.add(last);
    CHECK(stream.facts().lost == 5);
  }
}

TEST_CASE("A packet from before the first one seen moves the beginning") {
  RtpSender sender;
  const flow::RtpArrival first = sender.packet(160, 20);
  RtpStream stream;
  take(stream, sender.packet(160, 20));
  take(stream, first);
  for (int i = 0; i < 50; ++i) take(stream, sender.packet(160, 20));
  CHECK(stream.facts().packets == 52);
  CHECK(stream.facts().lost == 0);
}

TEST_CASE("A restart keeps what was lost before and adds nothing") {
  RtpSender sender;
  RtpStream stream = steady(sender, 100, 160, 20);
  sender.sequence = static_cast<std::uint16_t>(sender.sequence + 3);
  for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
  REQUIRE(stream.facts().lost == 3);
  const double jitter = stream.facts().jitter_ms.value_or(99);

  sender.sequence = static_cast<std::uint16_t>(sender.sequence + 20000);
  sender.timestamp += 123456789;
  for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
  CHECK(stream.facts().packets == 300);
  CHECK(stream.facts().lost == 3);
  CHECK(stream.facts().jitter_ms.value_or(99) <= jitter + 0.001);
}

TEST_CASE("A stray packet neither loses nor restarts") {
  RtpSender sender;
  RtpStream stream = steady(sender, 100, 160, 20);
  flow::RtpArrival stray = sender.packet(160, 0);
  --sender.sequence;
  stray.sequence = static_cast<std::uint16_t>(stray.sequence + 30000);
  take(stream, stray);
  for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
  CHECK(stream.facts().packets == 201);
  CHECK(stream.facts().lost == 0);
}

// The formula of RFC 3550 appendix A.8 in floating point.
TEST_CASE("Jitter is that of RFC 3550") {
  RtpSender sender;
  sender.type = 0;
  sender.clock = 8000;
  RtpStream stream;
  double jitter = 0;
  double sum = 0;
  std::int64_t last_ns = 0;
  std::uint32_t last_timestamp = 0;
  for (int i = 0; i < 500; ++i) {
    flow::RtpArrival packet = sender.packet(160, 20);
    packet.ts_ns += (i * 7919 % 13) * kMs;
    if (i > 0) {
      const double sent = (packet.timestamp - last_timestamp) / 8.0;
      const double came = static_cast<double>(packet.ts_ns - last_ns) / kMs;
      jitter += (std::abs(came - sent) - jitter) / 16;
      sum += jitter;
    }
    last_ns = packet.ts_ns;
    last_timestamp = packet.timestamp;
    take(stream, packet);
  }
  REQUIRE(stream.facts().jitter_ms);
  CHECK(*stream.facts().jitter_ms == Approx(sum / 499).epsilon(0.001));
}

TEST_CASE("Clocks of dynamic types are read off timestamps") {
  for (const std::uint32_t hz : {8000U, 16000U, 24000U, 32000U, 48000U, 90000U}) {
    RtpSender sender;
    sender.clock = hz;
    CHECK(steady(sender, 200, 100, 20).facts().clock == hz);
  }
  RtpSender odd;
  odd.clock = 1000;
  const flow::RtpFacts facts = steady(odd, 200, 100, 20).facts();
  CHECK(facts.clock == 0);
  CHECK_FALSE(facts.jitter_ms);
}

TEST_CASE("Pictures on a video clock are video, whatever their size") {
  RtpSender sender;
  sender.clock = 90000;
  CHECK(pictures(sender, 100, 4, 1000).facts().kinds == kVideo);
  RtpSender small;
  small.clock = 90000;
  CHECK(pictures(small, 100, 1, 300).facts().kinds == kVideo);
}

TEST_CASE("An audio clock is voice even at music's sizes") {
  RtpSender sender;
  CHECK(steady(sender, 300, 700, 20).facts().kinds == kVoice);
}

TEST_CASE("A static type needs no clock") {
  for (const auto& [type, kind] : {std::pair{0, kVoice}, {9, kVoice}, {34, kVideo}, {26, kVideo}}) {
    RtpSender sender;
    sender.type = static_cast<std::uint8_t>(type);
    sender.clock = 1234;
    CHECK(steady(sender, 5, 200, 20).facts().kinds == kind);
  }
}

TEST_CASE("Without a clock sizes decide, or nothing does") {
  RtpSender voice;
  CHECK(steady(voice, 20, 120, 20).facts().kinds == kVoice);
  RtpSender video;
  CHECK(steady(video, 20, 900, 20).facts().kinds == kVideo);
  RtpSender between;
  RtpStream mixed;
  for (int i = 0; i < 20; ++i) take(mixed, between.packet(i % 3 == 0 ? 450 : 300, 20));
  CHECK(mixed.facts().kinds == 0);
  RtpSender few;
  CHECK(steady(few, 4, 900, 20).facts().kinds == 0);
  RtpSender frames;
  frames.clock = 90000;
  CHECK(pictures(frames, 10, 3, 390).facts().kinds == kVideo);
}

TEST_CASE("A tenth of large packets among small ones without a clock is video") {
  RtpSender sender;
  sender.clock = 1000;
  RtpStream stream;
  for (int i = 0; i < 90; ++i) {
    const bool slice = i % 6 == 0;
    take(stream, sender.packet(slice ? 1100 : 91, 20));
  }
  CHECK(stream.facts().kinds == kVideo);
}

TEST_CASE("Padding sent to probe the bandwidth is neither") {
  RtpSender sender;
  sender.ssrc = 0;
  sender.clock = 90000;
  CHECK(steady(sender, 200, 255, 10).facts().kinds == 0);
  RtpSender repair;
  repair.clock = 90000;
  CHECK(steady(repair, 200, 240, 10).facts().kinds == 0);
}

TEST_CASE("A telephone event does not look like pictures") {
  RtpSender sender;
  RtpStream stream = steady(sender, 100, 160, 20);
  sender.type = 101;
  const std::uint32_t event = sender.timestamp;
  for (int i = 0; i < 90; ++i) {
    sender.timestamp = event;
    take(stream, sender.packet(16, 20));
  }
  CHECK(stream.facts().kinds == kVoice);
  CHECK(stream.facts().payload_type == 111);
}

// Keys pressed in an outgoing call before anybody speaks: four bytes, the start's timestamp
// repeated.
TEST_CASE("Telephone events alone are neither") {
  RtpSender sender;
  sender.type = 101;
  sender.clock = 8000;
  RtpStream stream;
  const auto press = [&](int updates) {
    const std::uint32_t began = sender.timestamp;
    for (int i = 0; i < updates; ++i) {
      sender.timestamp = began;
      take(stream, sender.packet(4, 20));
    }
  };
  press(10);
  CHECK(stream.facts().kinds == 0);
  for (int i = 0; i < 40; ++i) press(4);
  CHECK(stream.facts().kinds == 0);

  SECTION("and silence of as few bytes is voice, for its timestamps move") {
    RtpSender quiet;
    CHECK(steady(quiet, 10, 4, 100).facts().kinds == kVoice);
  }
}

TEST_CASE("The main payload type is the one seen most") {
  RtpSender sender;
  sender.type = 13;
  RtpStream stream = steady(sender, 3, 20, 20);
  sender.type = 0;
  for (int i = 0; i < 100; ++i) take(stream, sender.packet(160, 20));
  CHECK(stream.facts().payload_type == 0);
}

TEST_CASE("Constant bytes in place of a sequence number prove nothing") {
  RtpSender sender;
  RtpStream stream;
  for (int i = 0; i < 100; ++i) {
    flow::RtpArrival packet = sender.packet(160, 20);
    packet.sequence = 4711;
    take(stream, packet);
  }
  CHECK_FALSE(stream.proven());
}
