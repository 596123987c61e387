// Tests L2TP's signals on messages written by hand.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::l2tp {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;

const classify::Classifier& l2tp() { return classifiers::l2tp::instance(); }

const classify::FlowFacts kFlow = udp_flow("192.0.2.7", 1701);

// SCCRQ with protocol version and host name.
Bytes request(const char* flags = "c802", const char* first = "8008 0000 0000 0001") {
  const Bytes attributes = hex(first) + hex("8008 0000 0002 0100 8009 0000 0007") + ascii("lac");
  const auto length = static_cast<std::uint8_t>(12 + attributes.size());
  return hex(flags) + Bytes{0, length} + hex("0000 0000 0000 0000") + attributes;
}

Bytes ppp(const char* head = "0002 1234 0001 ff03 c021") { return hex(head) + noise(20); }

TEST_CASE("l2tp: control messages of both versions, on any port") {
  for (const char* flags : {"c802", "c803"}) {
    CHECK(ask_datagram(l2tp(), request(flags), kFlow).signal() == "L2TP.CONTROL");
    CHECK(ask_datagram(l2tp(), request(flags), udp_flow("192.0.2.7", 40000)).certain());
  }
  CHECK(ask_flow(l2tp(), {down(request())}, kFlow).claims.front().service ==
        classify::Service::tunnel);
}

TEST_CASE("l2tp: flags, length and first attribute must hold") {
  CHECK(ask_datagram(l2tp(), request("c804"), kFlow).claims.empty());
  CHECK(ask_datagram(l2tp(), request() + Bytes{0}, kFlow).claims.empty());
  CHECK(ask_datagram(l2tp(), request("c802", "8008 0000 0001 0001"), kFlow).claims.empty());
  CHECK(ask_datagram(l2tp(), request("c802", "8008 0000 0000 0044"), kFlow).claims.empty());
}

TEST_CASE("l2tp: an acknowledgement without attributes counts on the port only") {
  const Bytes ack = hex("c802 000c 1234 0000 0001 0001");
  CHECK(ask_datagram(l2tp(), ack, kFlow).signal() == "L2TP.ACK");
  CHECK(ask_datagram(l2tp(), ack, udp_flow("192.0.2.7", 40000)).claims.empty());
}

TEST_CASE("l2tp: data with PPP inside, twice in a direction") {
  CHECK(ask_flow(l2tp(), {up(ppp())}, kFlow).claims.empty());
  CHECK(ask_flow(l2tp(), {up(ppp()), down(ppp())}, kFlow).claims.empty());
  CHECK(
      ask_flow(l2tp(), {down(ppp()), down(ppp("4002 0020 1234 0001 ff03 80fd"))}, kFlow).signal() ==
      "L2TP.PPP");
  CHECK(ask_flow(l2tp(), {up(ppp("0002 1234 0001 ff03 1111")), up(ppp("0002 1234 0001 0001 0021"))},
                 kFlow)
            .claims.empty());
}

TEST_CASE("l2tp: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_flow(l2tp(), std::vector<Sent>(12, up(payload)), kFlow).claims.empty());
  }
}

}  // namespace
