// The decoder's common case, its transports, and what it says of frames that it cannot decode.
#include "wire/decoder.hpp"

#include <string>

#include "catch.hpp"
#include "frame_builder.hpp"

using namespace deadair;
using namespace deadair::wire;
using namespace deadair::wire::test;

namespace {

constexpr LinkType kEthernet = 1, kRaw = 101;

Undecoded reason_of(LinkType link, const Bytes& bytes, std::size_t wire_len = 0) {
  Decoder decoder;
  return decode(decoder, link, bytes, wire_len).reason;
}

}  // namespace

TEST_CASE("TCP over IPv4 over Ethernet fills every field") {
  const Bytes options = hex("020405b4 01010402");
  const Bytes frame = ethernet(
      0x0800,
      join({ipv4({.proto = 6, .fragment = 0x4000}, tcp(1234, 443, 0x12, options, hex("616263"))),
            zeros(3)}));
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kEthernet, frame);
  REQUIRE(reason == Undecoded::none);
  CHECK(to_string(packet.src) == "10.0.0.1");
  CHECK(to_string(packet.dst) == "10.0.0.2");
  CHECK(packet.src_port == 1234);
  CHECK(packet.dst_port == 443);
  CHECK(packet.ip_version == 4);
  CHECK(packet.proto == 6);
  CHECK(packet.ttl == 64);
  CHECK(packet.dont_fragment);
  CHECK_FALSE(packet.truncated);
  CHECK(packet.ip_id == 0x1234);
  CHECK(packet.frames == 1);
  CHECK(packet.ip_len == 51);
  CHECK(packet.tcp_flags == 0x12);
  CHECK(packet.window == 0x2000);
  CHECK(packet.seq == 0x01020304);
  CHECK(packet.ack == 0x05060708);
  CHECK(to_bytes(packet.tcp_options) == options);
  CHECK(to_bytes(packet.payload) == hex("616263"));
  CHECK(packet.payload_len == 3);
  CHECK(packet.ip.size() == 51);
  CHECK(packet.frame.number() == 1);
}

TEST_CASE("a UDP packet after a TCP packet keeps nothing of it") {
  Decoder decoder;
  Packet packet;
  const Bytes first =
      ethernet(0x0800, ipv4({.proto = 6}, tcp(1, 2, 0x18, hex("01010101"), hex("61"))));
  REQUIRE(decoder.decode(raw(kEthernet, first), packet) == Undecoded::none);
  const Bytes second = ethernet(0x0800, ipv4({}, udp(53, 5353, zeros(20))));
  REQUIRE(decoder.decode(raw(kEthernet, second), packet) == Undecoded::none);
  CHECK(packet.proto == 17);
  CHECK(packet.src_port == 53);
  CHECK(packet.tcp_flags == 0);
  CHECK(packet.seq == 0);
  CHECK(packet.ack == 0);
  CHECK(packet.window == 0);
  CHECK(packet.tcp_options.empty());
  CHECK(packet.payload_len == 20);
}

