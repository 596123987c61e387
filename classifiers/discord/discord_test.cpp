// Tests Discord's signals on bytes written by hand, and that others' traffic is not claimed.
#include <array>

#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::discord {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Glimpse;
using classify::Service;

const classify::Classifier& discord() { return classifiers::discord::instance(); }

const char* const kServer = "66.22.196.40";

classify::FlowFacts voice_flow(std::string_view server = "192.0.2.7", std::uint16_t port = 50004) {
  return udp_flow(server, port);
}

Bytes text(std::string_view address, std::size_t size = 64) {
  Bytes bytes = ascii(address);
  bytes.resize(size);
  return bytes;
}

Bytes request(std::string_view port = "0000") {
  return hex("0001 0046 0000ace3") + Bytes(64, 0) + hex(port);
}
Bytes answer(std::string_view address = "203.0.113.9") {
  return hex("0002 0046 0000ace3") + text(address) + hex("e263");
}

Bytes rtp(std::string_view type = "78", std::string_view ssrc = "0000ace3") {
  return hex("90") + hex(type) + hex("1356 380e74a3") + hex(ssrc) + hex("bede 0001 01020304") +
         Bytes(80, 0x42);
}

Glimpse glimpse(const Bytes& bytes) {
  Glimpse made;
  made.wire_len = static_cast<std::uint16_t>(bytes.size());
  made.held = static_cast<std::uint8_t>(std::min(bytes.size(), Glimpse::kMost));
  std::copy_n(bytes.begin(), made.held, made.bytes.begin());
  return made;
}

Outcome ask_third(const Bytes& packet, classify::FlowFacts flow) {
  const std::array earlier = {glimpse(packet), glimpse(packet)};
  flow.earlier = earlier;
  return ask_datagram(discord(), packet, flow);
}

TEST_CASE("discord: address discovery is certain, each side alone") {
  for (const Bytes& packet : {request(), request("6f74"), answer(), answer("2001:db8::9")}) {
    const Outcome outcome = ask_datagram(discord(), packet);
    CHECK(outcome.signal() == "DISCORD.VOICE.DISCOVERY");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
  }
}

TEST_CASE("discord: discovery needs its length, zeros and an address") {
  CHECK(ask_datagram(discord(), request() + hex("00")).claims.empty());
  CHECK(ask_datagram(discord(), cut(request(), 73)).claims.empty());
  CHECK(ask_datagram(discord(), hex("0001 0046 0000ace3") + Bytes(66, 7)).claims.empty());
  CHECK(ask_datagram(discord(), answer("not an address")).claims.empty());
  CHECK(ask_datagram(discord(), answer("")).claims.empty());
}

TEST_CASE("discord: of the old discovery only the answer is") {
  const Bytes old = hex("0000ace3") + text("203.0.113.9") + hex("63e2");
  CHECK(ask_datagram(discord(), old).signal() == "DISCORD.VOICE.DISCOVERY");
  CHECK(ask_datagram(discord(), hex("0000ace3") + Bytes(66, 0)).claims.empty());
  CHECK(
      ask_datagram(discord(), hex("70000000") + text("203.0.113.9") + hex("63e2")).claims.empty());
}

Outcome ask_after(const Bytes& first, const Bytes& packet, classify::Direction side) {
  std::array earlier = {glimpse(first)};
  earlier.front().direction = side;
  classify::FlowFacts flow = voice_flow("192.0.2.7", 40000);
  flow.earlier = earlier;
  return ask_datagram(discord(), packet, flow);
}

