// Tests peer-to-peer Skype over UDP: what single datagrams, and what several together, may claim.
#include <algorithm>
#include <array>

#include "catch.hpp"
#include "skype/signatures.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::skype {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Direction;
using classify::Service;

constexpr std::int64_t kIn2015 = 1'431'970'000'000'000'000;
constexpr std::int64_t kIn2020 = 1'589'000'000'000'000'000;
const char* const kSupernode = "157.55.130.155";

Bytes noise(std::size_t size, std::uint32_t seed) {
  Bytes out;
  std::uint32_t x = seed * 2'654'435'761U + 12'345;
  for (std::size_t i = 0; i < size; ++i) {
    x = x * 1'103'515'245U + 12'345U;
    out.push_back(static_cast<std::uint8_t>(x >> 16));
  }
  return out;
}

Bytes datagram(std::uint16_t id, std::uint8_t function, std::size_t size) {
  return Bytes{static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id), function} +
         noise(size - 3, static_cast<std::uint32_t>(id) * 31U + function);
}

// A flow whose datagrams are shown to the classifier one after the other.
struct Talk {
  classify::FlowFacts flow;
  std::vector<classify::Glimpse> history;
  std::int64_t now = kIn2015;

  explicit Talk(std::string_view server = "192.0.2.77", std::uint16_t port = 26635)
      : flow(udp_flow(server, port)) {}

  Outcome say(Direction direction, const Bytes& payload) {
    classify::Datagram seen;
    seen.payload = seen.inner = view(payload);
    seen.wire_len = seen.inner_len = static_cast<std::uint32_t>(payload.size());
    seen.direction = direction;
    seen.ts_ns = now;
    flow.earlier = history;
    Outcome outcome;
    outcome.answer = classifiers::skype::instance().on_datagram(flow, seen, outcome);
    ++flow.datagrams;
    remember(direction, payload);
    return outcome;
  }
  Outcome up(const Bytes& payload) { return say(Direction::up, payload); }
  Outcome down(const Bytes& payload) { return say(Direction::down, payload); }

 private:
  void remember(Direction direction, const Bytes& payload) {
    if (history.size() == classify::kMostGlimpses) return;
    classify::Glimpse glimpse;
    glimpse.held = static_cast<std::uint8_t>(std::min(payload.size(), glimpse.bytes.size()));
    std::copy_n(payload.begin(), glimpse.held, glimpse.bytes.begin());
    glimpse.direction = direction;
    glimpse.wire_len = static_cast<std::uint16_t>(payload.size());
    history.push_back(glimpse);
  }
};

Bytes refusal(std::uint16_t id, std::string_view address) {
  return Bytes{static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id), 0x07} +
         hex(address) + hex("0badcafe");
}

Bytes resend(std::uint16_t id, std::size_t size) {
  return Bytes{static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id), 0x03, 0x01} +
         noise(size - 4, id);
}

TEST_CASE("skype: a probe counts at a supernode of Microsoft's in its time only") {
  const Bytes probe = datagram(0x9b90, 0x02, 34);
  const Outcome there = Talk(kSupernode, 40022).up(probe);
  CHECK(there.signal() == "SKYPE.UDP.SUPERNODE");
  CHECK_FALSE(there.certain());
  CHECK(there.claims.front().service == Service::text);
  for (const std::uint16_t port : std::array<std::uint16_t, 3>{33033, 12350, 443})
    CHECK(Talk(kSupernode, port).up(probe).signal() == "SKYPE.UDP.SUPERNODE");

  CHECK(Talk(kSupernode, 40100).up(probe).claims.empty());
  CHECK(Talk("192.0.2.77", 40022).up(probe).claims.empty());
  CHECK(Talk(kSupernode, 40022).up(datagram(0x9b90, 0x04, 34)).claims.empty());
  CHECK(Talk(kSupernode, 40022).up(datagram(0x9b90, 0x02, 60)).claims.empty());
  for (const std::int64_t time : {kIn2020, std::int64_t{0}}) {
    Talk later(kSupernode, 40022);
    later.now = time;
    CHECK(later.up(probe).claims.empty());
  }
}

TEST_CASE("skype: a supernode's answers are seen without the questions") {
  CHECK(Talk(kSupernode, 40022).down(datagram(0x1234, 0x02, 28)).signal() == "SKYPE.UDP.SUPERNODE");
  CHECK(Talk(kSupernode, 40022).down(refusal(0x1234, "c0000299")).signal() ==
        "SKYPE.UDP.SUPERNODE");
}

