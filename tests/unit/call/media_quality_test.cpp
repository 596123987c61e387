// One direction's media, from the streams of its flows.
#include "call/media_quality.hpp"

#include <vector>

#include "call/joined_stream.hpp"
#include "catch.hpp"

using namespace deadair;
using call::judge;
using call::MediaQuality;
using call::StreamSample;
using flow::media_kind::kVideo;
using flow::media_kind::kVoice;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// 50 packets a second from `first_s` on, the first of them with the number `base`.
StreamSample sample(std::uint32_t ssrc, std::uint8_t kinds, std::int64_t first_s,
                    std::uint64_t packets, std::uint64_t lost, std::uint32_t base = 1000) {
  StreamSample out;
  flow::RtpFacts& facts = out.facts;
  const std::uint64_t expected = packets + lost;
  facts.ssrc = ssrc;
  facts.kinds = kinds;
  facts.payload_type = kinds == kVideo ? 96 : 111;
  facts.clock = kinds == kVideo ? 90000 : 48000;
  facts.packets = packets;
  facts.lost = lost;
  facts.gaps = static_cast<std::uint32_t>(lost);
  facts.base = base;
  facts.highest = base + static_cast<std::uint32_t>(expected) - 1;
  facts.first_ns = first_s * kSecond;
  facts.last_ns = facts.first_ns + static_cast<std::int64_t>(expected - 1) * kSecond / 50;
  facts.first_timestamp = ssrc * 0x0123'4567;
  facts.last_timestamp =
      facts.first_timestamp + static_cast<std::uint32_t>((expected - 1) * facts.clock / 50);
  facts.jitter_ms = 5.0;
  facts.kbps = 32;
  return out;
}

MediaQuality of(const std::vector<StreamSample>& samples, std::optional<double> rtt_ms = {}) {
  return judge(samples, rtt_ms);
}

}  // namespace

TEST_CASE("A voice stream is judged by loss, jitter and round trip") {
  const MediaQuality quality = of({sample(1, kVoice, 0, 950, 50)}, 100.0);
  CHECK(quality.packets == 950);
  CHECK(quality.expected == 1000);
  CHECK(quality.loss.value_or(-1) == Approx(0.05));
  CHECK(quality.jitter_ms.value_or(-1) == Approx(5));
  CHECK(quality.kbps == Approx(32));
  CHECK(quality.one_way_ms.value_or(-1) == Approx(50 + 10 + 60));
  // 93.2 - 0.024 * 120 - 95 * 5 / 25
  CHECK(quality.mos.value_or(-1) == Approx(3.66).margin(0.01));

  SECTION("without a round trip, delay is left out") {
    const MediaQuality blind = of({sample(1, kVoice, 0, 950, 50)});
    CHECK_FALSE(blind.one_way_ms.has_value());
    CHECK(blind.mos.value_or(-1) > quality.mos.value_or(9));
  }
}

TEST_CASE("Nothing is said of nothing") {
  const MediaQuality quality = of({});
  CHECK_FALSE(quality.loss.has_value());
  CHECK_FALSE(quality.mos.has_value());
  CHECK(quality.packets == 0);
}

TEST_CASE("Without a clock there is loss and no score") {
  StreamSample unclocked = sample(1, kVoice, 0, 90, 10);
  unclocked.facts.clock = 0;
  unclocked.facts.jitter_ms.reset();
  const MediaQuality quality = of({unclocked});
  CHECK(quality.loss.value_or(-1) == Approx(0.1));
  CHECK_FALSE(quality.jitter_ms.has_value());
  CHECK_FALSE(quality.mos.has_value());
}

TEST_CASE("Voice is heard, pictures count in what is lost") {
  StreamSample picture = sample(2, kVideo, 0, 600, 400);
  picture.facts.jitter_ms = 40;
  picture.facts.freezes = 7;
  const MediaQuality quality = of({picture, sample(1, kVoice, 0, 1000, 0)});
  CHECK(quality.loss.value_or(-1) == Approx(0.2));
  CHECK(quality.heard_loss.value_or(-1) == 0);
  CHECK(quality.jitter_ms.value_or(-1) == Approx(5));
  CHECK(quality.freezes == 0);
  CHECK(quality.mos.value_or(-1) > 4.3);
  CHECK(quality.kbps == Approx(64).epsilon(0.01));
  CHECK_FALSE(of({picture}).mos.has_value());
  CHECK(of({picture}).jitter_ms.has_value());
}