// Frames without a link header are always walked.
TEST_CASE("the straight path and the walk agree") {
  const Bytes segment = tcp(1234, 443, 0x12, hex("01010101"), counting(40));
  const Bytes datagram = udp(1234, 3478, counting(40));
  const bool v6 = GENERATE(false, true);
  const bool of_tcp = GENERATE(false, true);
  const bool tagged = GENERATE(false, true);
  const unsigned proto = of_tcp ? 6 : 17;
  const Bytes body = of_tcp ? segment : datagram;
  const Bytes ip = v6 ? ipv6(proto, body) : ipv4({.proto = proto, .fragment = 0x4000}, body);
  const unsigned type = v6 ? 0x86dd : 0x0800;
  Bytes link = ethernet(type, {});
  if (tagged) link = join({ethernet(0x8100, {}), hex("0001"), hex(v6 ? "86dd" : "0800")});
  for (std::size_t missing = 0; missing < ip.size(); ++missing) {
    const Bytes part(ip.begin(), ip.end() - static_cast<std::ptrdiff_t>(missing));
    const Bytes framed = join({link, part});
    Decoder decoder;
    const auto straight = decode(decoder, kEthernet, framed, framed.size() + missing);
    const auto walked = decode(decoder, kRaw, part, ip.size());
    const Packet& a = straight.packet;
    const Packet& b = walked.packet;
    REQUIRE(straight.reason == walked.reason);
    if (straight.reason != Undecoded::none) continue;
    REQUIRE(a.src == b.src);
    REQUIRE(a.dst == b.dst);
    REQUIRE(a.src_port == b.src_port);
    REQUIRE(a.dst_port == b.dst_port);
    REQUIRE(a.ip_version == b.ip_version);
    REQUIRE(a.proto == b.proto);
    REQUIRE(a.ttl == b.ttl);
    REQUIRE(a.ip_id == b.ip_id);
    REQUIRE(a.dont_fragment == b.dont_fragment);
    REQUIRE(a.one_way == b.one_way);
    REQUIRE(a.truncated == b.truncated);
    REQUIRE(a.frames == b.frames);
    REQUIRE(a.seq == b.seq);
    REQUIRE(a.ack == b.ack);
    REQUIRE(a.window == b.window);
    REQUIRE(a.tcp_flags == b.tcp_flags);
    REQUIRE(a.ip_len == b.ip_len);
    REQUIRE(a.payload_len == b.payload_len);
    REQUIRE(a.payload.equals(b.payload));
    REQUIRE(a.tcp_options.equals(b.tcp_options));
    REQUIRE(a.ip.equals(b.ip));
  }
}

TEST_CASE("Ethernet padding is not payload") {
  const Bytes frame = ethernet(0x0800, join({ipv4({}, udp(1, 2, hex("61"))), zeros(30)}));
  Decoder decoder;
  const Packet packet = decode(decoder, kEthernet, frame).packet;
  CHECK(packet.payload_len == 1);
  CHECK(packet.payload.size() == 1);
  CHECK(packet.ip.size() == 29);
}

TEST_CASE("a cut capture keeps the length on the wire") {
  Bytes frame = ethernet(0x0800, ipv4({.proto = 6}, tcp(1, 2, 0x18, {}, zeros(1000))));
  frame.resize(100);
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kEthernet, frame, 1054);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.truncated);
  CHECK(packet.payload_len == 1000);
  CHECK(packet.payload.size() == 46);
  CHECK(packet.ip_len == 1040);
}

TEST_CASE("TCP options cut by the capture are kept in part") {
  Bytes frame = ethernet(
      0x0800,
      ipv4({.proto = 6}, tcp(1, 2, 2, hex("020405b4 0402080a 01020304 00000000 01030307"), {})));
  const std::size_t wire = frame.size();
  frame.resize(68);
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kEthernet, frame, wire);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.truncated);
  CHECK(packet.tcp_options.size() == 14);
  CHECK(packet.payload.empty());
  CHECK(packet.payload_len == 0);
}

TEST_CASE("a UDP length of 0 or beyond IP's yields to IP's") {
  Decoder decoder;
  const Bytes zero = ipv4({}, udp(1, 2, zeros(10), 0));
  CHECK(decode(decoder, kRaw, zero).packet.payload_len == 10);
  const Bytes big = ipv4({}, udp(1, 2, zeros(10), 5000));
  CHECK(decode(decoder, kRaw, big).packet.payload_len == 10);
  const Bytes small = ipv4({}, udp(1, 2, zeros(10), 12));
  CHECK(decode(decoder, kRaw, small).packet.payload_len == 4);
  CHECK(reason_of(kRaw, ipv4({}, udp(1, 2, zeros(10), 7))) == Undecoded::malformed);
}

TEST_CASE("total length 0 takes the frame's") {
  const Bytes frame =
      ethernet(0x0800, ipv4({.proto = 6, .total = 0}, tcp(1, 2, 0x18, {}, zeros(5000))));
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kEthernet, frame);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.ip_len == 5040);
  CHECK(packet.payload_len == 5000);
}

