// ICMP errors and the packets they quote.
#include "proto/icmp_error.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace icmp = deadair::proto::icmp;
using namespace deadair::test;
using deadair::ParseStatus;
using icmp::ErrorKind;

namespace {

// 192.168.77.2:50000 to 198.18.0.41:3478 by UDP, TTL 63, 48 bytes, identification 0x1234.
const Bytes kQuote = hex("45000030 12340000 3f110000 c0a84d02 c6120029 c3500d96 001c0000");
const Bytes kUnused = hex("00000000");

ParseStatus parse(std::uint8_t version, std::uint8_t type, std::uint8_t code, const Bytes& body,
                  icmp::Error& out) {
  return icmp::parse_error(version, type, code, kept(body), out);
}

ErrorKind kind_of(std::uint8_t type, std::uint8_t code) {
  icmp::Error out;
  REQUIRE(parse(4, type, code, kUnused + kQuote, out) == ParseStatus::parsed);
  return out.kind;
}

const Bytes kQuote6 = hex("60000000 0020 11 3f 20010db8000000000000000000000001") +
                      hex("20010db8000000000000000000000002 c350 0d96 0020 0000");

}  // namespace

TEST_CASE("an error gives the sockets of the packet that it quotes") {
  icmp::Error out;
  REQUIRE(parse(4, 3, 10, kUnused + kQuote, out) == ParseStatus::parsed);
  CHECK(out.kind == ErrorKind::prohibited);
  CHECK(to_string(out.src) == "192.168.77.2");
  CHECK(to_string(out.dst) == "198.18.0.41");
  CHECK(out.proto == 17);
  CHECK(out.src_port == 50000);
  CHECK(out.dst_port == 3478);
  CHECK(out.ttl == 63);
  CHECK(out.ip_len == 48);
  CHECK(out.ip_id == 0x1234);
  CHECK(out.has_ports);
}

TEST_CASE("codes have kinds") {
  CHECK(kind_of(3, 0) == ErrorKind::no_route);
  CHECK(kind_of(3, 1) == ErrorKind::no_route);
  CHECK(kind_of(3, 2) == ErrorKind::no_protocol);
  CHECK(kind_of(3, 3) == ErrorKind::port_closed);
  CHECK(kind_of(3, 4) == ErrorKind::too_big);
  CHECK(kind_of(3, 9) == ErrorKind::prohibited);
  CHECK(kind_of(3, 13) == ErrorKind::prohibited);
  CHECK(kind_of(3, 14) == ErrorKind::other);
  CHECK(kind_of(11, 0) == ErrorKind::time_exceeded);
  CHECK(kind_of(11, 1) == ErrorKind::other);
  CHECK(kind_of(5, 1) == ErrorKind::other);
}

TEST_CASE("too big tells the size, of a TCP packet its sequence number") {
  icmp::Error out;
  const Bytes tcp = hex("45000578 00004000 40060000 c0a84d02 c6120029 c35001bb 01020304");
  REQUIRE(parse(4, 3, 4, hex("00000578") + tcp, out) == ParseStatus::parsed);
  CHECK(out.mtu == 1400);
  CHECK(out.tcp_seq == 0x01020304);
  CHECK(out.dst_port == 443);
}

TEST_CASE("ICMPv6 errors are read through extension headers") {
  icmp::Error out;
  REQUIRE(parse(6, 1, 1, kUnused + kQuote6, out) == ParseStatus::parsed);
  CHECK(out.kind == ErrorKind::prohibited);
  CHECK(to_string(out.dst) == "2001:db8::2");
  CHECK(out.dst_port == 3478);
  const Bytes extended = hex("60000000 0028 3c 3f 20010db8000000000000000000000001") +
                         hex("20010db8000000000000000000000002 1100010400000000 c3500d96");
  REQUIRE(parse(6, 2, 0, hex("00000500") + extended, out) == ParseStatus::parsed);
  CHECK(out.mtu == 1280);
  CHECK(out.proto == 17);
  CHECK(out.dst_port == 3478);
}

TEST_CASE("the codes of ICMPv6 have kinds of their own") {
  icmp::Error out;
  const auto kind = [&out](std::uint8_t type, std::uint8_t code) {
    REQUIRE(parse(6, type, code, kUnused + kQuote6, out) == ParseStatus::parsed);
    return out.kind;
  };
  CHECK(kind(1, 0) == ErrorKind::no_route);
  CHECK(kind(1, 4) == ErrorKind::port_closed);
  CHECK(kind(1, 5) == ErrorKind::prohibited);
  CHECK(kind(1, 6) == ErrorKind::prohibited);
  CHECK(kind(3, 0) == ErrorKind::time_exceeded);
  CHECK(kind(4, 0) == ErrorKind::other);
}

TEST_CASE("quotes end early, or are no packets") {
  icmp::Error out;
  CHECK(parse(4, 3, 3, kUnused + cut(kQuote, 20), out) == ParseStatus::truncated);
  CHECK(to_string(out.dst) == "198.18.0.41");
  CHECK_FALSE(out.has_ports);
  CHECK(parse(4, 3, 3, kUnused + cut(kQuote, 12), out) == ParseStatus::truncated);
  CHECK(parse(4, 3, 3, hex("0000"), out) == ParseStatus::truncated);
  CHECK(parse(4, 3, 3, kUnused + hex("60"), out) == ParseStatus::not_this);
  CHECK(parse(4, 3, 3, kUnused + hex("4100"), out) == ParseStatus::not_this);
  CHECK(parse(4, 8, 0, kUnused + kQuote, out) == ParseStatus::not_this);
  CHECK(parse(6, 128, 0, kUnused + kQuote6, out) == ParseStatus::not_this);
}

TEST_CASE("a later fragment has no ports") {
  icmp::Error out;
  const Bytes fragment = hex("45000030 123400b9 3f110000 c0a84d02 c6120029 c3500d96 001c0000");
  CHECK(parse(4, 3, 1, kUnused + fragment, out) == ParseStatus::parsed);
  CHECK_FALSE(out.has_ports);
}
