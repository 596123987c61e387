// Community ID v1 against the vectors published with its reference implementations.
#include "flow/community_id.hpp"

#include <string>

#include "catch.hpp"
#include "wire/packet.hpp"

using namespace deadair;

namespace {

struct Vector {
  const char* src;
  const char* dst;
  std::uint8_t proto;
  std::uint16_t src_port, dst_port;
  bool one_way;
  const char* expected;
};

// https://github.com/corelight/community-id-spec and the test suites of pycommunityid and its ports
// to other languages.
constexpr Vector kVectors[] = {
    {"128.232.110.120", "66.35.250.204", 6, 34855, 80, false, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {"192.168.1.52", "8.8.8.8", 17, 54585, 53, false, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
    {"192.168.170.8", "192.168.170.56", 132, 7, 7, false, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="},
    {"192.168.0.89", "192.168.0.1", 1, 8, 0, false, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
    {"fe80::260:97ff:fe07:69ea", "ff02::1", 58, 134, 133, false, "1:pkvHqCL88/tg1k4cPigmZXUtL00="},
    {"2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 6, 63943, 25, false,
     "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
};

wire::Packet packet_of(const Vector& vector) {
  wire::Packet packet;
  REQUIRE(parse_ip_address(vector.src, packet.src));
  REQUIRE(parse_ip_address(vector.dst, packet.dst));
  packet.ip_version = packet.src.is_v4() ? 4 : 6;
  packet.proto = vector.proto;
  packet.src_port = vector.src_port;
  packet.dst_port = vector.dst_port;
  packet.one_way = vector.one_way;
  return packet;
}

}  // namespace

TEST_CASE("Community ID equals the published vectors, whichever way the packet goes") {
  flow::CommunityId community_id;
  for (const Vector& vector : kVectors) {
    wire::Packet packet = packet_of(vector);
    CHECK(std::string(community_id.of(flow::key_of(packet).key)) == vector.expected);
    std::swap(packet.src, packet.dst);
    std::swap(packet.src_port, packet.dst_port);
    CHECK(std::string(community_id.of(flow::key_of(packet).key)) == vector.expected);
  }
}

TEST_CASE("A one-way message keeps its direction") {
  flow::CommunityId community_id;
  wire::Packet packet = packet_of({"192.168.0.89", "192.168.0.1", 1, 3, 1, true, ""});
  const std::string there(community_id.of(flow::key_of(packet).key));
  std::swap(packet.src, packet.dst);
  CHECK(there != community_id.of(flow::key_of(packet).key));
}