TEST_CASE("IPv4 options and authentication headers are skipped") {
  Decoder decoder;
  const Bytes with_options = ipv4({.options = hex("94040000")}, udp(7, 8, hex("61")));
  CHECK(decode(decoder, kRaw, with_options).packet.dst_port == 8);
  const Bytes authenticated = ipv4(
      {.proto = 51}, join({hex("11 04 0000 00000001 00000002"), zeros(12), udp(7, 8, hex("61"))}));
  const auto [reason, packet] = decode(decoder, kRaw, authenticated);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.proto == 17);
  CHECK(packet.dst_port == 8);
  CHECK(packet.payload_len == 1);
}

TEST_CASE("IPv6 extension headers are skipped") {
  const Bytes hop_by_hop = hex("2b 00 0104 00000000");
  const Bytes routing = hex("3c 02 0301 00000000 20010db8 00000000 00000000 00000009");
  const Bytes destination = hex("33 00 0104 00000000");
  const Bytes authentication = join({hex("11 04 0000 00000001 00000002"), zeros(12)});
  const Bytes frame = ethernet(
      0x86dd,
      ipv6(0, join({hop_by_hop, routing, destination, authentication, udp(5, 6, hex("6162"))})));
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kEthernet, frame);
  REQUIRE(reason == Undecoded::none);
  CHECK(to_string(packet.src) == "2001:db8::1");
  CHECK(packet.ip_version == 6);
  CHECK(packet.ttl == 63);
  CHECK(packet.proto == 17);
  CHECK(packet.dst_port == 6);
  CHECK(packet.payload_len == 2);
  CHECK(packet.ip_len == frame.size() - 14);
}

TEST_CASE("a jumbogram takes the frame's length") {
  const Bytes option = hex("11 00 c204 00011170");
  const Bytes frame = ethernet(0x86dd, ipv6(0, join({option, udp(5, 6, zeros(70000), 0)}), 0));
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kEthernet, frame);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.payload_len == 70000);
  CHECK(packet.ip_len == 70056);
}

TEST_CASE("protocols without ports") {
  Decoder decoder;
  const Bytes esp = ipv4({.proto = 50}, counting(30));
  const auto [reason, packet] = decode(decoder, kRaw, esp);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.proto == 50);
  CHECK(packet.src_port == 0);
  CHECK(packet.payload_len == 30);
  const Bytes nothing = ipv6(59, {});
  CHECK(decode(decoder, kRaw, nothing).packet.proto == 59);
  const Bytes mobility = ipv6(135, hex("3b 00 0500 0000 0000"));
  CHECK(decode(decoder, kRaw, mobility).packet.proto == 135);
}

TEST_CASE("SCTP ports") {
  Decoder decoder;
  const Bytes bytes =
      ipv4({.proto = 132}, join({be16(2905), be16(2906), zeros(8), hex("0a000004")}));
  const Packet packet = decode(decoder, kRaw, bytes).packet;
  CHECK(packet.src_port == 2905);
  CHECK(packet.dst_port == 2906);
  CHECK(packet.payload_len == 4);
}

TEST_CASE("ICMP types map to ports as Community ID v1 says") {
  struct Row {
    unsigned type, code, src, dst;
    bool one_way, v6;
  };
  // Values of the reference implementation's get_port_equivalents.
  const Row row = GENERATE(Row{8, 0, 8, 0, false, false}, Row{0, 0, 0, 8, false, false},
                           Row{13, 0, 13, 14, false, false}, Row{10, 0, 10, 9, false, false},
                           Row{9, 0, 9, 10, false, false}, Row{18, 0, 18, 17, false, false},
                           Row{16, 0, 16, 15, false, false}, Row{3, 1, 3, 1, true, false},
                           Row{11, 0, 11, 0, true, false}, Row{128, 0, 128, 129, false, true},
                           Row{129, 0, 129, 128, false, true}, Row{135, 0, 135, 136, false, true},
                           Row{134, 0, 134, 133, false, true}, Row{131, 0, 131, 130, false, true},
                           Row{139, 0, 139, 140, false, true}, Row{145, 0, 145, 144, false, true},
                           Row{1, 4, 1, 4, true, true}, Row{143, 0, 143, 0, true, true});
  const Bytes message = {
      static_cast<std::uint8_t>(row.type), static_cast<std::uint8_t>(row.code), 0, 0, 1, 2, 3, 4};
  const Bytes bytes = row.v6 ? ipv6(58, message) : ipv4({.proto = 1}, message);
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kRaw, bytes);
  REQUIRE(reason == Undecoded::none);
  CHECK(packet.src_port == row.src);
  CHECK(packet.dst_port == row.dst);
  CHECK(packet.one_way == row.one_way);
  CHECK(packet.payload_len == 4);
}

