// Tests WhatsApp's signals on bytes written by hand, and that traffic of others is not claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::whatsapp {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Role;
using classify::Service;

const classify::Classifier& whatsapp() { return classifiers::whatsapp::instance(); }

// "WA" 6.3, a frame of 0x2a bytes whose protobuf holds field 2.
Bytes noise_hello() { return hex("5741 0603 00002a 12280a20") + Bytes(36, 0x77); }

TEST_CASE("whatsapp: Noise hello alone and behind edge routing") {
  const Bytes routing = hex("45440001 000004 08080802");
  for (const Bytes& head : {noise_hello(), routing + noise_hello(),
                            routing + hex("5741 0502 000114 129102") + Bytes(20, 1)}) {
    const Outcome outcome = ask_stream(whatsapp(), head);
    CHECK(outcome.answer == Answer::certain);
    CHECK(outcome.signal() == "WA.TEXT.NOISE");
    CHECK(outcome.claims.front().service == Service::text);
  }
}

TEST_CASE("whatsapp: a hello split anywhere is waited for") {
  const Bytes head = hex("45440001 000004 08080802") + noise_hello();
  for (std::size_t size = 1; size < 11 + 8; ++size) {
    const Outcome outcome = ask_stream(whatsapp(), cut(head, size));
    INFO(size);
    CHECK(outcome.answer == Answer::unsure);
    CHECK_FALSE(outcome.certain());
    CHECK(outcome.signal() == (size < 8 ? "" : "WA.TEXT.ROUTING"));
  }
  CHECK(ask_stream(whatsapp(), cut(head, 11 + 8)).certain());
}

TEST_CASE("whatsapp: binary XMPP hello of 2015, whatever the port") {
  const Outcome outcome = ask_stream(
      whatsapp(), hex("5741 0105 00001a f80501a59189fc12") + ascii("iPhone-2.12.2-5222"));
  CHECK(outcome.signal() == "WA.TEXT.XMPP");
  CHECK(outcome.certain());
}

TEST_CASE("whatsapp: hellos that are nearly right are refused") {
  for (const char* text :
       {"5741 0a00 00002a 12280a20", "5741 0603 00002a 10280a20", "5741 0603 f0002a 12280a20",
        "5741 0105 00001a f70501a5", "45440001 000004 09080802 5741 0603 00002a12",
        "45440001 0fff04 08080802 5741 0603 00002a12",
        "45440002 000004 08080802 5741 0603 00002a12"}) {
    INFO(text);
    const Outcome outcome = ask_stream(whatsapp(), hex(text) + Bytes(60, 0));
    CHECK(outcome.answer == Answer::not_for_us);
    CHECK(outcome.claims.empty());
  }
}

TEST_CASE("whatsapp: a hello counts where the TCP handshake was not captured") {
  CHECK(ask_stream(whatsapp(), noise_hello(), {}, false).certain());
  CHECK(ask_stream(whatsapp(), Bytes(1, 0) + noise_hello(), {}, false).claims.empty());
}

TEST_CASE("whatsapp: the server's Noise hello where the client's side is missing") {
  const Bytes hello = hex("000036 1a34 0a20") + Bytes(32, 0x61) + hex("1a10") + Bytes(16, 0x62);
  const Outcome outcome = ask_stream(whatsapp(), {}, hello);
  CHECK(outcome.signal() == "WA.TEXT.SERVER");
  CHECK_FALSE(outcome.certain());
  CHECK(ask_stream(whatsapp(), {}, hello, false).claims.empty());
  Bytes wrong = hello;
  wrong[4] = 0x33;  // the lengths no longer agree
  CHECK(ask_stream(whatsapp(), {}, wrong).claims.empty());
}

