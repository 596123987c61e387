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

// A datagram at a time in seconds, to a relay of Teams'.
Outcome ask_at(const classify::Classifier& classifier, const Bytes& payload, std::int64_t seconds) {
  classify::Unwrapped unwrapped;
  classify::unwrap(view(payload), payload.size(), unwrapped);
  classify::Datagram datagram;
  datagram.payload = datagram.inner = view(payload);
  datagram.wire_len = datagram.inner_len = static_cast<std::uint32_t>(payload.size());
  datagram.stun = unwrapped.is_stun ? &unwrapped.stun : nullptr;
  datagram.ts_ns = seconds * 1'000'000'000;
  Outcome outcome;
  outcome.answer = classifier.on_datagram(udp_flow(kTeamsRelay), datagram, outcome);
  return outcome;
}

Bytes framed(const Bytes& inner) {
  return hex("ff10") + counted(2, hex("deaa296708f708fc") + inner);
}

TEST_CASE("teams: Microsoft's TURN is Teams' in Teams' networks, else shared") {
  const Outcome inside = ask_datagram(teams(), allocate(), udp_flow(kTeamsRelay));
  CHECK(inside.signal() == "TEAMS.TURN.NETWORK");
  CHECK_FALSE(inside.certain());  // Skype had moved there too
  CHECK(inside.claims.front().role == Role::relay);
  const Outcome outside = ask_datagram(teams(), allocate());
  CHECK(outside.signal() == "TEAMS.STUN.MS");
  CHECK_FALSE(outside.certain());
  CHECK(ask_datagram(teams(), allocate(), udp_flow("13.107.65.4")).signal() ==
        "TEAMS.TURN.NETWORK");
}