TEST_CASE("an ICMP error is a packet of its own") {
  const Bytes quoted = ipv4({}, udp(1, 2, zeros(8)));
  const Bytes bytes =
      ipv4({.proto = 1, .src = 0x01010101}, join({hex("0303 0000 00000000"), quoted}));
  Decoder decoder;
  const Packet packet = decode(decoder, kRaw, bytes).packet;
  CHECK(packet.proto == 1);
  CHECK(to_string(packet.src) == "1.1.1.1");
}

TEST_CASE("lengths that contradict each other are malformed") {
  Bytes short_ihl = ipv4({}, udp(1, 2, {}));
  short_ihl[0] = 0x44;
  CHECK(reason_of(kRaw, short_ihl) == Undecoded::malformed);
  Bytes version = ipv4({}, udp(1, 2, {}));
  version[0] = 0x55;
  CHECK(reason_of(kRaw, version) == Undecoded::malformed);
  CHECK(reason_of(kRaw, ipv4({.total = 19}, udp(1, 2, {}))) == Undecoded::malformed);
  CHECK(reason_of(kRaw, ipv4({.proto = 6}, zeros(19))) == Undecoded::malformed);
  Bytes offset = ipv4({.proto = 6}, tcp(1, 2, 2, {}, {}));
  offset[20 + 12] = 0x40;
  CHECK(reason_of(kRaw, offset) == Undecoded::malformed);
  offset[20 + 12] = 0x60;
  CHECK(reason_of(kRaw, offset) == Undecoded::malformed);
  CHECK(reason_of(kRaw, ipv6(17, hex("0001"))) == Undecoded::malformed);
}

TEST_CASE("headers that the capture cut are truncated") {
  Bytes bytes = ipv4({.proto = 6}, tcp(1, 2, 2, {}, {}));
  const std::size_t wire = bytes.size();
  bytes.resize(39);
  CHECK(reason_of(kRaw, bytes, wire) == Undecoded::truncated);
  bytes.resize(19);
  CHECK(reason_of(kRaw, bytes, wire) == Undecoded::truncated);
  CHECK(reason_of(kEthernet, zeros(13), 60) == Undecoded::truncated);
  CHECK(reason_of(kEthernet, zeros(13)) == Undecoded::malformed);
}

TEST_CASE("frames without IP and unknown links have their own reasons") {
  CHECK(reason_of(kEthernet, ethernet(0x0806, zeros(28))) == Undecoded::not_ip);
  CHECK(reason_of(kEthernet, ethernet(0x88cc, zeros(40))) == Undecoded::not_ip);
  CHECK(reason_of(9999, zeros(60)) == Undecoded::unknown_link_type);
}

TEST_CASE("every reason has its word") {
  CHECK(std::string(name(Undecoded::none)) == "none");
  CHECK(std::string(name(Undecoded::held_fragment)) == "held_fragment");
  CHECK(std::string(name(Undecoded::unknown_link_type)) == "unknown_link_type");
  CHECK(std::string(name(Undecoded::not_ip)) == "not_ip");
  CHECK(std::string(name(Undecoded::truncated)) == "truncated");
  CHECK(std::string(name(Undecoded::malformed)) == "malformed");
  CHECK(std::string(name(Undecoded::fragment)) == "fragment");
  CHECK(std::string(name(Undecoded::encrypted_link)) == "encrypted_link");
  CHECK(std::string(name(Undecoded::too_deep)) == "too_deep");
}
