// Tests Telegram's signals on bytes written by hand, and that traffic of others is not claimed.
#include "catch.hpp"
#include "telegram/reflector.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::telegram {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Direction;
using classify::Glimpse;
using classify::Role;
using classify::Service;

const classify::Classifier& telegram() { return classifiers::telegram::instance(); }

const Bytes kTag = hex("2fe49fa76c4eb433cbcd82a1bbea621e");
const Bytes kMark(12, 0xff);
constexpr std::string_view kOwnAddress = "91.108.8.7";

// The beginning of an obfuscated stream, 64 bytes and a frame: made with Python's cryptography.
const Bytes kObfuscated = hex(
    "f5b165224a58b791df6af1d8303e61cdc4bb86c3d1c427103c344c4189eb2f1e7bd5d47e446fcec2a3d811736110e5"
    "781bcccea696762e61189a7865c63c8667e05fa77d91b432bcc29e948d144257f6fdcb9ff6f0277a095d78a07f0e97"
    "7d0474c6444cc08acb7f80");
const Bytes kObfuscatedCall = hex(
    "fd3feb3c9250b7974a9b528b69636321a461b55ef55b7beafd809a9a9e925b79a6342fa0fdb8b294d97fc6103d9208"
    "9b25fa5e039f52a8e869dad1f103fff5e31da59c94eaea6114b99bddbc079f881b1d3380e976f2bbee71b5bafcc9de"
    "413f23f0e03d4390782125");

Glimpse glimpse(const Bytes& payload, Direction direction = Direction::up) {
  Glimpse out;
  out.held = static_cast<std::uint8_t>(std::min(payload.size(), Glimpse::kMost));
  std::copy_n(payload.begin(), out.held, out.bytes.begin());
  out.direction = direction;
  out.wire_len = static_cast<std::uint16_t>(payload.size());
  return out;
}

Outcome after(const std::vector<Glimpse>& earlier, const Bytes& payload, std::string_view server) {
  classify::FlowFacts flow = udp_flow(server, 529);
  flow.earlier = earlier;
  flow.datagrams = static_cast<std::uint32_t>(earlier.size());
  return ask_datagram(telegram(), payload, flow);
}

Outcome ask_at(std::string_view server, const Bytes& up, const Bytes& down = {}) {
  classify::FlowFacts flow = udp_flow(server, 443);
  flow.proto = 6;
  classify::StreamHead head;
  head.up = view(up);
  head.down = view(down);
  head.grew = up.empty() ? Direction::down : Direction::up;
  Outcome outcome;
  outcome.answer = telegram().on_stream(flow, head, outcome);
  return outcome;
}

// Voice of libtgvoip: tag, message key, ciphertext.
Bytes voice(std::uint8_t seed, std::size_t size = 176) {
  Bytes out = kTag;
  for (std::size_t i = 16; i < size; ++i) {
    out.push_back(static_cast<std::uint8_t>(seed * 89 + i * 37 + (i * i >> 3)));
  }
  return out;
}

// tgcalls' frame: tag of the call, number of the participant, sender, length, data, padding.
Bytes data_frame(std::string_view participant, const Bytes& data) {
  return cut(kTag, 12) + hex(participant) + hex("0a0b0c0d") + counted(4, data) +
         Bytes((4 - data.size() % 4) % 4, 0);
}

TEST_CASE("telegram: each message to and from a reflector suffices, wherever it stands") {
  for (const Bytes& message :
       {kTag + kMark + hex("feffffff 28f946112601a2f0"), kTag + kMark + hex("ffffffff"),
        kTag + kMark + hex("c77215c0 60dab25e 28f946112601a2f0") + Bytes(10, 0) +
            hex("ffff 570bcdc3 5ddc0000"),
        kTag + kMark + hex("1c37d927 570bcdc3 5ddc0000 570bcdc3 33ed0000")}) {
    const Outcome outcome = ask_datagram(telegram(), message);
    INFO(message.size());
    CHECK(outcome.signal() == "TG.REFLECTOR.SERVICE");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
    CHECK(outcome.claims.front().role == Role::relay);
  }
}

TEST_CASE("telegram: silence in G.711 is no message to a reflector") {
  const Bytes rtp = hex("8000 0001 000000a0 11223344");
  for (const std::size_t size : {20U, 28U, 160U}) {
    CHECK(ask_datagram(telegram(), rtp + Bytes(size, 0xff)).claims.empty());
  }
  CHECK(ask_datagram(telegram(), kTag + kMark + hex("fdffffff 28f946112601a2f0")).claims.empty());
  CHECK(ask_datagram(telegram(), kTag + kMark + hex("feffffff 28f94611")).claims.empty());
}

