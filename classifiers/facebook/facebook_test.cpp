// Tests the signals of Facebook and of Meta's calls on bytes written by hand, and that others'
// traffic is not claimed.
#include <array>
#include <vector>

#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::facebook {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Service;

const classify::Classifier& facebook() { return classifiers::facebook::instance(); }

Bytes padded(Bytes bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

TEST_CASE("facebook: Messenger's TURN realm, with and without magic cookie") {
  const Bytes attributes =
      hex("0009 0004 00000401") + padded(hex("0014 000f") + ascii("turner.facebook"));
  const Bytes classic =
      hex("0113") + counted(2, {}) + hex("101112131415161718191a1b1c1d1e1f") + attributes;
  Bytes sized = classic;
  sized[3] = static_cast<std::uint8_t>(attributes.size());
  for (const Bytes& message : {stun_message("0113", attributes), sized}) {
    const Outcome outcome = ask_datagram(facebook(), message);
    CHECK(outcome.signal() == "FB.TURN.REALM");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
    CHECK(outcome.claims.front().app.empty());
  }
}

TEST_CASE("facebook: a Meta call that does not tell its application is meta") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Bytes token = stun_attribute("4000", 102) + Bytes(2, 0);
  const Bytes user =
      hex("0006 0031") + ascii("EDGERAY_DEFAULT_USERNAME:EDGERAY_DEFAULT_USERNAME") + Bytes(3, 0);
  const struct {
    Bytes message;
    const char* signal;
    bool certain;
  } cases[] = {
      {stun_message("0003", token + integrity), "META.RELAY.TOKEN", true},
      {stun_message("0001", user + integrity), "META.CALL.ICE", true},
      {stun_message("0001", hex("daba 0004 00000002") + integrity), "META.CALL.ICE", true},
      {stun_message("0101", hex("dab9 0004 00000002") + integrity), "META.CALL.ICE", true},
      {stun_message("0801", {}), "META.RELAY.PING", false},
      {stun_message("0802", {}), "META.RELAY.PING", false},
      {stun_message("0103",
                    hex("0020 0008 0001 0102 21324354 4002 0008 0102030405060708") + integrity),
       "META.RELAY.ANSWER", false},
  };
  for (const auto& each : cases) {
    const Outcome outcome = ask_datagram(facebook(), each.message);
    INFO(each.signal);
    REQUIRE(outcome.signal() == each.signal);
    CHECK(outcome.certain() == each.certain);
    CHECK(outcome.claims.front().app == "meta");
  }
}

TEST_CASE("facebook: what only WhatsApp sends is left to WhatsApp") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Bytes mapped = hex("0016 0008 0001 0102 21324354");
  for (const Bytes& message :
       {stun_message("0003", stun_attribute("4000", 102)),
        stun_message("0003", stun_attribute("4000", 152) + mapped + integrity),
        stun_message("0800", stun_attribute("4000", 102)),
        stun_message("0103", hex("0020 0008 0001 0102 21324354 4002 0008 0102030405060708")),
        stun_message("0001", integrity), stun_message("0101", integrity)}) {
    CHECK(ask_datagram(facebook(), message).claims.empty());
  }
}

TEST_CASE("facebook: QUIC of Meta's library is a weak sign") {
  const Bytes rest = hex("08 0102030405060708 00") + Bytes(1186, 0x44);
  for (const char* version : {"faceb001", "faceb002", "faceb00e"}) {
    const Outcome outcome =
        ask_datagram(facebook(), hex("c3") + hex(version) + rest, udp_flow("192.0.2.7", 443));
    INFO(version);
    CHECK(outcome.signal() == "FB.QUIC.VERSION");
    CHECK_FALSE(outcome.certain());
    CHECK(outcome.claims.front().service == Service::web);
  }
}

const char* const kMetaServer = "157.240.20.53";

TEST_CASE("facebook: TURN in mid-stream counts at Meta's addresses") {
  const Bytes rtp = hex("806f 0001 00000010 11223344") + Bytes(80, 0x33);
  const Bytes address = hex("0012 0008 0001 0102 21324354");
  for (const Bytes& packet :
       {hex("4003") + counted(2, rtp),
        stun_message("0016", address + hex("0013") + counted(2, rtp)),
        stun_message("0017", address + hex("0013") + counted(2, rtp)),
        stun_message("0009", hex("000c 0004 40030000") + address), stun_message("0108", {}),
        stun_message("0004", stun_attribute("0008", 20)),
        stun_message("0003", hex("0019 0004 11000000"))}) {
    const Outcome outcome = ask_datagram(facebook(), packet, udp_flow(kMetaServer, 40003));
    CHECK(outcome.signal() == "FB.TURN.RELAY");
    CHECK_FALSE(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
    CHECK(outcome.claims.front().app.empty());
    CHECK(ask_datagram(facebook(), packet, udp_flow("192.0.2.7", 40003)).claims.empty());
  }
}

Outcome ask_at(std::string_view server, const Bytes& packet, const std::vector<Bytes>& before = {},
               bool flowing = false) {
  std::vector<classify::Glimpse> earlier;
  earlier.reserve(before.size());
  for (const Bytes& each : before) earlier.push_back(glimpse_of(up(each)));
  classify::FlowFacts flow = udp_flow(server, 3478);
  flow.earlier = earlier;
  flow.rtp_flowing = flowing;
  return ask_datagram(facebook(), packet, flow);
}

TEST_CASE("facebook: set-up and media of any call are meta at Meta's addresses") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Bytes print = hex("8028 0004 01020304");
  const Bytes user = hex("0006 0009") + ascii("abcd:efgh") + Bytes(3, 0);
  const Bytes check = stun_message("0001", user + integrity + print);
  const Bytes answer =
      stun_message("0101", hex("0020 0008 0001 0102 21324354") + integrity + print);
  const Bytes dtls = hex("16 fefd 0000 000000000000 0010 01") + Bytes(15, 0);
  const Bytes rtp = hex("806f 0001 00000010 11223344") + Bytes(80, 0x33);
  const Bytes rtcp = hex("80c90001 91395f11 80000009") + Bytes(10, 0x69);
  for (const char* server : {kMetaServer, "2a03:2880:f201:d6::1", "2001:db8::face:b00c:0:74fd"}) {
    INFO(server);
    for (const Outcome& outcome :
         {ask_at(server, check), ask_at(server, answer), ask_at(server, dtls),
          ask_at(server, rtp, {}, true), ask_at(server, rtcp, {rtcp})}) {
      REQUIRE(outcome.signal() == "META.CALL.SERVER");
      CHECK_FALSE(outcome.certain());
      CHECK(outcome.claims.front().app == "meta");
    }
  }
  const char* const elsewhere = "192.0.2.7";
  CHECK(ask_at(elsewhere, check).claims.empty());
  CHECK(ask_at(elsewhere, rtp, {}, true).claims.empty());
  CHECK(ask_at(elsewhere, rtcp, {rtcp}).claims.empty());
  CHECK(ask_at(kMetaServer, rtp).claims.empty());
  CHECK(ask_at(kMetaServer, rtcp).claims.empty());
}

