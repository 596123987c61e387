// Tests Viber's signals on bytes written by hand, and that traffic of others is not claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"
#include "viber/control.hpp"
#include "viber/stream.hpp"

namespace deadair::classifiers::viber {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Direction;
using classify::Glimpse;
using classify::Service;

const classify::Classifier& viber() { return classifiers::viber::instance(); }

const Bytes kClock = hex("d9430a7453010000");  // 2016-03-14, milliseconds
const Bytes kToken = hex("88a5559c9102dd43");

Bytes tagged(std::string_view type, const Bytes& rest) { return hex("cec0") + hex(type) + rest; }

// Media under the same tag, its highest bit clear.
Bytes media(std::uint8_t sequence, std::string_view tag = "ce40") {
  return hex(tag) + hex("906b 28") + Bytes{sequence} + hex("30610119 0b95bfe0 bede0001 10bd0000") +
         Bytes(60, sequence);
}

Glimpse glimpse(const Bytes& payload, Direction direction = Direction::up) {
  Glimpse out;
  out.held = static_cast<std::uint8_t>(std::min(payload.size(), Glimpse::kMost));
  std::copy_n(payload.begin(), out.held, out.bytes.begin());
  out.direction = direction;
  out.wire_len = static_cast<std::uint16_t>(payload.size());
  return out;
}

Outcome after(const std::vector<Bytes>& earlier, const Bytes& payload) {
  std::vector<Glimpse> glimpses;
  glimpses.reserve(earlier.size());
  for (const Bytes& each : earlier) glimpses.push_back(glimpse(each));
  classify::FlowFacts flow = udp_flow("203.0.113.7", 7985);
  flow.earlier = glimpses;
  flow.datagrams = static_cast<std::uint32_t>(glimpses.size());
  return ask_datagram(viber(), payload, flow);
}

Outcome ask_port(std::uint16_t port, const Bytes& up, const Bytes& down = {}) {
  classify::FlowFacts flow = udp_flow("203.0.113.7", port);
  flow.proto = 6;
  classify::StreamHead head;
  head.up = view(up);
  head.down = view(down);
  head.from_start = false;
  head.grew = up.empty() ? Direction::down : Direction::up;
  Outcome outcome;
  outcome.answer = viber().on_stream(flow, head, outcome);
  return outcome;
}

Bytes frame(std::uint8_t counter, std::size_t size) {
  return Bytes{static_cast<std::uint8_t>(size & 0xff),
               static_cast<std::uint8_t>(size >> 8),
               counter,
               0,
               0,
               0} +
         Bytes(size - 6, static_cast<std::uint8_t>(counter * 31 + 7));
}

Bytes record(std::uint8_t type, const Bytes& body) { return Bytes{type, 3, 1} + counted(2, body); }

TEST_CASE("viber: each control message with a clock suffices, in either direction") {
  const Bytes set_up = tagged("0100 0500", kToken + Bytes(20, 0x35) + kClock + Bytes(94, 0));
  REQUIRE(set_up.size() == 136);
  for (const Bytes& message :
       {set_up, tagged("0900", kClock + kToken), tagged("0b00", kClock + kClock + Bytes(14, 0)),
        tagged("0600 01", kClock + hex("dc08ed55 00000000")),
        tagged("0c00 0100", kToken + Bytes(6, 0x10) + kClock + Bytes(46, 0)),
        tagged("2000 00000000 01000000", hex("51480a7453010000"))}) {
    const Outcome outcome = ask_datagram(viber(), message);
    INFO(message.size());
    CHECK(outcome.signal() == "VIBER.CALL.CONTROL");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
  }
}

TEST_CASE("viber: a wrong clock, length or type proves nothing") {
  const Bytes early = hex("d9430a7400000000");
  const Bytes late = hex("d9430a7453020000");
  CHECK(ask_datagram(viber(), tagged("0900", early + kToken)).claims.empty());
  CHECK(ask_datagram(viber(), tagged("0900", late + kToken)).claims.empty());
  CHECK(ask_datagram(viber(), tagged("0900", kClock + kToken + Bytes(1, 0))).claims.empty());
  CHECK(ask_datagram(viber(), tagged("0901", kClock + kToken)).claims.empty());
  CHECK(ask_datagram(viber(), tagged("3000", kClock + kToken)).claims.empty());
  CHECK(ask_datagram(viber(), tagged("0b00", kClock + early + Bytes(14, 0))).claims.empty());
}

TEST_CASE("viber: messages without a clock count together") {
  const Bytes peer = tagged("0300", kToken + hex("3532033e"));
  const Bytes probe = tagged("1f00", Bytes(8, 0));
  const Bytes bye = tagged("0500", kToken);
  CHECK(after({}, peer).answer == Answer::unsure);
  CHECK(after({peer, peer, peer}, peer).claims.empty());  // one type, over and over
  CHECK(after({peer, probe}, bye).signal() == "VIBER.CALL.MESSAGES");
  CHECK(after({peer, probe}, bye).certain());
  Bytes other_tag = probe;
  other_tag[0] ^= 1;
  CHECK(after({peer, other_tag}, bye).claims.empty());
}

TEST_CASE("viber: a set-up repeated is an attempt, though no clock were in it") {
  const Bytes set_up = tagged("0100 0500", kToken + Bytes(122, 0x35));
  CHECK(after({}, set_up).claims.empty());
  CHECK(after({set_up}, set_up).signal() == "VIBER.CALL.MESSAGES");
  Bytes other = set_up;
  other[7] ^= 1;
  CHECK(after({other}, set_up).claims.empty());
}

TEST_CASE("viber: the first bytes of RTP are no tag") {
  // Sequence numbers from 0xaaf6 on; the upper half of the timestamp moves on under way.
  const auto plain = [](unsigned number) {
    Bytes packet = hex("9068 aaf6 08c20000 fb5dcfdd bede0001 10ff0000");
    packet[3] = static_cast<std::uint8_t>(packet[3] + number);
    packet[5] = static_cast<std::uint8_t>(packet[5] + number / 4);
    return packet;
  };
  CHECK(after({plain(0), plain(1), plain(2), plain(3), plain(4)}, plain(8)).claims.empty());
}

TEST_CASE("viber: tagged media needs a control message to be sure") {
  CHECK(after({media(1), media(2)}, media(3)).claims.empty());
  const Outcome alone = after({media(1), media(2), media(3)}, media(4));
  CHECK(alone.signal() == "VIBER.CALL.TAGGED");
  CHECK_FALSE(alone.certain());
  const Bytes count = tagged("1700", hex("40750000"));
  const Outcome both = after({media(1), count, media(2), media(3)}, media(4));
  CHECK(both.signal() == "VIBER.CALL.MEDIA");
  CHECK(both.certain());
  CHECK(after({media(1), media(2, "ce41"), media(3)}, media(4)).claims.empty());
}

TEST_CASE("viber: the RTP packet is taken out of its tag") {
  classify::Media out;
  const Bytes packet = media(9);
  REQUIRE(classifiers::viber::unframe(view(packet), 400, out));
  CHECK(out.rtp.equals(view(packet).from(2)));
  CHECK(out.rtp_len == 398);
  const Bytes report = tagged("0a00", hex("81c8000c") + Bytes(60, 1));
  CHECK_FALSE(classifiers::viber::unframe(view(report), report.size(), out));
  const Bytes plain = hex("906b 0001 30610119 0b95bfe0") + Bytes(60, 1);
  CHECK_FALSE(classifiers::viber::unframe(view(plain), plain.size(), out));
}

TEST_CASE("viber: frames on TCP are followed by length and counter") {
  const Bytes chain = frame(10, 125) + frame(11, 140) + frame(12, 76);
  CHECK(ask_port(4244, {}, chain).signal() == "VIBER.TEXT.FRAMES");
  CHECK(ask_port(443, chain).certain());
  const Bytes two = cut(chain, 125 + 140);
  CHECK(ask_port(4244, two).certain());
  CHECK(ask_port(443, two).claims.empty());
  CHECK(ask_port(4244, cut(chain, 125)).signal() == "VIBER.TEXT.FRAME");
  CHECK_FALSE(ask_port(4244, cut(chain, 125)).certain());
  CHECK(ask_port(4244, frame(10, 125) + frame(12, 140)).answer == Answer::not_for_us);
  CHECK(ask_port(4244, frame(10, 125) + Bytes(40, 7)).answer == Answer::not_for_us);
  for (std::size_t size = 1; size < chain.size(); ++size) {
    INFO(size);
    CHECK(ask_port(443, cut(chain, size)).answer != Answer::not_for_us);
  }
}

TEST_CASE("viber: the first frame of either side") {
  const Bytes hello = hex("2000 3532033e fcff0380 5900") + Bytes(20, 0x11);
  CHECK(ask_port(443, hello).signal() == "VIBER.TEXT.HELLO");
  CHECK(ask_port(443, hello).certain());
  const Bytes answer = hex("1600 1105 0380 3532033e 5c00b2ac864a000000000100");
  CHECK(ask_port(443, {}, answer).signal() == "VIBER.TEXT.ANSWER");
  CHECK_FALSE(ask_port(443, {}, answer).certain());
  CHECK(ask_port(443, {}, answer + Bytes(1, 0xff)).claims.empty());
}

TEST_CASE("viber: its imitation of TLS") {
  const Bytes ticket = hex("2000 3532033e fcff0380 5900") + Bytes(20, 0x11);
  const Bytes extensions = hex("0023") + counted(2, ticket);
  const Bytes hello = hex("0303") + Bytes(32, 0x56) + counted(1, Bytes(32, 0x46)) +
                      hex("0006 00050004009c 0100") + counted(2, extensions);
  const Bytes flight = record(22, hex("01") + counted(3, hello));
  CHECK(ask_port(443, flight).signal() == "VIBER.TEXT.FALSETLS");
  CHECK(ask_port(443, flight).certain());
  CHECK(ask_port(443, cut(flight, 60)).answer == Answer::unsure);
  // Caught in mid-stream, either side.
  const Bytes data = record(23, frame(15, 200)) + record(23, frame(16, 77));
  CHECK(ask_port(443, {}, data).certain());
  CHECK(ask_port(443, {}, cut(data, 205)).signal() == "VIBER.TEXT.FALSETLS1");
  const Bytes broken = record(23, frame(15, 200)) + record(23, frame(17, 77));
  CHECK(ask_port(443, {}, broken).claims.empty());
}

TEST_CASE("viber: TLS that is TLS is given up at once") {
  const Bytes real = record(22, hex("010000a1 0303") + Bytes(157, 0x21));
  CHECK(ask_port(443, real).answer == Answer::not_for_us);
  const Bytes server = record(22, hex("02000056 0303") + Bytes(82, 1)) + record(20, hex("01"));
  CHECK(ask_port(443, {}, server + record(23, Bytes(80, 0x5a))).answer == Answer::not_for_us);
}

TEST_CASE("viber: TURN by its realm") {
  const Bytes realm = hex("0014 0009") + ascii("viber.com") + Bytes(3, 0);
  CHECK(ask_datagram(viber(), stun_message("0113", hex("0009 0004 00000401") + realm)).certain());
}

TEST_CASE("viber: names") {
  CHECK(service_of(viber(), "media.cdn.viber.com") == "transfer");
  CHECK(service_of(viber(), "dl-media.viber.com") == "transfer");
  CHECK(service_of(viber(), "turn.viber.com") == "call");
  CHECK(service_of(viber(), "www.viber.com") == "web");
  CHECK(service_of(viber(), "notviber.com").empty());
}

TEST_CASE("viber: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(viber(), payload).claims.empty());
    CHECK(after({payload, payload, payload, payload}, payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(viber(), head).claims.empty());
    CHECK(ask_port(4244, {}, head).claims.empty());
  }
}

}  // namespace