TEST_CASE("discord: a request and media of the SSRC it announced are certain") {
  const Bytes old = hex("0000ace3") + Bytes(66, 0);
  const Bytes unusual = hex("0001 0046 0000ace3") + Bytes(66, 7);
  const Bytes rtcp = hex("80c9 0001 0000ace3") + Bytes(24, 0x5b);
  for (const Bytes& first : {old, unusual}) {
    CHECK(ask_datagram(discord(), first, udp_flow()).answer == Answer::unsure);
    for (const Bytes& media : {rtp(), rtcp}) {
      const Outcome outcome = ask_after(first, media, classify::Direction::up);
      CHECK(outcome.signal() == "DISCORD.VOICE.SSRC");
      CHECK(outcome.certain());
      CHECK(ask_after(first, media, classify::Direction::down).claims.empty());
    }
    CHECK(ask_after(first, rtp("78", "0000ace4"), classify::Direction::up).claims.empty());
  }
  CHECK(ask_after(hex("0000ace3") + Bytes(66, 1), rtp(), classify::Direction::up).claims.empty());
  CHECK(ask_after(cut(old, 69), rtp(), classify::Direction::up).claims.empty());
  CHECK(ask_after(Bytes(70, 0), rtp("78", "00000000"), classify::Direction::up).claims.empty());
}

TEST_CASE("discord: keep-alives are certain anywhere") {
  for (const char* packet : {"1337cafe 0e000000", "1337f00d 0e000000"}) {
    const Outcome outcome = ask_datagram(discord(), hex(packet), udp_flow("192.0.2.7", 19300));
    CHECK(outcome.signal() == "DISCORD.VOICE.ALIVE");
    CHECK(outcome.certain());
  }
  CHECK(ask_datagram(discord(), hex("1337cafe 0e000000 00")).claims.empty());
  CHECK(ask_datagram(discord(), hex("1337cafe")).claims.empty());
}

TEST_CASE("discord: media in Discord's network is likely at most") {
  for (const char* type : {"78", "f8", "65", "6e"}) {
    INFO(type);
    const Outcome outcome = ask_third(rtp(type), voice_flow(kServer));
    CHECK(outcome.signal() == "DISCORD.RTP.NETWORK");
    CHECK_FALSE(outcome.certain());
  }
  CHECK(ask_third(rtp("6f"), voice_flow(kServer)).claims.empty());
  CHECK(ask_datagram(discord(), rtp(), voice_flow(kServer)).claims.empty());  // one packet
}

TEST_CASE("discord: elsewhere media needs a small SSRC and a voice port at either end") {
  CHECK(ask_third(rtp(), voice_flow()).signal() == "DISCORD.RTP.SSRC");
  CHECK(ask_third(rtp("78", "1234ace3"), voice_flow()).claims.empty());
  CHECK(ask_third(rtp("78", "00000000"), voice_flow()).claims.empty());
  CHECK(ask_third(rtp(), voice_flow("192.0.2.7", 40000)).claims.empty());
  classify::FlowFacts turned = voice_flow("192.0.2.7", 61000);
  turned.client_port = 50001;
  CHECK(ask_third(rtp(), turned).signal() == "DISCORD.RTP.SSRC");
}

TEST_CASE("discord: names") {
  CHECK(service_of(discord(), "gateway.discord.gg") == "text");
  CHECK(service_of(discord(), "gateway-us-east1-b.discord.gg") == "text");
  CHECK(service_of(discord(), "rotterdam1042.discord.media") == "call");
  CHECK(service_of(discord(), "cdn.discordapp.com") == "transfer");
  CHECK(service_of(discord(), "images-ext-1.discordapp.net") == "transfer");
  for (const char* web : {"discord.com", "discord.gg", "discordapp.com", "status.discord.com"})
    CHECK(service_of(discord(), web) == "web");
  CHECK(service_of(discord(), "notdiscord.com").empty());
}

TEST_CASE("discord: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    if (what == "Discord's discovery") continue;
    CHECK(ask_datagram(discord(), payload).claims.empty());
    CHECK(ask_third(payload, voice_flow()).claims.empty());
  }
  for (const auto& [what, stream] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(discord(), stream).claims.empty());
  }
}

TEST_CASE("discord: flows elsewhere are given up at once, on voice ports later") {
  const Bytes noise(40, 0x9c);
  CHECK(ask_datagram(discord(), noise, udp_flow()).answer == Answer::not_for_us);
  classify::FlowFacts flow = voice_flow();
  CHECK(ask_datagram(discord(), noise, flow).answer == Answer::unsure);
  flow.datagrams = 100;
  CHECK(ask_datagram(discord(), noise, flow).answer == Answer::not_for_us);
}

}  // namespace