TEST_CASE("facebook: a keep-alive of plain Bindings is no call") {
  const Bytes request = stun_message("0001", {});
  const Bytes answer = stun_message(
      "0101", hex("0020 0008 0001 0102 21324354") + hex("0001 0008 0001 0102 21324354"));
  CHECK(answer.size() == 44);
  for (const Bytes& packet : {request, answer}) {
    CHECK(ask_at(kMetaServer, packet, {request, answer, request}).claims.empty());
  }
}

TEST_CASE("facebook: Messenger's realm over TCP") {
  const Bytes challenge = stun_message(
      "0113", hex("0009 0004 00000401") + padded(hex("0014 000f") + ascii("turner.facebook")));
  const Bytes plain = stun_message("0003", hex("0019 0004 11000000"));
  CHECK(ask_stream(facebook(), {}, challenge).signal() == "FB.TURN.REALM");
  CHECK(ask_stream(facebook(), plain + challenge).signal() == "FB.TURN.REALM");
  CHECK(ask_stream(facebook(), cut(challenge, 40)).claims.empty());
  CHECK(ask_stream(facebook(), plain).claims.empty());
}

// One message of Facebook Zero with a single value, a name.
Bytes zero(std::string_view tag, std::string_view value = "graph.facebook.com") {
  const auto size = static_cast<std::uint8_t>(value.size());
  const auto length = static_cast<std::uint8_t>(16 + value.size());
  return ascii("1QTV0") + Bytes{length, 0, 0, 0} + ascii(tag) + hex("0100 0000") + ascii("SNI") +
         Bytes{0, size, 0, 0, 0} + ascii(value);
}

TEST_CASE("facebook: Facebook Zero, from either side") {
  const Bytes client = zero("CHLO");
  const Bytes server = zero("SNOM");
  CHECK(ask_stream(facebook(), client).signal() == "FB.ZERO");
  CHECK(ask_stream(facebook(), client).certain());
  CHECK(ask_stream(facebook(), {}, server).certain());
  CHECK(ask_stream(facebook(), client, {}, false).certain());
  CHECK(ask_stream(facebook(), zero("XYZW")).answer == Answer::not_for_us);
  CHECK(ask_stream(facebook(), ascii("1QTX0") + Bytes(40, 0)).answer == Answer::not_for_us);
}

TEST_CASE("facebook: a message of Facebook Zero cut short is a weak sign") {
  const Bytes client = zero("CHLO");
  for (std::size_t size = 1; size < client.size(); ++size) {
    INFO(size);
    const Outcome outcome = ask_stream(facebook(), cut(client, size));
    CHECK(outcome.answer == Answer::unsure);
    CHECK(outcome.signal() == (size < 13 ? "" : "FB.ZERO"));
    CHECK_FALSE(outcome.certain());
  }
}

TEST_CASE("facebook: names") {
  CHECK(service_of(facebook(), "mqtt-mini.facebook.com") == "text");
  CHECK(service_of(facebook(), "mqtt.c10r.facebook.com") == "text");
  CHECK(service_of(facebook(), "edge-mqtt.facebook.com") == "text");
  CHECK(service_of(facebook(), "gateway.facebook.com") == "text");
  CHECK(service_of(facebook(), "edge-chat.messenger.com") == "text");
  CHECK(service_of(facebook(), "web-chat-e2ee.facebook.com") == "text");
  CHECK(service_of(facebook(), "chat.facebook.com") == "text");
  CHECK(service_of(facebook(), "rupload.facebook.com") == "transfer");
  CHECK(service_of(facebook(), "graph-video.facebook.com") == "transfer");
  CHECK(service_of(facebook(), "www.threads.net") == "web");
  CHECK(service_of(facebook(), "www.facebook.com") == "web");
  CHECK(service_of(facebook(), "scontent.xx.fbcdn.net") == "web");
  CHECK(service_of(facebook(), "instagram.com") == "web");
  CHECK(service_of(facebook(), "igcdn-photos-h-a.akamaihd.net") == "web");
  CHECK(service_of(facebook(), "other.akamaihd.net").empty());
  CHECK(service_of(facebook(), "myfacebook.com").empty());
  CHECK(service_of(facebook(), "mmg.whatsapp.net").empty());
}

TEST_CASE("facebook: others' traffic is not claimed") { claims_nothing_of_others(facebook()); }

}  // namespace
