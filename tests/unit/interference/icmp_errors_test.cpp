// Filters that say so by ICMP, and errors that are nobody's filter.
#include "interference/icmp_errors.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

using namespace deadair::test;
using namespace deadair::interference;
using deadair::IpAddress;

namespace {

constexpr std::uint32_t kClient = 0xc0a8'4d02, kRelay = 0x9df0'0001, kRouter = 0x5000'0001;

Bytes be(std::size_t width, std::uint64_t value) {
  Bytes out;
  while (width-- > 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * width)));
  return out;
}

struct Errors {
  IcmpBook book;
  IcmpContext context;
  std::uint64_t frame = 0;
  std::uint64_t answered_udp = 3, answered = 5;
  bool known = true, flow_answered = false;
  std::string_view app = "whatsapp";

  Errors() {
    context.refused = [this](const IcmpCase&) {
      return IcmpContext::Refused{app, known, flow_answered};
    };
    context.answered = [this](const IpAddress&, std::int64_t, std::int64_t, bool udp_only) {
      return udp_only ? answered_udp : answered;
    };
  }
  void error(std::uint32_t source, std::uint8_t type, std::uint8_t code, std::uint32_t target,
             std::uint16_t client_port = 50000, std::uint8_t proto = 17, std::uint16_t mtu = 0) {
    const Bytes body = be(2, 0) + be(2, mtu) + hex("45000030 00000000 3f") + be(1, proto) +
                       be(2, 0) + be(4, kClient) + be(4, target) + be(2, client_port) +
                       be(2, 3478) + be(4, 0);
    deadair::wire::Packet packet;
    packet.src = IpAddress::v4(source);
    packet.dst = IpAddress::v4(kClient);
    packet.ip_version = 4;
    packet.proto = deadair::wire::ip_proto::kIcmp;
    packet.src_port = type;
    packet.dst_port = code;
    packet.one_way = true;
    packet.ttl = 61;
    packet.ts_ns = static_cast<std::int64_t>(frame) * 1'000'000'000;
    packet.frame = {0, ++frame};
    packet.payload = view(body);
    book.note(packet);
  }
  std::vector<Finding> judge() { return judge_icmp(book, context); }
};

bool open(const Finding& finding, std::string_view name) {
  for (const Alternative& one : finding.alternatives)
    if (one.name == name) return !one.excluded;
  return false;
}

}  // namespace

TEST_CASE("a router that prohibits an application's relays is likely a filter, and is named") {
  Errors errors;
  for (std::uint32_t i = 0; i < 3; ++i) errors.error(kRouter, 3, 10, kRelay + i);
  const auto found = errors.judge();
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "ICMP.ADMIN");
  CHECK(found[0].level == Level::likely);
  CHECK(found[0].app == "whatsapp");
  CHECK(found[0].frames.size() == 3);
  CHECK(open(found[0], "local_firewall"));
  CHECK_FALSE(open(found[0], "udp_blocked"));
  CHECK(found[0].text ==
        "80.0.0.1 says 3 times that packets of 192.168.77.2 to UDP port 3478 of 3 servers are "
        "prohibited (ICMP type 3 code 10).");
}

TEST_CASE("two attempts at one relay are enough, one is anomalous") {
  Errors errors;
  errors.error(kRouter, 3, 13, kRelay, 50000);
  errors.error(kRouter, 3, 13, kRelay, 50000);
  SECTION("one") { CHECK(errors.judge()[0].level == Level::anomalous); }
  SECTION("two") {
    errors.error(kRouter, 3, 13, kRelay, 50001);
    CHECK(errors.judge()[0].level == Level::likely);
  }
}

TEST_CASE("what is not known keeps the level down") {
  Errors errors;
  std::uint32_t source = kRouter;
  Level expected = Level::observed;
  SECTION("nobody's application") { errors.app = ""; }
  SECTION("the packet refused was not captured") { errors.known = false; }
  SECTION("the flow was answered all the same") { errors.flow_answered = true; }
  SECTION("nothing else is answered") { errors.answered = errors.answered_udp = 0; }
  SECTION("no other UDP is answered") {
    errors.answered_udp = 0;
    expected = Level::anomalous;
  }
  SECTION("a device of the user's own network") {
    source = 0xc0a8'4d01;
    expected = Level::anomalous;
  }
  SECTION("a gate") {
    errors.context.gates.set(Gate::caploss_udp, GateEffect::caps);
    expected = Level::anomalous;
  }
  for (std::uint32_t i = 0; i < 3; ++i) errors.error(source, 3, 10, kRelay + i);
  CHECK(errors.judge()[0].level == expected);
}