TEST_CASE("teams: nothing was Teams' before it opened") {
  CHECK(ask_at(teams(), allocate(), 1'480'000'000).claims.empty());
  CHECK(ask_at(teams(), allocate(), 1'500'000'000).signal() == "TEAMS.TURN.NETWORK");
  CHECK(ask_at(teams(), allocate(), 100).signal() == "TEAMS.TURN.NETWORK");  // a clock not set
}

TEST_CASE("teams: answers with unpadded attributes are read too") {
  const Bytes challenge = hex("0113 0031 2112a442 a0a1a2a3a4a5a6a7a8a9aaab"
                              "000f 0004 72c64bc6 8008 0004 00000006 0009 0009 00000401") +
                          ascii("Never") + hex("8095 0008 0102030405060708");
  const Outcome outcome = ask_datagram(teams(), challenge, udp_flow(kTeamsRelay));
  CHECK(outcome.signal() == "TEAMS.TURN.NETWORK");
}

TEST_CASE("teams: what the relay carries decides, also without the magic cookie") {
  const Bytes check = stun_message("0001", hex("8070 0004 00000007 8037 0004 00000002"));
  const Bytes attributes =
      hex("000f 0004 72c64bc6 0012 0008 0001 3fcc 5d476ecd 0013") + counted(2, check);
  const Bytes carried = hex("0115") + counted(2, attributes);
  const Bytes header = cut(carried, 4) + hex("c2d6764f a0a1a2a3a4a5a6a7a8a9aaab");
  const Outcome outcome = ask_datagram(teams(), header + attributes, udp_flow("192.0.2.7", 50123));
  CHECK(outcome.signal() == "TEAMS.STUN.ICE");
  CHECK(outcome.certain());
}

TEST_CASE("teams: MS-Version inside another attribute's value is none") {
  const Bytes message = stun_message("0003", hex("0006 000c 61626364 8008 0004 00000006"));
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
  for (const char* type : {"8008", "8050", "8055", "8070", "8095"}) {
    const Outcome outcome = ask_datagram(teams(), stun_message("0001", stun_attribute(type, 4)),
                                         udp_flow("198.51.100.4", 16332));
    INFO(type);
    CHECK(outcome.signal() == "TEAMS.STUN.MS");
    CHECK_FALSE(outcome.certain());
  }
}

TEST_CASE("teams: ICE with a candidate identifier was Skype's while there was a Skype") {
  const Bytes check = stun_message("0001", hex("8070 0004 00000003 8054 0004 31000000"));
  CHECK(ask_at(teams(), check, 1'590'000'000).claims.empty());
  CHECK(ask_at(teams(), check, 1'780'000'000).signal() == "TEAMS.TURN.NETWORK");
}

TEST_CASE("teams: acknowledgements of its signalling over UDP") {
  const Bytes guid = hex("03") + ascii("3bfffa15-6841-4607-8c27-9eceb9eb9d3b");
  const Outcome inside = ask_datagram(teams(), guid, udp_flow("52.114.77.136"));
  CHECK(inside.signal() == "TEAMS.UDP.SIGNALLING");
  CHECK(inside.certain());
  CHECK(inside.claims.front().role == Role::signalling);
  CHECK_FALSE(ask_datagram(teams(), guid).certain());
  CHECK(ask_datagram(teams(), guid, udp_flow("192.0.2.7", 9000)).claims.empty());
  for (const std::size_t at : {0U, 1U, 9U, 36U}) {
    Bytes other = guid;
    other[at] = 'g';
    CHECK(ask_datagram(teams(), other, udp_flow("52.114.77.136")).claims.empty());
  }
  CHECK(ask_datagram(teams(), cut(guid, 36), udp_flow("52.114.77.136")).claims.empty());
  CHECK(ask_datagram(teams(), guid + hex("00"), udp_flow("52.114.77.136")).claims.empty());
}

TEST_CASE("teams: RTP that flows to its networks") {
  const Bytes rtp = hex("9068 3d12 095e1948 000074ec bede0001 12869260") + Bytes(50, 0x31);
  classify::FlowFacts flow = udp_flow("52.113.10.20", 51234);
  CHECK(ask_datagram(teams(), rtp, flow).claims.empty());
  flow.rtp_flowing = true;
  CHECK(ask_datagram(teams(), rtp, flow).signal() == "TEAMS.MEDIA.NETWORK");
  flow.server = ip("192.0.2.7");
  CHECK(ask_datagram(teams(), rtp, flow).claims.empty());
}

TEST_CASE("teams: TURN over TCP, framed or behind pseudo-TLS, each side alone") {
  const Bytes plain = hex("0200") + counted(2, allocate());
  const Bytes teams_own = hex("0200") + counted(2, stun_message("0003", stun_attribute("8037", 4)));
  CHECK(ask_stream(teams(), plain).signal() == "TEAMS.STUN.MS");
  CHECK(ask_stream(teams(), hex("1603010005 0100000103") + plain).signal() == "TEAMS.STUN.MS");
  CHECK(ask_stream(teams(), teams_own).certain());
  CHECK(ask_stream(teams(), plain + plain, {}, false).signal() == "TEAMS.STUN.MS");
  CHECK(ask_stream(teams(), hex("16030100a5 010000a1 0303") + Bytes(60, 0x21)).claims.empty());
}

TEST_CASE("teams: the multiplex frame counts on relay ports") {
  const Bytes frame = framed(hex("8068 0001 00000010 11223344") + Bytes(60, 3));
  CHECK(ask_datagram(teams(), frame, udp_flow(kTeamsRelay, 3480)).signal() == "TEAMS.TURN.NETWORK");
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
  CHECK(service_of(teams(), "msgapi.teams.live.com") == "text");
  CHECK(service_of(teams(), "trouter-azsc-ukso-0-a.trouter.teams.live.com") == "text");
  CHECK(service_of(teams(), "teams.live.com") == "web");
  CHECK(service_of(teams(), "emea.ng.msg.teams-msgapi.trafficmanager.net") == "text");
  CHECK(service_of(teams(), "login.microsoftonline.com").empty());
  CHECK(service_of(teams(), "api.skype.com").empty());
}

TEST_CASE("teams: others' traffic is not claimed, even in Teams' networks") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(teams(), payload).claims.empty());
    // The cookie is Microsoft's own at least in Microsoft's networks.
    const bool cookie = view(payload).be32(24) == 0x72c64bc6;
    CHECK(ask_datagram(teams(), payload, udp_flow(kTeamsRelay)).claims.empty() != cookie);
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(teams(), head).claims.empty());
  }
}

}  // namespace
