// Tests Meet's signals on bytes written by hand, and that others' WebRTC is not claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::meet {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Role;
using classify::Service;

const classify::Classifier& meet() { return classifiers::meet::instance(); }

classify::FlowFacts media_flow(std::string_view server = "142.250.82.19") {
  return udp_flow(server, 19305);
}

Bytes check() {
  return stun_message("0001", hex("0006 0009") + ascii("abcd:efgh") + Bytes(3, 0) +
                                  hex("c057 0004 0003000a 0024 0004 6e7f1eff") +
                                  stun_attribute("0008", 20));
}

const Bytes kRtp = hex("806f 0001 00000010 11223344") + Bytes(80, 0x33);
const Bytes kDtls = hex("17 fefd 0001 000000000003 0020") + Bytes(32, 7);

TEST_CASE("meet: STUN in the media networks is certain, either way, IPv6 too") {
  const Bytes answer =
      stun_message("0101", hex("0020 0008 0001 0102 21324354") + stun_attribute("0008", 20));
  for (const char* server :
       {"142.250.82.19", "74.125.250.71", "2001:4860:4864:5::81", "2001:4860:4864:6::81"}) {
    for (const Bytes& packet : {check(), answer}) {
      INFO(server);
      const Outcome outcome = ask_datagram(meet(), packet, media_flow(server));
      CHECK(outcome.signal() == "MEET.MEDIA.ICE");
      CHECK(outcome.certain());
      CHECK(outcome.claims.front().service == Service::call);
      CHECK(outcome.claims.front().role == Role::relay);
    }
  }
}

TEST_CASE("meet: the media server may have been taken for the client") {
  classify::FlowFacts flow = udp_flow("10.0.0.2", 40000);
  flow.client = ip("142.250.82.19");
  CHECK(ask_datagram(meet(), kDtls, flow).signal() == "MEET.MEDIA.DTLS");
}

TEST_CASE("meet: DTLS at once, RTP when it flows") {
  CHECK(ask_datagram(meet(), kDtls, media_flow()).signal() == "MEET.MEDIA.DTLS");
  classify::FlowFacts flow = media_flow();
  CHECK(ask_datagram(meet(), kRtp, flow).claims.empty());
  CHECK(ask_datagram(meet(), kRtp, flow).answer == Answer::unsure);
  flow.rtp_flowing = true;
  CHECK(ask_datagram(meet(), kRtp, flow).signal() == "MEET.MEDIA.RTP");
}

TEST_CASE("meet: the relay that other services share is uncertain") {
  for (const char* server : {"74.125.247.128", "2001:4860:4864:4:8000::"}) {
    for (const Bytes& packet : {check(), kDtls}) {
      INFO(server);
      const Outcome outcome = ask_datagram(meet(), packet, udp_flow(server, 3478));
      CHECK(outcome.signal() == "MEET.MEDIA.RELAY");
      CHECK_FALSE(outcome.certain());
    }
  }
}

TEST_CASE("meet: nothing counts outside the media networks") {
  struct End {
    const char* server;
    std::uint16_t port;
  };
  for (const auto& [server, port] : {End{"74.125.128.127", 19302}, End{"142.250.83.1", 3478},
                                     End{"203.0.113.4", 19305}, End{"2001:db8::1", 19305}}) {
    classify::FlowFacts flow = udp_flow(server, port);
    flow.rtp_flowing = true;
    for (const Bytes& packet : {check(), kDtls, kRtp}) {
      INFO(server);
      const Outcome outcome = ask_datagram(meet(), packet, flow);
      CHECK(outcome.claims.empty());
      CHECK(outcome.answer == Answer::not_for_us);
    }
  }
}

TEST_CASE("meet: the media ports of Google's other addresses are uncertain") {
  for (const char* server : {"74.125.134.127", "2001:4860::1"}) {
    for (const Bytes& packet : {check(), kDtls}) {
      INFO(server);
      const Outcome outcome = ask_datagram(meet(), packet, media_flow(server));
      CHECK(outcome.signal() == "MEET.MEDIA.GOOGLE");
      CHECK_FALSE(outcome.certain());
    }
  }
}

TEST_CASE("meet: WebRTC's greeting over TCP counts in the media networks only") {
  const Bytes hello = hex("8046 01 0301 002d 0000 0010") + Bytes(61, 1);
  const Bytes reply = hex("16 0301 004a 02 000046 0301") + Bytes(68, 2);
  const auto ask = [](const Bytes& up, const Bytes& down, std::string_view server) {
    classify::FlowFacts flow = media_flow(server);
    flow.proto = 6;
    classify::StreamHead head;
    head.up = view(up);
    head.down = view(down);
    Outcome outcome;
    outcome.answer = meet().on_stream(flow, head, outcome);
    return outcome;
  };
  CHECK(ask(hello, {}, "74.125.250.71").signal() == "MEET.MEDIA.PSEUDOTLS");
  CHECK(ask({}, reply, "74.125.250.71").signal() == "MEET.MEDIA.PSEUDOTLS");
  CHECK(ask(hello, {}, "74.125.247.128").signal() == "MEET.MEDIA.RELAY");
  CHECK(ask(cut(hello, 10), {}, "74.125.250.71").claims.empty());
  CHECK(ask(hello, reply, "192.0.2.7").claims.empty());
}

TEST_CASE("meet: names") {
  CHECK(service_of(meet(), "meet.turns.goog") == "call");
  CHECK(service_of(meet(), "meet.google.com") == "web");
  CHECK(service_of(meet(), "stream.meet.google.com") == "web");
  CHECK(service_of(meet(), "meetings.googleapis.com") == "web");
  CHECK(service_of(meet(), "www.google.com").empty());
  CHECK(service_of(meet(), "storage.googleapis.com").empty());
}

TEST_CASE("meet: others' traffic is not claimed") { claims_nothing_of_others(meet()); }

}  // namespace