TEST_CASE("skype: three probes of a host with rising ids") {
  Talk talk;
  CHECK(talk.up(datagram(0x9cf4, 0x02, 18)).claims.empty());
  CHECK(talk.up(datagram(0x9e6d, 0x02, 18)).claims.empty());
  CHECK(talk.up(datagram(0x9e80, 0x02, 18)).signal() == "SKYPE.UDP.PROBES");

  Talk falling;
  falling.up(datagram(0x9e80, 0x02, 18));
  falling.up(datagram(0x9e6d, 0x02, 18));
  CHECK(falling.up(datagram(0x9cf4, 0x02, 18)).claims.empty());

  Talk constant;  // a counter before a header that stays
  for (const char* counter : {"0001", "0002", "0003"})
    CHECK(constant.up(hex(counter) + hex("02 01020304 0506070809101112131415")).claims.empty());
}

TEST_CASE("skype: refusal and repetition belong together") {
  Talk talk;
  CHECK(talk.up(datagram(0x4a10, 0x02, 18)).claims.empty());
  CHECK(talk.down(refusal(0x4a10, "c6336407")).signal() == "SKYPE.UDP.HANDSHAKE");
  CHECK(talk.up(resend(0x4a10, 23)).signal() == "SKYPE.UDP.HANDSHAKE");

  Talk one_way;
  one_way.up(datagram(0x4a10, 0x02, 18));
  CHECK(one_way.up(resend(0x4a10, 23)).signal() == "SKYPE.UDP.HANDSHAKE");
  CHECK(one_way.up(resend(0x4a10, 24)).claims.empty());
  CHECK(one_way.up(resend(0x4a12, 23)).claims.empty());

  CHECK(Talk().down(refusal(0x4a10, "0a000002")).signal() == "SKYPE.UDP.HANDSHAKE");
  CHECK(Talk().down(refusal(0x4a10, "0a000003")).claims.empty());
  Talk other;
  other.up(datagram(0x4a10, 0x02, 18));
  CHECK(other.down(refusal(0x4a11, "c6336407")).claims.empty());
}

TEST_CASE("skype: data behind a handshake is a call") {
  Talk talk;
  talk.up(datagram(0x4a10, 0x02, 18));
  talk.down(refusal(0x4a10, "c6336407"));
  talk.up(resend(0x4a10, 23));
  talk.down(datagram(0x2230, 0x02, 18));
  Outcome last;
  for (std::uint16_t i = 0; i < 9; ++i) {
    const auto id = static_cast<std::uint16_t>(0x5000 + 2 * i);
    last = talk.say(i % 2 == 0 ? Direction::up : Direction::down,
                    datagram(id, static_cast<std::uint8_t>(0x0d + 16 * (i % 8)), 90));
  }
  CHECK(last.signal() == "SKYPE.UDP.DATA");
  CHECK(last.certain());
  REQUIRE(last.claims.front().service == Service::call);
  REQUIRE(last.claims.front().unframe != nullptr);
  classify::Media media;
  const Bytes voice = datagram(0x6000, 0x1d, 90);
  CHECK(last.claims.front().unframe(view(voice), voice.size(), media));
  CHECK(media.opaque_len == 87);
  CHECK_FALSE(last.claims.front().unframe(view(datagram(0x6000, 0x02, 90)), 90, media));
  CHECK_FALSE(last.claims.front().unframe(view(cut(voice, 3)), 3, media));
}

TEST_CASE("skype: data alone is a guess, and other protocols' headers are none") {
  Talk talk;
  Outcome last;
  for (std::uint16_t i = 0; i < 13; ++i)
    last = talk.up(datagram(static_cast<std::uint16_t>(0x5000 + 2 * i), 0x0d, 90));
  CHECK(last.signal() == "SKYPE.UDP.DATA");
  CHECK_FALSE(last.certain());

  Talk still;
  for (std::uint16_t i = 0; i < 13; ++i)
    CHECK(still.up(hex("5a5a 0d 00000000") + noise(60, i)).claims.empty());
  Talk mixed;
  for (std::uint16_t i = 0; i < 13; ++i)
    CHECK(mixed.up(datagram(static_cast<std::uint16_t>(0x5000 + i), i % 2 == 0 ? 0x0d : 0x08, 60))
              .claims.empty());
}

TEST_CASE("skype: a handshake without data is signalling") {
  Talk talk;
  talk.up(datagram(0x4a10, 0x02, 18));
  talk.down(refusal(0x4a10, "c6336407"));
  talk.up(resend(0x4a10, 23));
  Outcome last;
  for (std::uint16_t i = 0; i < 10; ++i)
    last = talk.up(datagram(static_cast<std::uint16_t>(0x5000 + 2 * i), 0x02, 40));
  CHECK(last.signal() == "SKYPE.UDP.HANDSHAKE");
  CHECK(last.certain());
  CHECK(last.claims.front().service == Service::text);
}

TEST_CASE("skype: others' datagrams in its time are not claimed, wherever they come from") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    if (what == "Skype ping of 2015" || payload.empty()) continue;
    INFO(what);
    Talk talk;
    for (int i = 0; i < 14; ++i) CHECK(talk.up(payload).claims.empty());
  }
}

}  // namespace
