// What a mark keeps of a packet that went through the decoder.
#include "interference/packet_mark.hpp"

#include <vector>

#include "catch.hpp"
#include "wire/decoder.hpp"

using namespace deadair;
using interference::mark_of;
using interference::PacketMark;

namespace {

using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}
void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

Bytes tcp(std::uint16_t flags, const Bytes& options, const Bytes& payload) {
  Bytes out;
  put16(out, 443);
  put16(out, 50'000);
  put32(out, 0x01020304);
  put32(out, 0x05060708);
  put16(out, static_cast<std::uint32_t>((5 + options.size() / 4) << 12 | flags));
  put16(out, 4321);
  put32(out, 0);
  append(out, options);
  append(out, payload);
  return out;
}
Bytes ipv4(const Bytes& body) {
  Bytes out{0x45, 0};
  put16(out, static_cast<std::uint32_t>(20 + body.size()));
  put16(out, 0x1555);
  put16(out, 0x4000);
  append(out, {46, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2});
  append(out, body);
  return out;
}
Bytes ipv6(const Bytes& body) {
  Bytes out{0x60, 0, 0, 0};
  put16(out, static_cast<std::uint32_t>(body.size()));
  append(out, {6, 57});
  for (int i = 0; i < 32; ++i) out.push_back(static_cast<std::uint8_t>(i));
  append(out, body);
  return out;
}

PacketMark marked(const Bytes& ip, bool from_client = true) {
  constexpr wire::LinkType kRaw = 101;
  wire::RawPacket raw;
  raw.bytes = {ip.data(), ip.size()};
  raw.wire_len = static_cast<std::uint32_t>(ip.size());
  raw.ts_ns = 77;
  raw.frame = {0, 9};
  raw.link = kRaw;
  wire::Decoder decoder;
  wire::Packet packet;
  REQUIRE(decoder.decode(raw, packet) == wire::Undecoded::none);
  return mark_of(packet, from_client);
}

const Bytes kTimestamp{1, 1, 8, 10, 0xaa, 0xbb, 0xcc, 0xdd, 0, 0, 0, 0};

}  // namespace

TEST_CASE("A mark holds the header fields of a packet") {
  const PacketMark mark = marked(ipv4(tcp(0xf14, kTimestamp, {})), false);
  CHECK(mark.frame.number() == 9);
  CHECK(mark.ts_ns == 77);
  CHECK(mark.ttl == 46);
  CHECK(mark.ip_id == 0x1555);
  CHECK(mark.dont_fragment);
  CHECK(mark.ip_version == 4);
  CHECK(mark.flags == 0xf14);
  CHECK(mark.seq == 0x01020304);
  CHECK(mark.ack == 0x05060708);
  CHECK(mark.window == 4321);
  CHECK(mark.payload_len == 0);
  CHECK(mark.options_len == 12);
  CHECK(mark.has_timestamp);
  CHECK(mark.ts_value == 0xaabbccdd);
  CHECK_FALSE(mark.from_client);
}

TEST_CASE("Flags of IPv6 packets are whole as well") {
  const PacketMark mark = marked(ipv6(tcp(0x118, {}, {1, 2, 3})));
  CHECK(mark.flags == 0x118);
  CHECK(mark.ttl == 57);
  CHECK(mark.ip_version == 6);
  CHECK(mark.payload_len == 3);
  CHECK(mark.from_client);
}

TEST_CASE("A timestamp is found wherever it stands, and not where it is cut or another kind") {
  const Bytes late{2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};
  CHECK(marked(ipv4(tcp(0x02, late, {}))).ts_value == 0x01020304);
  const Bytes ended{0, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0};
  CHECK_FALSE(marked(ipv4(tcp(0x02, ended, {}))).has_timestamp);
  const Bytes zero_length{8, 0, 8, 0, 1, 0, 0, 0};
  CHECK_FALSE(marked(ipv4(tcp(0x02, zero_length, {}))).has_timestamp);
  const Bytes cut{1, 1, 8, 10};
  CHECK_FALSE(marked(ipv4(tcp(0x02, cut, {}))).has_timestamp);
}

TEST_CASE("A TLS alert is seen at the start and behind other records") {
  CHECK(marked(ipv4(tcp(0x18, {}, {21, 3, 3, 0, 2, 1, 0}))).tls_alert);
  CHECK(marked(ipv4(tcp(0x18, {}, {23, 3, 3, 0, 2, 9, 9, 21, 3, 3, 0, 26, 7}))).tls_alert);
  CHECK_FALSE(marked(ipv4(tcp(0x18, {}, {23, 3, 3, 0, 5, 9, 9, 21, 3, 3}))).tls_alert);
  CHECK_FALSE(marked(ipv4(tcp(0x18, {}, {21, 4, 3, 0, 2, 1, 0}))).tls_alert);
  CHECK_FALSE(marked(ipv4(tcp(0x18, {}, {21, 3, 3}))).tls_alert);
}

TEST_CASE("Sequence space: SYN and FIN take one, a reset's message none") {
  PacketMark mark;
  mark.seq = 100;
  mark.flags = 0x02;
  CHECK(mark.seq_end() == 101);
  mark.flags = 0x11;
  mark.payload_len = 10;
  CHECK(mark.seq_end() == 111);
  CHECK(mark.data());
  mark.flags = 0x14;
  CHECK(mark.seq_end() == 100);
  CHECK_FALSE(mark.data());
}