TEST_CASE("Retransmissions count in nothing") {
  StreamSample repair = sample(2, kVideo, 0, 50, 50);
  repair.facts.repair = true;
  const MediaQuality quality = of({sample(1, kVoice, 0, 1000, 0), repair});
  CHECK(quality.loss.value_or(-1) == 0);
  CHECK(quality.packets == 1000);

  SECTION("told even where one flow alone could not tell") {
    StreamSample picture = sample(3, kVideo, 0, 1000, 0);
    StreamSample early = sample(4, kVideo, 0, 20, 10);
    early.facts.payload_type = 97;
    early.facts.first_timestamp = picture.facts.first_timestamp;
    early.facts.last_timestamp = picture.facts.first_timestamp + 29 * 1800;
    CHECK(of({picture, early}).loss.value_or(-1) == 0);
  }
}

TEST_CASE("A stream that one short flow took for a repair is none") {
  StreamSample begin = sample(1, kVideo, 0, 4, 0);
  begin.facts.repair = true;
  const MediaQuality quality = of({begin, sample(1, kVideo, 1, 900, 96, 1004)});
  CHECK(quality.packets == 904);
  CHECK(quality.expected == 1000);
}

TEST_CASE("A stream that changes its path loses what is missing between") {
  const StreamSample before = sample(1, kVoice, 0, 500, 0, 65300);
  // Its flow counts cycles anew: 65300 + 500 + 20 - 65536.
  const StreamSample after = sample(1, kVoice, 11, 480, 0, 284);
  const MediaQuality quality = of({before, after});
  CHECK(quality.packets == 980);
  CHECK(quality.expected == 1000);
  CHECK(quality.loss.value_or(-1) == Approx(0.02));

  SECTION("in whatever order the flows ended") { CHECK(of({after, before}).expected == 1000); }
  SECTION("even after more than a cycle") {
    const StreamSample middle = sample(1, kVoice, 11, 70000, 0, 284);
    const StreamSample last = sample(1, kVoice, 11 + 1400, 100, 0, (284 + 70000) % 65536);
    CHECK(of({before, middle, last}).expected == 500 + 20 + 70000 + 100);
  }
  SECTION("and lasts as long as both") {
    const auto joined = call::join(std::vector{before, after});
    REQUIRE(joined.size() == 1);
    CHECK(joined[0].facts.first_ns == before.facts.first_ns);
    CHECK(joined[0].facts.last_ns == after.facts.last_ns);
    CHECK(joined[0].facts.gaps == 1);
  }
}

TEST_CASE("Two paths with the same packets are not twice as many") {
  const MediaQuality quality =
      of({sample(1, kVoice, 0, 1000, 0), sample(1, kVoice, 5, 100, 0, 1250)});
  CHECK(quality.expected == 1000);
  CHECK(quality.loss.value_or(-1) == 0);
}

TEST_CASE("A long hole is no loss, and a restart joins nothing") {
  CHECK(of({sample(1, kVoice, 0, 500, 0), sample(1, kVoice, 200, 500, 0, 11000)}).expected == 1000);
  StreamSample anew = sample(1, kVoice, 11, 490, 10, 1520);
  anew.facts.restarted = true;
  const MediaQuality quality = of({sample(1, kVoice, 0, 500, 0), anew});
  CHECK(quality.expected == 1000);
  CHECK(quality.loss.value_or(-1) == Approx(0.01));
}

TEST_CASE("Freezes add up where streams follow each other, and not beside each other") {
  StreamSample first = sample(1, kVoice, 0, 500, 0);
  first.facts.freezes = 2;
  first.facts.frozen_ms = 900;
  StreamSample beside = sample(2, kVoice, 0, 400, 0);
  beside.facts.freezes = 1;
  StreamSample next = sample(3, kVoice, 10, 300, 0);
  next.facts.freezes = 3;
  next.facts.frozen_ms = 1000;
  const MediaQuality quality = of({first, beside, next});
  CHECK(quality.freezes == 5);
  CHECK(quality.frozen_ms == 1900);
}

TEST_CASE("Loss in bursts is heard more than loss spread evenly") {
  StreamSample bursts = sample(1, kVoice, 0, 900, 100);
  bursts.facts.gaps = 10;
  CHECK(of({bursts}).mos.value_or(9) < of({sample(1, kVoice, 0, 900, 100)}).mos.value_or(0));
}
