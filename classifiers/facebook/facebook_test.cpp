// Tests the signals of Facebook and of Meta's calls on bytes written by hand, and that others'
// traffic is not claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

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

TEST_CASE("facebook: Facebook Zero, from either side") {
  const Bytes client = ascii("1QTV0") + hex("c6000000") + ascii("CHLO") + Bytes(30, 0);
  const Bytes server = ascii("1QTV0") + hex("30000000") + ascii("SNOM") + Bytes(30, 0);
  CHECK(ask_stream(facebook(), client).signal() == "FB.ZERO");
  CHECK(ask_stream(facebook(), {}, server).signal() == "FB.ZERO");
  CHECK(ask_stream(facebook(), client, {}, false).signal() == "FB.ZERO");
  CHECK(ask_stream(facebook(), cut(client, 9)).answer == Answer::unsure);
  CHECK(ask_stream(facebook(), ascii("1QTV0") + hex("c6000000") + ascii("XYZW")).answer ==
        Answer::not_for_us);
}

TEST_CASE("facebook: names") {
  CHECK(service_of(facebook(), "mqtt-mini.facebook.com") == "text");
  CHECK(service_of(facebook(), "mqtt.c10r.facebook.com") == "text");
  CHECK(service_of(facebook(), "edge-mqtt.facebook.com") == "text");
  CHECK(service_of(facebook(), "gateway.facebook.com") == "text");
  CHECK(service_of(facebook(), "edge-chat.messenger.com") == "text");
  CHECK(service_of(facebook(), "web-chat-e2ee.facebook.com") == "text");
  CHECK(service_of(facebook(), "rupload.facebook.com") == "transfer");
  CHECK(service_of(facebook(), "www.facebook.com") == "web");
  CHECK(service_of(facebook(), "scontent.xx.fbcdn.net") == "web");
  CHECK(service_of(facebook(), "instagram.com") == "web");
  CHECK(service_of(facebook(), "igcdn-photos-h-a.akamaihd.net") == "web");
  CHECK(service_of(facebook(), "other.akamaihd.net").empty());
  CHECK(service_of(facebook(), "myfacebook.com").empty());
  CHECK(service_of(facebook(), "mmg.whatsapp.net").empty());
}

TEST_CASE("facebook: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(facebook(), payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(facebook(), head).claims.empty());
    CHECK(ask_stream(facebook(), {}, head).claims.empty());
  }
}

}  // namespace
