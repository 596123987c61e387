// Forged answers: HTTP, DNS and ICMP.
#include "catch.hpp"
#include "proto/dns.hpp"
#include "scene.hpp"

using namespace deadair;
using namespace deadair::test;
using mb::Way;

namespace {

// RFC 1035 section 4.1 with one question for watched.example, which EDNS follows.
Bytes query(unsigned type) {
  return hex("abcd 0100 0001 0000 0000 0001 07") + ascii("watched") + hex("07") + ascii("example") +
         hex("00") + be(type, 2) + hex("0001 00 0029 04d0 00000000 0000");
}

std::vector<Sent> answered(const std::string& action, unsigned type, Way way = Way::down) {
  Scene scene(one_rule(action, R"({"dns_name":"watched.example"})"));
  const Ends ends{true, 40'000, 53};
  scene.up(10, ends.udp(Way::up, query(type)));
  return scene.take(way);
}

}  // namespace

TEST_CASE("a redirect takes the server's place") {
  Scene scene(one_rule(
      R"({"type":"http","location":"http://block.example/","delay_ms":1,"reset_server":true})",
      R"({"host":"watched.example"})"));
  handshake(scene, {});
  scene.take();
  scene.up(100, request({}, "watched.example"));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 3);
  const wire::Packet answer = sent[1].packet();
  CHECK(sent[1].ms == Approx(101));
  CHECK(checksums_hold(sent[1].bytes));
  CHECK(answer.tcp_flags == (flag::kPsh | flag::kAck | flag::kFin));
  CHECK(answer.seq == 5001);
  CHECK(answer.ack == 1001 + request_of("watched.example").size());
  CHECK(sent[1].text().starts_with("HTTP/1.1 302 Found\r\nLocation: http://block.example/\r\n"));
  CHECK(sent[2].packet().tcp_flags == (flag::kRst | flag::kAck));
  CHECK(sent[2].way == Way::up);
}

TEST_CASE("a block page instead of the request") {
  Scene scene(one_rule(R"({"type":"http","body":"<b>no</b>","fin":false,"drop":true})",
                       R"({"host":"watched.example"})"));
  handshake(scene, {});
  scene.take();
  scene.up(100, request({}, "watched.example"));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].packet().tcp_flags == (flag::kPsh | flag::kAck));
  CHECK(sent[0].text().starts_with("HTTP/1.1 403 Forbidden\r\n"));
  CHECK(sent[0].text().ends_with("Content-Length: 9\r\nConnection: close\r\n\r\n<b>no</b>"));
}

TEST_CASE("a bogus address answers the query before the resolver does") {
  const auto sent = answered(
      R"({"type":"dns","address":"10.10.34.35","record_ttl":60,"ttl":200,"delay_ms":2})", 1);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].ms == Approx(12));
  CHECK(checksums_hold(sent[0].bytes));
  CHECK(sent[0].packet().ttl == 200);
  const Bytes expected = hex("abcd 8180 0001 0001 0000 0000 07") + ascii("watched") + hex("07") +
                         ascii("example") +
                         hex("00 0001 0001 c00c 0001 0001 0000003c 0004 0a0a2223");
  CHECK(sent[0].text() == std::string(expected.begin(), expected.end()));
  CHECK(answered(R"({"type":"dns","address":"10.10.34.35"})", 1, Way::up).size() == 1);
  CHECK(answered(R"({"type":"dns","address":"10.10.34.35","drop":true})", 1, Way::up).empty());
}

TEST_CASE("what DNS answers to other types, and that there is no such name") {
  const auto read = [](const std::vector<Sent>& sent) {
    proto::dns::Message message;
    static Bytes kept;
    kept = Bytes(sent.at(0).bytes.begin() + 42, sent.at(0).bytes.end());
    CHECK(proto::dns::parse(view(kept), kept.size(), message) == ParseStatus::parsed);
    return message;
  };
  const auto none = read(answered(R"({"type":"dns","address":"10.10.34.35"})", 28));
  CHECK(none.answers == 0);
  CHECK(none.rcode == 0);
  const auto v6 = read(answered(R"({"type":"dns","address6":"2001:db8::bad"})", 28));
  CHECK(v6.answers == 1);
  const auto nowhere = read(answered(R"({"type":"dns","nxdomain":true})", 1));
  CHECK(nowhere.rcode == 3);
  CHECK(nowhere.answers == 0);
}

TEST_CASE("administratively prohibited, at most so often") {
  Scene scene(one_rule(R"({"type":"icmp","code":"admin","source":"192.0.2.1","per_s":1})",
                       R"({"proto":"udp","server_port":3478})"));
  const Ends ends{true, 40'000, 3478};
  const mb::Frame datagram = ends.udp(Way::up, Bytes(100, 7));
  for (int i = 0; i < 5; ++i) scene.up(300.0 * i, datagram);
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].way == Way::down);
  CHECK(checksums_hold(sent[0].bytes));
  const Bytes& bytes = sent[0].bytes;
  CHECK(Bytes(bytes.begin() + 26, bytes.begin() + 34) == hex("c0000201 c0a84d02"));
  CHECK(Bytes(bytes.begin() + 34, bytes.begin() + 36) == hex("030d"));
  CHECK(Bytes(bytes.begin() + 42, bytes.end()) ==
        Bytes(datagram.bytes.begin() + 14, datagram.bytes.end()));
  CHECK(sent[1].ms == Approx(1200));
}

TEST_CASE("refusals of ICMPv6 and of ports") {
  const auto code_of = [](const std::string& code, bool v4) {
    Scene scene(one_rule(R"({"type":"icmp","code":")" + code + "\"}"));
    scene.up(0, Ends{v4, 40'000, 3478}.udp(Way::up, Bytes(20, 7)));
    const std::vector<Sent> sent = scene.take();
    REQUIRE(sent.size() == 1);
    CHECK(checksums_hold(sent[0].bytes));
    const std::size_t at = v4 ? 34 : 54;
    return std::pair<int, int>(sent[0].bytes[at], sent[0].bytes[at + 1]);
  };
  CHECK(code_of("admin", false) == std::pair(1, 1));
  CHECK(code_of("port", false) == std::pair(1, 4));
  CHECK(code_of("port", true) == std::pair(3, 3));
  CHECK(code_of("host-admin", true) == std::pair(3, 10));
  CHECK(code_of("net-admin", true) == std::pair(3, 9));
}
