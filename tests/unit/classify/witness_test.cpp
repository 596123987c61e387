// nDPI behind its interface: it answers, gives up, and keeps nothing afterwards.
#include "classify/witness.hpp"

#include <string>

#include "catch.hpp"
#include "unit/classify/traffic.hpp"

using namespace deadair;
using namespace deadair::test;
using classify::Witness;

namespace {

Bytes be16(std::size_t value) {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

// RFC 791 and RFC 768, from port 40000.
Bytes udp_between(const char* from, const char* to, std::size_t port, const Bytes& payload) {
  return hex("4500") + be16(28 + payload.size()) + hex("0001 0000 40 11 0000") + hex(from) +
         hex(to) + be16(40000) + be16(port) + be16(8 + payload.size()) + hex("0000") + payload;
}

Bytes udp_packet(std::size_t port, const Bytes& payload) {
  return udp_between("0a000005", "cb007109", port, payload);
}

// RFC 9293: data and an acknowledgement.
Bytes tcp_packet(std::size_t port, const Bytes& payload) {
  return hex("4500") + be16(40 + payload.size()) + hex("0001 0000 40 06 0000 0a000005 cb007109") +
         be16(40000) + be16(port) + hex("00000001 00000001 5018 0400 0000 0000") + payload;
}

wire::Packet packet_of(const Bytes& ip) {
  wire::Packet packet;
  packet.ip_version = 4;
  packet.ip = view(ip);
  packet.proto = packet.ip.u8(9);
  packet.src = IpAddress::v4(packet.ip.be32(12));
  packet.dst = IpAddress::v4(packet.ip.be32(16));
  packet.src_port = packet.ip.be16(20);
  packet.dst_port = packet.ip.be16(22);
  packet.payload = packet.ip.from(packet.proto == wire::ip_proto::kTcp ? 40 : 28);
  packet.payload_len = static_cast<std::uint32_t>(packet.payload.size());
  packet.ts_ns = kSecond;
  return packet;
}

}  // namespace

TEST_CASE("The witness names what it knows and lets its state go") {
  Witness witness;
  Witness::Testimony testimony = nullptr;
  std::uint32_t label = 0;
  const Bytes query = udp_packet(53, dns_query("www.example"));
  CHECK(witness.hear(testimony, packet_of(query), 0, true, label));
  CHECK(testimony == nullptr);
  CHECK(std::string(witness.name(label)).find("DNS") != std::string::npos);
}

TEST_CASE("The witness gives up after enough packets") {
  Witness witness;
  Witness::Testimony testimony = nullptr;
  std::uint32_t label = 0;
  const Bytes noise = udp_packet(41999, hex("f1f2f3f4f5f6f7f8f9fafbfc"));
  std::uint32_t heard = 0;
  while (heard < 200 && !witness.hear(testimony, packet_of(noise), heard, true, label)) ++heard;
  CHECK(heard + 1 == 16);
  CHECK(testimony == nullptr);
  CHECK(label == 0);
  CHECK(witness.name(label).empty());
}

TEST_CASE("The witness gives up sooner in the midst of a connection") {
  Witness witness;
  const Bytes noise = tcp_packet(41999, hex("f1f2f3f4f5f6f7f8f9fafbfc"));
  const auto shown = [&](bool from_start) {
    Witness::Testimony testimony = nullptr;
    std::uint32_t label = 0, heard = 0;
    while (heard < 200 && !witness.hear(testimony, packet_of(noise), heard, from_start, label))
      ++heard;
    return heard + 1;
  };
  CHECK(shown(true) == 10);
  CHECK(shown(false) == 5);
}

TEST_CASE(
    "What the witness said of a DNS message counts for the same message to the same resolver") {
  Witness witness;
  const auto label_of = [&](const char* client, const char* resolver, const char* name,
                            unsigned id) {
    Bytes query = dns_query(name);
    query[0] = static_cast<std::uint8_t>(id);
    const Bytes ip = udp_between(client, resolver, 53, query);
    Witness::Testimony testimony = nullptr;
    std::uint32_t label = 0;
    CHECK(witness.hear(testimony, packet_of(ip), 0, true, label));
    CHECK(testimony == nullptr);
    return std::string(witness.name(label));
  };
  for (unsigned id = 0; id < 3; ++id) {
    CHECK(label_of("0a000005", "09090909", "www.example", id) == "DNS");
    // nDPI knows whose the resolver is, or the client.
    CHECK(label_of("0a000005", "08080808", "www.example", id) == "DNS.Google");
    CHECK(label_of("08080404", "09090909", "www.example", id) == "DNS.Google");
    CHECK(label_of("0a000005", "09090909", "www.whatsapp.com", id) == "DNS.WhatsApp");
  }
}

TEST_CASE("A dismissed witness says what it would have guessed, and is freed") {
  Witness witness;
  Witness::Testimony testimony = nullptr;
  std::uint32_t label = 0;
  const Bytes noise = udp_packet(41999, hex("f1f2f3f4f5f6f7f8f9fafbfc"));
  REQUIRE_FALSE(witness.hear(testimony, packet_of(noise), 0, true, label));
  REQUIRE(testimony != nullptr);
  CHECK(witness.dismiss(testimony) == 0);
  CHECK(testimony == nullptr);
  CHECK(witness.dismiss(testimony) == 0);
}

TEST_CASE("Packets cut short do not trouble the witness") {
  Witness witness;
  const Bytes whole = udp_packet(53, dns_query("www.example"));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    Witness::Testimony testimony = nullptr;
    std::uint32_t label = 0;
    const Bytes part = cut(whole, size);
    witness.hear(testimony, packet_of(part), 0, true, label);
    witness.dismiss(testimony);
    CHECK(testimony == nullptr);
  }
}

TEST_CASE("The version is told") {
  CHECK(classify::witness_version().starts_with("nDPI "));
  CHECK(classify::witness_version().size() > 7);
}
