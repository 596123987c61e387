// What is not a tunnel stays a packet: doubtful UDP payloads, foreign cargo, and too many layers.
#include "catch.hpp"
#include "samples.hpp"

using namespace deadair;
using namespace deadair::wire;
using namespace deadair::wire::test;

namespace {

constexpr LinkType kRaw = 101;

// True when the outer packet, 192.0.2.1 to 192.0.2.2, was taken.
bool stays_outer(const Bytes& bytes, unsigned proto, std::size_t wire_len = 0) {
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, kRaw, bytes, wire_len);
  return reason == Undecoded::none && packet.proto == proto &&
         to_string(packet.src) == "192.0.2.1" && packet.ip_len == bytes.size();
}

Bytes vxlan(const Bytes& frame) { return join({hex("08000000 00002a00"), frame}); }

}  // namespace

TEST_CASE("a UDP packet to a tunnel's port that does not fit stays a UDP packet") {
  const Bytes frame = ethernet(0x0800, inner_ipv4());
  CHECK(stays_outer(outer_udp(4789, counting(40)), 17));
  CHECK(stays_outer(outer_udp(4789, join({hex("00000000 00002a00"), frame})), 17));
  CHECK(stays_outer(outer_udp(4789, vxlan(ethernet(0x0806, zeros(28)))), 17));
  CHECK(stays_outer(outer_udp(4789, vxlan(ethernet(0x0800, hex("55")))), 17));
  CHECK(stays_outer(outer_udp(6081, join({hex("4000 6558 00002a00"), frame})), 17));
  CHECK(stays_outer(outer_udp(2152, join({hex("30 01 001e 00000001"), inner_ipv4()})), 17));
  CHECK(stays_outer(outer_udp(2152, join({hex("30 ff 0020 00000001"), inner_ipv4()})), 17));
  CHECK(stays_outer(outer_udp(1701, join({hex("c802 0014 0001 0002 0000 0000"), zeros(8)})), 17));
  CHECK(stays_outer(outer_udp(1701, join({hex("0002 0001 0002 ff03 c021"), zeros(8)})), 17));
  CHECK(stays_outer(outer_udp(3544, inner_ipv6()), 17));
}

TEST_CASE("an inner length beyond the UDP payload disproves the tunnel") {
  const Bytes lying = ipv4({.total = 31}, udp(1000, 2000, hex("6869")));
  CHECK(stays_outer(outer_udp(4789, vxlan(ethernet(0x0800, lying))), 17));
  const Bytes open = ipv4({.total = 0}, udp(1000, 2000, hex("6869")));
  CHECK(stays_outer(outer_udp(4789, vxlan(ethernet(0x0800, open))), 17));
}

TEST_CASE("Teredo with its indications") {
  const Bytes authentication = hex("00 01 00 00 0102030405060708 00");
  const Bytes origin = hex("00 00 fbff 3fffffff");
  const Bytes samples[] = {teredo_ipv6(), join({origin, teredo_ipv6()}),
                           join({authentication, teredo_ipv6()}),
                           join({authentication, origin, teredo_ipv6()})};
  for (const Bytes& payload : samples) {
    const Bytes bytes = outer_udp(3544, payload);
    Decoder decoder;
    const auto [reason, packet] = decode(decoder, kRaw, bytes);
    REQUIRE(reason == Undecoded::none);
    CHECK(to_string(packet.src) == "2001::1");
    CHECK(packet.dst_port == 2000);
  }
}

TEST_CASE("answers of a tunnel's port are followed too") {
  const Bytes bytes = outer(17, udp(3544, 51000, teredo_ipv6()));
  Decoder decoder;
  CHECK(decode(decoder, kRaw, bytes).packet.src_port == 1000);
}

TEST_CASE("a tunnel that carries no IP is itself the packet") {
  CHECK(stays_outer(outer(47, join({hex("0000 0806"), zeros(28)})), 47));
  CHECK(stays_outer(outer(47, hex("0000 0000")), 47));
  CHECK(stays_outer(outer(47, join({hex("3001 880b 00040001 00000001 ff03 c021"), zeros(4)})), 47));
  CHECK(stays_outer(outer(47, hex("8000")), 47));
  CHECK(stays_outer(outer(4, counting(24, 0x50)), 4));
}

TEST_CASE("an inner packet cut by the capture is truncated, not the tunnel's") {
  const Bytes whole = outer(4, inner_ipv4());
  const Bytes cut(whole.begin(), whole.begin() + 44);
  Decoder decoder;
  CHECK(decode(decoder, kRaw, cut, whole.size()).reason == Undecoded::truncated);
  const Bytes over_udp = outer_udp(4789, vxlan(ethernet(0x0800, inner_ipv4())));
  const Bytes in_udp_header(over_udp.begin(), over_udp.end() - 4);
  CHECK(decode(decoder, kRaw, in_udp_header, over_udp.size()).reason == Undecoded::truncated);
  const Bytes in_ip_header(over_udp.begin(), over_udp.end() - 20);
  const Decoded outer_stands = decode(decoder, kRaw, in_ip_header, over_udp.size());
  REQUIRE(outer_stands.reason == Undecoded::none);
  CHECK(outer_stands.packet.dst_port == 4789);
}

TEST_CASE("a tower of tunnels ends") {
  Bytes bytes = inner_ipv4();
  for (int layer = 0; layer < 10; ++layer) bytes = outer(4, bytes);
  Decoder decoder;
  CHECK(decode(decoder, kRaw, bytes).reason == Undecoded::none);
  for (int layer = 0; layer < 10; ++layer) bytes = outer(4, bytes);
  CHECK(decode(decoder, kRaw, bytes).reason == Undecoded::too_deep);
  Bytes tags;
  for (int tag = 0; tag < 2000; ++tag) tags.insert(tags.end(), {0, 1, 0x81, 0});
  const Bytes tagged = ethernet(0x8100, tags);
  CHECK(decode(decoder, 1, tagged).reason == Undecoded::too_deep);
}

TEST_CASE("802.11 frames without a packet") {
  Decoder decoder;
  const Bytes beacon = join({wlan_header(0x80, 0), zeros(40)});
  CHECK(decode(decoder, 105, beacon).reason == Undecoded::not_ip);
  const Bytes acknowledgment = join({hex("d4 00 0000"), zeros(6)});
  CHECK(decode(decoder, 105, acknowledgment).reason == Undecoded::not_ip);
  const Bytes null_data = join({wlan_header(0x48, 1), zeros(8)});
  CHECK(decode(decoder, 105, null_data).reason == Undecoded::not_ip);
  const Bytes secret = join({wlan_header(0x88, 0x42), zeros(60)});
  CHECK(decode(decoder, 105, secret).reason == Undecoded::encrypted_link);
  const Bytes fragment = join({wlan_header(0x08, 0x06), snap(0x0800, inner_ipv4())});
  CHECK(decode(decoder, 105, fragment).reason == Undecoded::fragment);
}

TEST_CASE("wrapped frames of a link that is not known") {
  Decoder decoder;
  const Bytes pktap = join({hex("6c000000 01000000 0f270000"), zeros(96), inner_ipv4()});
  CHECK(decode(decoder, 258, pktap).reason == Undecoded::unknown_link_type);
  const Bytes nested = join({hex("6c000000 01000000 02010000"), zeros(96), pktap});
  CHECK(decode(decoder, 258, nested).reason == Undecoded::unknown_link_type);
  const Bytes private_use = zeros(200);
  CHECK(decode(decoder, 149, private_use).reason == Undecoded::unknown_link_type);
}
