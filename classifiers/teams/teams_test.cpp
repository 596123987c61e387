// Tests Teams' signals on bytes written by hand, and that others' traffic is not claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::teams {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Role;
using classify::Service;

const classify::Classifier& teams() { return classifiers::teams::instance(); }

const char* const kTeamsRelay = "52.114.250.123";

// Allocate of [MS-TURN]: cookie, version, bandwidth.
Bytes allocate() {
  return stun_message("0003", hex("000f 0004 72c64bc6 8008 0004 00000006 0010 0004 00002ee0"));
}

Bytes framed(const Bytes& inner) {
  return hex("ff10") + counted(2, hex("deaa296708f708fc") + inner);
}

TEST_CASE("teams: Microsoft's TURN is Teams' in Teams' networks, else shared") {
  const Outcome inside = ask_datagram(teams(), allocate(), udp_flow(kTeamsRelay));
  CHECK(inside.signal() == "TEAMS.TURN.NETWORK");
  CHECK(inside.certain());
  CHECK(inside.claims.front().role == Role::relay);
  const Outcome outside = ask_datagram(teams(), allocate());
  CHECK(outside.signal() == "TEAMS.STUN.MS");
  CHECK_FALSE(outside.certain());
}

TEST_CASE("teams: answers with unpadded attributes are read too") {
  const Bytes challenge = hex("0113 0031 2112a442 a0a1a2a3a4a5a6a7a8a9aaab"
                              "000f 0004 72c64bc6 8008 0004 00000006 0009 0009 00000401") +
                          ascii("Never") + hex("8095 0008 0102030405060708");
  const Outcome outcome = ask_datagram(teams(), challenge, udp_flow(kTeamsRelay));
  CHECK(outcome.signal() == "TEAMS.TURN.NETWORK");
}

TEST_CASE("teams: MS-Version inside another attribute's value is none") {
  const Bytes message =
      stun_message("0003", hex("000f 0004 72c64bc6 0006 000c 61626364 8008 0004 00000006"));
  CHECK(ask_datagram(teams(), message, udp_flow(kTeamsRelay)).claims.empty());
}

TEST_CASE("teams: its own attributes decide anywhere, on relays and between peers") {
  for (const char* type : {"8033", "8036", "8037"}) {
    const Bytes check = stun_message(
        "0001", hex("8070 0004 00000007") + stun_attribute(type, 4) + stun_attribute("0008", 20));
    INFO(type);
    const Outcome outcome = ask_datagram(teams(), check, udp_flow("198.51.100.4", 16332));
    CHECK(outcome.signal() == "TEAMS.STUN.ICE");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().role == Role::peer);
    CHECK(outcome.claims.front().service == Service::call);
  }
}

TEST_CASE("teams: ICE of Skype's kind is uncertain") {
  for (const char* type : {"8008", "8050", "8054", "8055", "8070", "8095"}) {
    const Outcome outcome = ask_datagram(teams(), stun_message("0001", stun_attribute(type, 4)),
                                         udp_flow("198.51.100.4", 16332));
    INFO(type);
    CHECK(outcome.signal() == "TEAMS.STUN.MS");
    CHECK_FALSE(outcome.certain());
  }
}

TEST_CASE("teams: the multiplex frame counts on relay ports") {
  const Bytes frame = framed(hex("8068 0001 00000010 11223344") + Bytes(60, 3));
  CHECK(ask_datagram(teams(), frame, udp_flow(kTeamsRelay, 3480)).certain());
  const Outcome elsewhere = ask_datagram(teams(), frame, udp_flow("192.0.2.7", 3479));
  CHECK(elsewhere.signal() == "TEAMS.TURN.MULTIPLEX");
  CHECK_FALSE(elsewhere.certain());
  CHECK(ask_datagram(teams(), frame, udp_flow(kTeamsRelay, 9000)).claims.empty());
}

TEST_CASE("teams: names") {
  CHECK(service_of(teams(), "emea.ng.msg.teams.microsoft.com") == "text");
  CHECK(service_of(teams(), "trouter2-asse-a.trouter.teams.microsoft.com") == "text");
  CHECK(service_of(teams(), "presence.teams.microsoft.com") == "text");
  CHECK(service_of(teams(), "api.flightproxy.teams.microsoft.com") == "text");
  CHECK(service_of(teams(), "euaz.tr.teams.microsoft.com") == "call");
  CHECK(service_of(teams(), "euaz.relay.teams.microsoft.com") == "call");
  CHECK(service_of(teams(), "eu-prod.asyncgw.teams.microsoft.com") == "transfer");
  CHECK(service_of(teams(), "teams.microsoft.com") == "web");
  CHECK(service_of(teams(), "login.microsoftonline.com").empty());
  CHECK(service_of(teams(), "api.skype.com").empty());
}

TEST_CASE("teams: others' traffic is not claimed, even in Teams' networks") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(teams(), payload).claims.empty());
    CHECK(ask_datagram(teams(), payload, udp_flow(kTeamsRelay)).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(teams(), head).claims.empty());
  }
}

}  // namespace
