// Tests IPsec's signals on messages written by hand, and what resembles them.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::ipsec {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& ipsec() { return classifiers::ipsec::instance(); }

// An IKE message of 28 bytes of header and 16 of payload.
Bytes ike(const char* version_exchange_flags, const char* length = "0000002c") {
  return hex("1c1869f6d29ba0cc 0000000000000000 21") + hex(version_exchange_flags) +
         hex("00000000") + hex(length) + noise(16);
}

Bytes esp(std::uint8_t sequence, const char* spi = "c0a1b2c3", std::size_t size = 88) {
  return hex(spi) + hex("000000") + Bytes{sequence} + noise(size, sequence);
}

const classify::FlowFacts kNat = udp_flow("192.0.2.7", 4500);

TEST_CASE("ipsec: IKE of both versions, on any port, in each direction") {
  for (const char* fields :
       {"100200", "100401", "102001", "202208", "202220", "202320", "202508"}) {
    INFO(fields);
    const Outcome outcome = ask_datagram(ipsec(), ike(fields), udp_flow("192.0.2.7", 500));
    CHECK(outcome.signal() == "IPSEC.IKE");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == classify::Service::tunnel);
    CHECK(ask_flow(ipsec(), {down(ike(fields))}, udp_flow("192.0.2.7", 40500)).certain());
  }
}

TEST_CASE("ipsec: IKE behind the marker of port 4500") {
  CHECK(ask_datagram(ipsec(), hex("00000000") + ike("202308"), kNat).certain());
  CHECK(ask_datagram(ipsec(), hex("00000001") + ike("202308"), kNat).claims.empty());
}

TEST_CASE("ipsec: every field of the header must hold") {
  for (const char* fields : {"300200", "102200", "200200", "202308ff", "2023c0", "100280"}) {
    INFO(fields);
    CHECK(ask_datagram(ipsec(), ike(fields)).claims.empty());
  }
  CHECK(ask_datagram(ipsec(), ike("202208", "0000002d")).claims.empty());
  Bytes no_spi = ike("202208");
  std::fill_n(no_spi.begin(), 8, std::uint8_t{0});
  CHECK(ask_datagram(ipsec(), no_spi).claims.empty());
}

TEST_CASE("ipsec: IKE cut by the snap length still shows its header") {
  const Bytes head = cut(ike("202208"), 28);
  classify::Datagram datagram;
  datagram.payload = view(head);
  datagram.wire_len = 44;
  Outcome outcome;
  CHECK(ipsec().on_datagram(udp_flow(), datagram, outcome) == Answer::certain);
}

TEST_CASE("ipsec: ESP over UDP shows with the fourth packet of a direction") {
  std::vector<Sent> flow = {up(hex("ff")), up(esp(7)), up(esp(9)), up(esp(8))};
  CHECK(ask_flow(ipsec(), flow, kNat).claims.empty());
  flow.push_back(up(esp(10)));
  CHECK(ask_flow(ipsec(), flow, kNat).signal() == "IPSEC.ESP.UDP");
  CHECK(ask_flow(ipsec(), flow, udp_flow("192.0.2.7", 4501)).claims.empty());
}

TEST_CASE("ipsec: what only resembles ESP is refused") {
  std::vector<Sent> small_spi, odd_size, still, many_spis;
  for (std::uint8_t i = 1; i <= 12; ++i) {
    small_spi.push_back(up(esp(i, "000000c8")));
    odd_size.push_back(up(esp(i, "c0a1b2c3", 89)));
    still.push_back(up(esp(5)));
    many_spis.push_back(up(noise(96, i)));
  }
  for (const auto& flow : {small_spi, odd_size, still, many_spis})
    CHECK(ask_flow(ipsec(), flow, kNat).claims.empty());
}

TEST_CASE("ipsec: over TCP the prefix tells, however it is split") {
  CHECK(ask_stream(ipsec(), ascii("IKETCP") + noise(40)).signal() == "IPSEC.IKE.TCP");
  CHECK(ask_stream(ipsec(), ascii("IKET")).answer == Answer::unsure);
  CHECK(ask_stream(ipsec(), ascii("IKETCP"), {}, false).claims.empty());
}

TEST_CASE("ipsec: protocols 50 and 51") {
  REQUIRE(ipsec().info().protocols.size() == 2);
  for (const auto& rule : ipsec().info().protocols)
    CHECK(rule.service == classify::Service::tunnel);
}

TEST_CASE("ipsec: others' traffic is not claimed, on its ports neither") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_flow(ipsec(), std::vector<Sent>(12, up(payload)), kNat).claims.empty());
    CHECK(ask_datagram(ipsec(), payload, udp_flow("192.0.2.7", 500)).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(ipsec(), head).claims.empty());
  }
}

}  // namespace