TEST_CASE("whatsapp: Allocate of 2015 with its unaligned length, of 2023 with integrity") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Bytes old = stun_message("0003", stun_attribute("4000", 102));
  CHECK(old.size() == 126);
  const Bytes recent = stun_message(
      "0003", stun_attribute("4000", 152) + hex("0016 0008 0001 0102 21324354") + integrity);
  for (const Bytes& request : {old, stun_message("0003", stun_attribute("4001", 102)), recent}) {
    const Outcome outcome = ask_datagram(whatsapp(), request);
    CHECK(outcome.signal() == "WA.RELAY.ALLOCATE");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().role == Role::relay);
    CHECK(outcome.claims.front().service == Service::call);
  }
  // The form Messenger may use as well.
  const Bytes shared = stun_message("0003", stun_attribute("4000", 102) + Bytes(2, 0) + integrity);
  CHECK(ask_datagram(whatsapp(), shared).claims.empty());
}

TEST_CASE("whatsapp: relay answer, bye and bandwidth probes") {
  const Bytes mapped = hex("0020 0008 0001 91766e31b187");
  const Bytes time = hex("4002 0008 0000014d8c8e3275");
  CHECK(ask_datagram(whatsapp(), stun_message("0103", mapped + time)).signal() ==
        "WA.RELAY.ANSWER");
  CHECK(ask_datagram(whatsapp(), stun_message("0103", mapped)).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0103", mapped + time + stun_attribute("0008", 20)))
            .claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0800", stun_attribute("4001", 102))).signal() ==
        "WA.RELAY.BYE");
  // Attributes without padding: no STUN parser reads these.
  const Bytes probe = stun_attribute("4003", 9) + stun_attribute("4004", 200);
  CHECK(ask_datagram(whatsapp(), stun_message("0801", probe)).signal() == "WA.RELAY.PROBE");
  CHECK(ask_datagram(whatsapp(), stun_message("0804", probe)).signal() == "WA.RELAY.PROBE");
  CHECK(ask_datagram(whatsapp(), stun_message("0802", time + stun_attribute("4003", 9))).signal() ==
        "WA.RELAY.PROBE");
  CHECK(ask_datagram(whatsapp(), stun_message("0800", {})).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0800", stun_attribute("4003", 9))).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0801", {})).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0803", probe)).claims.empty());
}

TEST_CASE("whatsapp: peer checks wait for the socket, their answers are a weak sign") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Outcome request = ask_datagram(whatsapp(), stun_message("0001", integrity));
  CHECK(request.answer == Answer::unsure);
  CHECK(request.claims.empty());
  const Outcome answer = ask_datagram(whatsapp(), stun_message("0101", integrity));
  CHECK(answer.signal() == "WA.PEER.ANSWER");
  CHECK_FALSE(answer.certain());
  CHECK(answer.claims.front().role == Role::peer);
}

TEST_CASE("whatsapp: names") {
  CHECK(service_of(whatsapp(), "e13.whatsapp.net") == "text");
  CHECK(service_of(whatsapp(), "g.whatsapp.net") == "text");
  CHECK(service_of(whatsapp(), "chat.cdn.whatsapp.net") == "text");
  CHECK(service_of(whatsapp(), "mmg-fna.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "media-mxp1-1.cdn.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "media.fmxp3-1.fna.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "pps.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "static.whatsapp.net") == "web");
  CHECK(service_of(whatsapp(), "web.whatsapp.com") == "web");
  CHECK(service_of(whatsapp(), "wa.me") == "web");
  CHECK(service_of(whatsapp(), "notwhatsapp.com").empty());
  CHECK(service_of(whatsapp(), "whatsapp.com.example.net").empty());
}

TEST_CASE("whatsapp: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(whatsapp(), payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(whatsapp(), head).claims.empty());
    CHECK(ask_stream(whatsapp(), {}, head).claims.empty());
  }
}

TEST_CASE("whatsapp: a flow without any sign is given up") {
  classify::FlowFacts flow = udp_flow();
  const Bytes noise(40, 0x9c);
  CHECK(ask_datagram(whatsapp(), noise, flow).answer == Answer::unsure);
  flow.datagrams = 100;
  CHECK(ask_datagram(whatsapp(), noise, flow).answer == Answer::not_for_us);
}

}  // namespace
