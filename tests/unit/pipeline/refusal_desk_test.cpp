// Whose flows a filter's ICMP errors refuse, out of whole packets.
#include "pipeline/refusal_desk.hpp"

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

constexpr std::uint32_t kFilter = 0x0808'0101;  // 8.8.1.1

// RFC 792: type 3, with the quoted header and the first eight bytes of a datagram to kServer.
Bytes refusal(std::uint32_t source, std::uint8_t code, unsigned src_port) {
  const Bytes quoted = hex("45000020 00000000 4011 0000") + be(4, kClient) + be(4, kServer) +
                       be(2, src_port) + be(2, 3478) + be(2, 12) + be(2, 0);
  return ipv4_frame(source, kClient, 1, be(1, 3) + be(1, code) + be(2, 0) + be(4, 0) + quoted);
}

// STUN Binding requests, each refused, beside a flow to another server that is answered.
RecordingSink refused_by(std::uint32_t source, std::uint8_t code, bool answered = false) {
  const Bytes request = hex("00010000 2112a442 000102030405060708090a0b");
  FakeSource file;
  for (unsigned i = 0; i < 4; ++i) {
    const std::int64_t at = i * kSecond;
    const unsigned port = 50000 + i / 2;
    file.add(at, ipv4_frame(kClient, kServer, 17, udp_body(port, 3478, request)));
    file.add(at + kMs, refusal(source, code, port));
    if (answered)
      file.add(at + 2 * kMs, ipv4_frame(kServer, kClient, 17, udp_body(3478, port, request)));
    file.add(at + 3 * kMs, udp_frame(6000, 7000, 8, kClient, kFilter + 1));
    file.add(at + 4 * kMs, udp_frame(7000, 6000, 8, kFilter + 1, kClient));
  }
  return run_all(file);
}

}  // namespace

TEST_CASE("Errors of a filter are one finding with their packets") {
  const RecordingSink sink = refused_by(kFilter, 13);
  const report::Finding* found = sink.find("ICMP.ADMIN");
  REQUIRE(found != nullptr);
  CHECK(found->frames.size() == 4);
  CHECK(found->text.find("8.8.1.1") != std::string::npos);
  const auto& others = found->alternatives;
  const auto forged = std::find_if(others.begin(), others.end(),
                                   [](const auto& one) { return one.name == "forged_error"; });
  REQUIRE(forged != others.end());
  CHECK(forged->excluded);  // the datagrams that the errors quote were captured
}

TEST_CASE("A flow that was answered all the same makes it no more than seen") {
  const RecordingSink sink = refused_by(kFilter, 13, true);
  const report::Finding* found = sink.find("ICMP.ADMIN");
  REQUIRE(found != nullptr);
  CHECK(found->level == report::Level::observed);
}

TEST_CASE("Errors of the refused host, and errors that refuse nothing, are no finding") {
  CHECK(refused_by(kServer, 13).find("ICMP.ADMIN") == nullptr);
  CHECK(refused_by(kServer, 3).findings.empty());
  CHECK(refused_by(kFilter, 1).findings.empty());
}

namespace {

// Two sockets of a client each ask a relay that a router prohibits, while other UDP is answered.
struct Desk {
  static constexpr std::uint16_t kPorts[] = {50000, 50001};

  pipeline::RefusalDesk desk{{{IpAddress::v4(0xc633'6400), 24}}};  // kServer's is taken public
  interference::Controls controls;
  std::vector<interference::CallStory> calls;

  Desk() {
    const IpAddress client = IpAddress::v4(kClient), server = IpAddress::v4(kServer);
    for (const std::uint16_t port : kPorts) {
      const Bytes body = hex("00000000 45000020 00000000 4011 0000") + be(4, kClient) +
                         be(4, kServer) + be(2, port) + be(2, 3478) + be(2, 12) + be(2, 0);
      wire::Packet packet;
      packet.src = IpAddress::v4(kFilter);
      packet.dst = client;
      packet.ip_version = 4;
      packet.proto = wire::ip_proto::kIcmp;
      packet.src_port = 3;
      packet.dst_port = 13;
      packet.one_way = true;
      packet.ts_ns = kSecond;
      packet.frame = {0, port};
      packet.payload = view(body);
      desk.packet(packet);
    }
    desk.flow({client, server, 3478, wire::ip_proto::kUdp, "whatsapp", false});
    controls.add(interference::Control::udp_answered, client, 0, kSecond);
  }
  void call(std::uint16_t port, call::Outcome outcome, bool relay = true) {
    interference::CallStory& story = calls.emplace_back();
    story.client = {IpAddress::v4(kClient), port};
    story.outcome = outcome;
    story.targets.push_back({{IpAddress::v4(kServer), 3478}, relay});
  }
  interference::Level level() {
    const auto found = desk.judge(controls, {}, calls);
    REQUIRE(found.size() == 1);
    return found[0].level;
  }
};

}  // namespace

TEST_CASE("A relay that is prohibited counts unless the call of that socket connected") {
  using call::Outcome;
  using interference::Level;
  Desk test;
  SECTION("no call is known") { CHECK(test.level() == Level::likely); }
  SECTION("both failed") {
    for (const std::uint16_t port : Desk::kPorts) test.call(port, Outcome::setup_failed);
    CHECK(test.level() == Level::likely);
  }
  SECTION("one failed") {
    test.call(Desk::kPorts[0], Outcome::setup_failed);
    test.call(Desk::kPorts[1], Outcome::connected);
    CHECK(test.level() == Level::anomalous);
  }
  SECTION("both connected") {
    for (const std::uint16_t port : Desk::kPorts) test.call(port, Outcome::connected);
    CHECK(test.level() == Level::observed);
  }
  SECTION("a call through another socket tried it, and connected") {
    test.call(60000, Outcome::connected);
    CHECK(test.level() == Level::observed);
  }
  SECTION("nothing is seen to fail") {
    const Outcome outcome =
        GENERATE(Outcome::not_observable, Outcome::no_answer, Outcome::cancelled);
    for (const std::uint16_t port : Desk::kPorts) test.call(port, outcome);
    CHECK(test.level() == Level::likely);  // and nothing to work either
    for (auto& call : test.calls)
      call.targets.push_back({{IpAddress::v4(kServer + 1), 3478}, true, 1, 1});
    CHECK(test.level() == Level::observed);
    test.calls[0].outcome = Outcome::setup_failed;
    CHECK(test.level() == Level::anomalous);
  }
  SECTION("a peer") {
    for (const std::uint16_t port : Desk::kPorts) test.call(port, Outcome::setup_failed, false);
    CHECK(test.level() == Level::observed);
  }
}
