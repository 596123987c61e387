// Forged packets are, byte for byte, what scapy 2.5 builds of the same fields.
#include "craft.hpp"

#include "catch.hpp"
#include "scene.hpp"

using namespace deadair;
using namespace deadair::test;
using namespace deadair::middlebox;

namespace {

IpAddress address(std::string_view text) {
  IpAddress out;
  REQUIRE(parse_ip_address(text, out));
  return out;
}

}  // namespace

TEST_CASE("a TCP segment over IPv4") {
  const IpFields ip{address("198.18.0.1"), address("192.168.77.2"), 57, 0x1234, true};
  const deadair::middlebox::TcpFields tcp{443, 40'000, 5001, 1518, flag::kRst | flag::kAck, 513};
  CHECK(tcp_packet(ip, tcp) == hex("450000281234400039065bdec6120001c0a84d0201bb9c4000001389000005"
                                   "ee50140201229f0000"));
}

TEST_CASE("a UDP datagram of odd size over IPv6") {
  const IpFields ip{address("2001:db8::1"), address("2001:db8::2"), 60};
  CHECK(udp_packet(ip, 53, 40'001, ByteView::of("abc")) ==
        hex("60000000000b113c20010db800000000000000000000000120010db8000000000000000000000002"
            "00359c41000b438a616263"));
}

TEST_CASE("ICMP for both families") {
  const IpFields v4{address("192.0.2.1"), address("192.168.77.2"), 61, 7, false};
  CHECK(icmp_packet(v4, 3, 13, 0, ByteView::of("quoted")) ==
        hex("45000022000700003d01ae28c0000201c0a84d02030db6a40000000071756f746564"));
  const IpFields v6{address("2001:db8::1"), address("2001:db8::2"), 60};
  CHECK(icmp_packet(v6, 1, 1, 0, ByteView::of("quoted")) ==
        hex("60000000000e3a3c20010db800000000000000000000000120010db8000000000000000000000002"
            "01015cf30000000071756f746564"));
}