TEST_CASE("a private address that is taken for a public one is no near device") {
  Errors errors;
  const std::vector<deadair::IpPrefix> nets{{IpAddress::v4(0xc633'6400), 24}};
  errors.context.public_nets = nets;
  for (std::uint32_t i = 0; i < 3; ++i) errors.error(0xc633'6401, 3, 10, kRelay + i);
  CHECK(errors.judge()[0].level == Level::likely);
}

TEST_CASE("addresses of private networks are refused by any router, and count for nothing") {
  Errors errors;
  for (const std::uint32_t target : {0x0a0b'0c0dU, 0xac14'0a04U, 0xc0a8'2b07U, 0x6440'0001U})
    for (std::uint16_t port = 50000; port < 50002; ++port)
      errors.error(kRouter, 3, 13, target, port);
  SECTION("alone") {
    const auto found = errors.judge();
    CHECK(found[0].level == Level::observed);
    CHECK(open(found[0], "private_target"));
  }
  SECTION("beside a relay") {
    errors.error(kRouter, 3, 13, kRelay);
    const auto found = errors.judge();
    CHECK(found[0].level == Level::anomalous);
    CHECK_FALSE(open(found[0], "private_target"));
  }
  SECTION("beside three relays") {
    for (std::uint32_t i = 0; i < 3; ++i) errors.error(kRouter, 3, 13, kRelay + i);
    CHECK(errors.judge()[0].level == Level::likely);
  }
  SECTION("taken for public ones") {
    const std::vector<deadair::IpPrefix> nets{{IpAddress::v4(0x0a0b'0000), 16}};
    errors.context.public_nets = nets;
    CHECK(errors.judge()[0].level == Level::likely);
  }
}

TEST_CASE("candidates of a call that found another way count for nothing") {
  Errors errors;
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint16_t port = 50000; port < 50002; ++port)
      errors.error(kRouter, 3, 13, kRelay + i, port);
  SECTION("all of them") {
    errors.context.candidate = [](const IcmpCase&, std::uint16_t) { return true; };
    const auto found = errors.judge();
    CHECK(found[0].level == Level::observed);
    CHECK(open(found[0], "call_candidate"));
  }
  SECTION("all but one attempt at one relay") {
    errors.context.candidate = [](const IcmpCase& entry, std::uint16_t port) {
      return entry.target != IpAddress::v4(kRelay) || port != 50000;
    };
    CHECK(errors.judge()[0].level == Level::anomalous);
  }
  SECTION("one of two attempts") {
    errors.context.candidate = [](const IcmpCase&, std::uint16_t port) { return port == 50000; };
    CHECK(errors.judge()[0].level == Level::likely);  // three relays in the other
  }
}

TEST_CASE("errors of the server itself, closed ports, routes and sizes are no filter") {
  Errors errors;
  errors.error(kRelay, 3, 10, kRelay);
  errors.error(kRelay, 3, 3, kRelay);
  errors.error(kRouter, 3, 1, kRelay);
  errors.error(kRouter, 3, 4, kRelay, 50000, 6, 1400);
  errors.error(kRouter, 3, 4, kRelay, 50000, 6, 1300);
  errors.error(kRouter, 11, 0, kRelay);
  CHECK(errors.judge().empty());
  CHECK(errors.book.path_mtu(IpAddress::v4(kRelay)) == 1300);
  CHECK_FALSE(errors.book.path_mtu(IpAddress::v4(kRelay + 1)));
  CHECK(errors.book.refused(IpAddress::v4(kRelay), 3478, 17));
  CHECK_FALSE(errors.book.refused(IpAddress::v4(kRelay), 3478, 6));
  CHECK(errors.book.loops(IpAddress::v4(kRelay)) == 1);
}

TEST_CASE("a port closed in another's name is not the server's word") {
  Errors errors;
  errors.error(kRouter, 3, 3, kRelay);
  CHECK_FALSE(errors.book.refused(IpAddress::v4(kRelay), 3478, 17));
}

TEST_CASE("the book is bounded and counts what it leaves out") {
  Errors errors;
  for (std::uint32_t i = 0; i < 5000; ++i) errors.error(kRouter, 3, 10, kRelay + i);
  CHECK(errors.book.cases().size() == IcmpBook::kMostCases);
  CHECK(errors.book.forgotten() == 5000 - IcmpBook::kMostCases);
}