TEST_CASE("telegram: a constant tag counts at Telegram's addresses, in mid-call too") {
  std::vector<Glimpse> earlier;
  for (const auto seed : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    const Outcome early = after(earlier, voice(seed), kOwnAddress);
    CHECK(early.answer == Answer::unsure);
    CHECK(early.claims.empty());
    earlier.push_back(glimpse(voice(seed)));
  }
  const Outcome outcome = after(earlier, voice(4), kOwnAddress);
  CHECK(outcome.signal() == "TG.REFLECTOR.TAG");
  CHECK(outcome.certain());
  CHECK(after(earlier, voice(4), "203.0.113.7").claims.empty());
  earlier[1].direction = Direction::down;  // each direction must show it
  CHECK(after(earlier, voice(4), kOwnAddress).claims.empty());
}

TEST_CASE("telegram: the second datagram ends it where no tag repeats") {
  CHECK(after({}, voice(1), "203.0.113.7").answer == Answer::unsure);
  Bytes other = voice(2);
  other[3] ^= 1;
  CHECK(after({glimpse(voice(1))}, other, kOwnAddress).answer == Answer::not_for_us);
}

TEST_CASE("telegram: tgcalls' frames prove themselves, whatever the address") {
  const Bytes check = stun_message("0001", stun_attribute("0006", 8));
  const Bytes first = data_frame("01020304", check);
  const Bytes rtp = data_frame("05060708", hex("806f 0001 00000010 11223344") + Bytes(81, 0x33));
  const Outcome outcome = after({glimpse(first)}, rtp, "203.0.113.7");
  CHECK(outcome.signal() == "TG.REFLECTOR.FRAMES");
  CHECK(outcome.certain());
  Bytes longer = rtp;
  longer.push_back(0);
  CHECK(after({glimpse(first)}, longer, "203.0.113.7").claims.empty());
}

TEST_CASE("telegram: media is taken out of reflectors' datagrams") {
  classify::Media media;
  const auto unframe = [&media](const Bytes& payload) {
    media = {};
    return classifiers::telegram::unframe_reflector(view(payload), payload.size(), media);
  };
  const Bytes rtp = hex("806f 0001 00000010 11223344") + Bytes(81, 0x33);
  const Bytes framed = data_frame("05060708", rtp);
  REQUIRE(unframe(framed));
  CHECK(media.rtp.equals(view(rtp)));
  CHECK(media.rtp_len == rtp.size());
  CHECK_FALSE(unframe(data_frame("05060708", stun_message("0001", {}))));
  CHECK_FALSE(unframe(data_frame("05060708", hex("16fefd") + Bytes(60, 1))));
  CHECK_FALSE(unframe(kTag + kMark + hex("feffffff 28f946112601a2f0")));
  CHECK_FALSE(unframe(voice(1, 96)));  // set-up and keep-alive of libtgvoip
  REQUIRE(unframe(voice(1, 176)));
  CHECK(media.rtp.empty());
  CHECK(media.opaque_len == 144);
  CHECK(media.kind != 0);
}

TEST_CASE("telegram: TURN by its realm, in requests and in answers") {
  const Bytes realm = hex("0014 000c") + ascii("telegram.org");
  const Bytes error = hex("0009 0004 00000401");
  for (const Bytes& message :
       {stun_message("0113", error + realm),
        stun_message("0003", hex("0019 0004 11000000 0006 0004 61626364") + realm)}) {
    CHECK(ask_datagram(telegram(), message).signal() == "TG.TURN.REALM");
    CHECK(ask_datagram(telegram(), message).certain());
  }
  const Bytes bare = stun_message("0003", hex("0019 0004 11000000"));
  CHECK(ask_datagram(telegram(), bare).claims.empty());
  const Outcome own = ask_datagram(telegram(), bare, udp_flow(kOwnAddress, 1400));
  CHECK(own.signal() == "TG.TURN.ASK");
  CHECK_FALSE(own.certain());
  const Bytes longer = hex("0014 0010") + ascii("telegram.org.net");
  CHECK(ask_datagram(telegram(), stun_message("0113", error + longer)).claims.empty());
}

