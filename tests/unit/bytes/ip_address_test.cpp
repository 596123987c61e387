// Addresses to text and back, prefixes, and the ranges that are nobody's on the Internet.
#include "bytes/ip_address.hpp"

#include <array>
#include <string>

#include "catch.hpp"

using namespace deadair;

namespace {

IpAddress ip(const char* text) {
  IpAddress address;
  REQUIRE(parse_ip_address(text, address));
  return address;
}

IpPrefix net(const char* text) {
  IpPrefix prefix;
  REQUIRE(parse_ip_prefix(text, prefix));
  return prefix;
}

}  // namespace

TEST_CASE("Addresses are written as everybody writes them") {
  for (const char* text : {"0.0.0.0", "10.0.0.5", "192.168.100.200", "255.255.255.255", "::", "::1",
                           "2001:db8::1", "2001:db8:0:1:1:1:1:1", "fe80::1ff:fe23:4567:890a",
                           "ff02::fb", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
    CHECK(to_string(ip(text)) == text);
  CHECK(to_string(ip("2001:DB8:0:0:0:0:0:1")) == "2001:db8::1");
  CHECK(to_string(ip("2001:db8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1");  // the first of equals
}

TEST_CASE("format_to writes the text without an end mark of its own length") {
  std::array<char, 46> out{};
  CHECK(format_to(ip("255.255.255.255"), out.data()) == 15);
  CHECK(format_to(ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), out.data()) == 39);
  CHECK(format_to(IpAddress{}, out.data()) == 2);
}

TEST_CASE("What is no address is refused") {
  IpAddress address;
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4",
                           "1.2.3.4/8", ":::", "g::1", "12345::", "::1%eth0", "localhost"})
    CHECK_FALSE(parse_ip_address(text, address));
}

TEST_CASE("IPv4 and its IPv6 image are one value; the families differ") {
  CHECK(ip("10.1.2.3").is_v4());
  CHECK(ip("10.1.2.3").v4() == 0x0a010203);
  CHECK(ip("::ffff:10.1.2.3") == ip("10.1.2.3"));
  CHECK_FALSE(ip("::10.1.2.3").is_v4());
  CHECK(ip("9.255.255.255") < ip("10.0.0.0"));
  CHECK(ip("1.2.3.4") < ip("2001:db8::"));
}

TEST_CASE("Octets in network order make an address, missing ones read as zero") {
  const std::array<std::uint8_t, 16> octets = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
                                               0,    0,    0,    0,    0, 0, 0, 1};
  CHECK(IpAddress::v6(ByteView(octets)) == ip("2001:db8::1"));
  CHECK(IpAddress::v6(ByteView(octets).first(8)) == ip("2001:db8::"));
}

TEST_CASE("Unspecified and multicast addresses of both families") {
  CHECK(ip("0.0.0.0").unspecified());
  CHECK(ip("::").unspecified());
  CHECK_FALSE(ip("0.0.0.1").unspecified());
  CHECK(ip("224.0.0.1").multicast());
  CHECK(ip("239.255.255.250").multicast());
  CHECK_FALSE(ip("240.0.0.1").multicast());
  CHECK_FALSE(ip("223.255.255.255").multicast());
  CHECK(ip("ff02::fb").multicast());
  CHECK_FALSE(ip("fe80::1").multicast());
}

TEST_CASE("Prefixes hold their range and nothing beside it") {
  CHECK(net("10.0.0.0/8").contains(ip("10.255.255.255")));
  CHECK_FALSE(net("10.0.0.0/8").contains(ip("11.0.0.0")));
  CHECK(net("192.0.2.128/25").contains(ip("192.0.2.128")));
  CHECK_FALSE(net("192.0.2.128/25").contains(ip("192.0.2.127")));
  CHECK(net("192.0.2.7").contains(ip("192.0.2.7")));
  CHECK_FALSE(net("192.0.2.7").contains(ip("192.0.2.6")));
  CHECK(net("0.0.0.0/0").contains(ip("203.0.113.1")));
  CHECK_FALSE(net("0.0.0.0/0").contains(ip("2001:db8::1")));
  CHECK(net("::/0").contains(ip("2001:db8::1")));
  CHECK_FALSE(net("::/0").contains(ip("10.0.0.1")));
  CHECK(net("2001:db8::/63").contains(ip("2001:db8:0:1::1")));
  CHECK_FALSE(net("2001:db8::/64").contains(ip("2001:db8:0:1::1")));
  CHECK(net("2001:db8::/65").contains(ip("2001:db8::7fff:0:0:1")));
  CHECK_FALSE(net("2001:db8::/65").contains(ip("2001:db8::8000:0:0:1")));
  CHECK_FALSE(net("2001:db8::1/128").contains(ip("2001:db8::2")));
}

TEST_CASE("Bits of the address beyond the prefix do not matter") {
  CHECK(net("10.9.8.7/8").contains(ip("10.0.0.1")));
}

TEST_CASE("What is no prefix is refused") {
  IpPrefix prefix;
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "10.0.0.0/+8", "2001:db8::/129", "10.0.0.0/8/8", "10.0.0.0/4294967304"})
    CHECK_FALSE(parse_ip_prefix(text, prefix));
}

TEST_CASE("Private ranges, with the addresses on either side") {
  for (const char* text :
       {"0.1.2.3",     "10.0.0.0",    "10.255.255.255", "100.64.0.0",     "100.127.255.255",
        "127.0.0.1",   "169.254.1.1", "172.16.0.0",     "172.31.255.255", "192.0.2.1",
        "192.168.0.0", "198.18.0.0",  "198.19.255.255", "198.51.100.1",   "203.0.113.255",
        "::",          "::1",         "fc00::1",        "fdff::1",        "fe80::1",
        "febf::1",     "2001:db8::1"})
    CHECK(is_private(ip(text)));
  for (const char* text : {"1.0.0.0",        "9.255.255.255",   "11.0.0.0",
                           "100.63.255.255", "100.128.0.0",     "126.255.255.255",
                           "128.0.0.0",      "169.253.255.255", "172.15.255.255",
                           "172.32.0.0",     "192.0.3.0",       "192.167.255.255",
                           "192.169.0.0",    "198.17.255.255",  "198.20.0.0",
                           "203.0.114.0",    "8.8.8.8",         "::2",
                           "fbff::1",        "fe00::1",         "fec0::1",
                           "2001:db9::1",    "2a00::1"})
    CHECK_FALSE(is_private(ip(text)));
}
