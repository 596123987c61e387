// Filter expressions over packets of several link types.
#include "capture/bpf_filter.hpp"

#include "bytes/error.hpp"
#include "capture_bytes.hpp"
#include "catch.hpp"

using namespace deadair;
using namespace deadair::capture;
using namespace deadair::capture::test;

namespace {

// An IPv4 header and the ports of a UDP datagram.
std::string udp(std::uint16_t port) {
  Writer out{true, {}};
  out.u32(0x4500'001c).u32(0).u32(0x4011'0000).u32(0x0a00'0001).u32(0x0a00'0002);
  return out.u16(40000).u16(port).u16(8).u16(0).bytes;
}

std::string ethernet(const std::string& ip) {
  return std::string(12, '\x02') + Writer{true, {}}.u16(0x0800).bytes + ip;
}

wire::RawPacket packet(const std::string& bytes, wire::LinkType link) {
  wire::RawPacket out;
  out.bytes = ByteView::of(bytes);
  out.wire_len = static_cast<std::uint32_t>(bytes.size());
  out.link = link;
  return out;
}

}  // namespace

TEST_CASE("filter: matches by the layout of each link type and keeps the order") {
  const std::string dns = ethernet(udp(53));
  const std::string web = ethernet(udp(443));
  const std::string raw_dns = udp(53);
  const std::string raw_web = udp(443);
  std::vector<wire::RawPacket> packets = {packet(web, 1), packet(raw_dns, 101), packet(dns, 1),
                                          packet(raw_web, 101), packet(raw_dns, 101)};
  BpfFilter filter("udp port 53");
  REQUIRE(filter.keep(packets) == 3);
  CHECK(packets[0].link == 101);
  CHECK(packets[1].bytes.data() == ByteView::of(dns).data());
  CHECK(packets[2].link == 101);
}

TEST_CASE("filter: a length test sees the length on the wire") {
  const std::string bytes = ethernet(udp(53));
  std::vector<wire::RawPacket> packets(2, packet(bytes, 1));
  packets[1].wire_len = 1500;
  BpfFilter filter("greater 1000");
  REQUIRE(filter.keep(packets) == 1);
  CHECK(packets[0].wire_len == 1500);
}

TEST_CASE("filter: mistakes are told with the expression") {
  try {
    BpfFilter("udp prot 53").prepare(1);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("'udp prot 53'") != std::string::npos);
    CHECK(std::string(error.what()).find("syntax error") != std::string::npos);
  }
  // Ethernet addresses exist on Ethernet only.
  BpfFilter ether("ether host 02:00:00:00:00:01");
  CHECK_NOTHROW(ether.prepare(1));
  CHECK_THROWS_AS(ether.prepare(101), Error);
  CHECK_THROWS_AS(BpfFilter("tcp").prepare(60'000), Error);
}