TEST_CASE("telegram: ciphertext in TURN channels is media, ICE is not") {
  classify::Media media;
  const Bytes sealed = hex("4000 0040") + Bytes(64, 0xd7);
  REQUIRE(classifiers::telegram::unframe_turn(view(sealed), sealed.size(), media));
  CHECK(media.opaque_len == 64);
  const Bytes check = stun_message("0001", {});
  const Bytes ice = hex("4000") + counted(2, check);
  CHECK_FALSE(classifiers::telegram::unframe_turn(view(ice), ice.size(), media));
  CHECK_FALSE(classifiers::telegram::unframe_turn(view(check), check.size(), media));
}

TEST_CASE("telegram: chat in clear and obfuscated transports") {
  const Bytes ask = hex("0000000000000000 000000000a700b5e 14000000 f18e7ebe") + Bytes(16, 0x31);
  CHECK(ask_stream(telegram(), hex("ef 0a") + ask).signal() == "TG.TEXT.PLAIN");
  CHECK(ask_stream(telegram(), hex("ef 0a") + ask).certain());
  const Bytes answer = hex("0000000000000000 010000000a700b5e 50000000 63241605") + Bytes(76, 2);
  CHECK(ask_at("203.0.113.7", {}, hex("19") + answer).signal() == "TG.TEXT.PLAIN");
  const Outcome shape = ask_stream(telegram(), hex("ef 0a") + Bytes(40, 0x41));
  CHECK(shape.signal() == "TG.TEXT.SHAPE");
  CHECK(shape.answer == Answer::unsure);
  CHECK_FALSE(shape.certain());
  const Outcome hidden = ask_stream(telegram(), kObfuscated);
  CHECK(hidden.signal() == "TG.TEXT.OBFUSCATED");
  CHECK(hidden.certain());
  CHECK(hidden.claims.front().service == Service::text);
}

TEST_CASE("telegram: an obfuscated header waits for what follows it") {
  for (const std::size_t size : {17U, 40U, 63U}) {
    const Outcome outcome = ask_stream(telegram(), cut(kObfuscated, size));
    CHECK(outcome.answer == Answer::unsure);
    CHECK(outcome.claims.empty());
  }
  const Outcome header = ask_stream(telegram(), cut(kObfuscated, 64));
  CHECK(header.answer == Answer::unsure);
  CHECK(header.signal() == "TG.TEXT.HEADER");
  CHECK_FALSE(header.certain());
}

TEST_CASE("telegram: a reflector reached over TCP is a call") {
  const Outcome outcome = ask_stream(telegram(), kObfuscatedCall);
  CHECK(outcome.signal() == "TG.REFLECTOR.TCP");
  CHECK(outcome.certain());
  CHECK(outcome.claims.front().service == Service::call);
}

TEST_CASE("telegram: what cannot be proved counts at Telegram's addresses only") {
  const Bytes noise = hex("9c3f0177d2085e41aa13906b27fe38c4") + Bytes(80, 0x9c);
  const Outcome cipher = ask_at("149.154.167.51", noise);
  CHECK(cipher.signal() == "TG.TEXT.CIPHER");
  CHECK_FALSE(cipher.certain());
  CHECK(ask_at("149.154.167.51", {}, noise).signal() == "TG.TEXT.CIPHER");
  CHECK(ask_at("203.0.113.7", noise).claims.empty());
  const Bytes api = ascii("POST /api HTTP/1.1\r\nHost: 149.154.167.51\r\n\r\n");
  CHECK(ask_at("149.154.167.51", api).signal() == "TG.TEXT.HTTP");
  CHECK(ask_at("203.0.113.7", api).claims.empty());
  CHECK(ask_at("149.154.167.51", ascii("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).claims.empty());
  CHECK(ask_at("149.154.167.51", hex("16030100a5 010000a1 0303") + Bytes(60, 1)).claims.empty());
}

TEST_CASE("telegram: names") {
  CHECK(service_of(telegram(), "venus.web.telegram.org") == "text");
  CHECK(service_of(telegram(), "pluto-1.web.telegram.org") == "text");
  CHECK(service_of(telegram(), "kws2.web.telegram.org") == "text");
  CHECK(service_of(telegram(), "cdn4.telesco.pe") == "transfer");
  CHECK(service_of(telegram(), "web.telegram.org") == "web");
  CHECK(service_of(telegram(), "t.me") == "web");
  CHECK(service_of(telegram(), "not.me").empty());
  CHECK(service_of(telegram(), "telegram.org.example.net").empty());
}

TEST_CASE("telegram: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    if (what.starts_with("Telegram")) continue;
    INFO(what);
    CHECK(ask_datagram(telegram(), payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(telegram(), head).claims.empty());
    CHECK(ask_stream(telegram(), {}, head).claims.empty());
  }
}

}  // namespace
