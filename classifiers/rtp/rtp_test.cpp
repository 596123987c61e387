// Tests what makes RTP no call, and that RTCP is claimed only where nothing else is sent.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::rtp {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Service;

const classify::Classifier& rtp() { return classifiers::rtp::instance(); }

classify::FlowFacts flowing(std::string_view server = "192.0.2.7") {
  classify::FlowFacts flow = udp_flow(server, 5004);
  flow.rtp_flowing = true;
  return flow;
}

Bytes packet(std::string_view type, const Bytes& payload) {
  return hex("80") + hex(type) + hex("0001 00000010 11223344") + payload;
}

// `count` packets of a transport stream.
Bytes transport_stream(std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) out = out + hex("47 0100 10") + Bytes(184, 0xff);
  return out;
}

TEST_CASE("rtp: the engine claims RTP that nobody explains") {
  REQUIRE(rtp().info().media_signal != nullptr);
  CHECK(rtp().info().media_signal->id == "RTP.MEDIA");
  CHECK(rtp().info().generic);
  CHECK(ask_datagram(rtp(), packet("08", Bytes(160, 0x55)), flowing()).claims.empty());
}

TEST_CASE("rtp: broadcasts and cameras are no calls") {
  for (const Bytes& payload :
       {packet("21", transport_stream(7)), packet("60", transport_stream(7)),
        packet("1a", Bytes(900, 1)), packet("0e", Bytes(400, 1)), packet("20", Bytes(900, 1))}) {
    const Outcome outcome = ask_datagram(rtp(), payload, flowing());
    CHECK(outcome.signal() == "RTP.STREAM");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::other);
  }
}

TEST_CASE("rtp: types of telephones are none of these") {
  for (const char* type : {"00", "03", "08", "09", "12", "1f", "22", "60", "6f", "65"}) {
    INFO(type);
    CHECK(ask_datagram(rtp(), packet(type, Bytes(376, 0x46)), flowing()).claims.empty());
    CHECK(ask_datagram(rtp(), packet(type, Bytes(160, 0x47)), flowing()).claims.empty());
    CHECK(ask_datagram(rtp(), packet(type, {}), flowing()).claims.empty());
  }
}

TEST_CASE("rtp: a payload type proves nothing before RTP flows") {
  CHECK(ask_datagram(rtp(), packet("21", transport_stream(7)), udp_flow()).claims.empty());
}

TEST_CASE("rtp: to a group it is a broadcast") {
  for (const char* group : {"239.1.2.3", "255.255.255.255", "ff15::1"}) {
    const Outcome outcome = ask_datagram(rtp(), packet("08", Bytes(160, 0x55)), flowing(group));
    INFO(group);
    CHECK(outcome.signal() == "RTP.MULTICAST");
    CHECK(outcome.claims.front().service == Service::other);
  }
}

const Bytes kReport =
    hex("80c9 0001 11223344 81ca 0003 11223344 0104") + ascii("a@bc") + hex("0000");

TEST_CASE("rtp: a flow of nothing but reports is control of media elsewhere") {
  const Outcome outcome = ask_flow(rtp(), {up(kReport)});
  CHECK(outcome.claims.empty());
  const std::vector<classify::Glimpse> before = {glimpse_of(up(kReport))};
  classify::FlowFacts flow = udp_flow();
  flow.earlier = before;
  const Outcome second = ask_datagram(rtp(), kReport, flow);
  CHECK(second.signal() == "RTP.RTCP");
  CHECK(second.claims.front().service == Service::other);
  CHECK_FALSE(second.certain());
  const Bytes secured = kReport + hex("80000001") + Bytes(10, 9);  // SRTCP: index and tag
  CHECK(ask_datagram(rtp(), secured, flow).signal() == "RTP.RTCP");
  const Bytes stranger = hex("80c9 0001 99887766");
  CHECK(ask_datagram(rtp(), stranger, flow).claims.empty());
  const std::vector<classify::Glimpse> answered = {glimpse_of(down(kReport))};
  flow.earlier = answered;
  CHECK(ask_datagram(rtp(), kReport, flow).claims.empty());
}

TEST_CASE("rtp: reports beside media say nothing of their own") {
  const std::vector<classify::Glimpse> before = {glimpse_of(up(packet("08", Bytes(160, 1)))),
                                                 glimpse_of(up(kReport))};
  classify::FlowFacts flow = udp_flow();
  flow.earlier = before;
  CHECK(ask_datagram(rtp(), kReport, flow).claims.empty());
}

TEST_CASE("rtp: other traffic is given up soon") {
  classify::FlowFacts flow = udp_flow();
  flow.datagrams = 4;
  CHECK(ask_datagram(rtp(), hex("ff00 1122 33445566 778899aa"), flow).answer == Answer::not_for_us);
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(rtp(), payload).claims.empty());
  }
  for (std::uint32_t seed = 0; seed < 500; ++seed)
    CHECK(ask_datagram(rtp(), noise(100, seed)).claims.empty());
}

}  // namespace
