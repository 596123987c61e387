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

// RFC 791 and RFC 768 from 10.0.0.5:40000 to 203.0.113.9.
Bytes udp_packet(std::size_t port, const Bytes& payload) {
  return hex("4500") + be16(28 + payload.size()) + hex("0001 0000 40 11 0000 0a000005 cb007109") +
         be16(40000) + be16(port) + be16(8 + payload.size()) + hex("0000") + payload;
}

wire::Packet packet_of(const Bytes& ip) {
  wire::Packet packet;
  packet.proto = wire::ip_proto::kUdp;
  packet.ip_version = 4;
  packet.ip = view(ip);
  packet.payload = packet.ip.from(28);
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
  CHECK(witness.hear(testimony, packet_of(query), 0, label));
  CHECK(testimony == nullptr);
  CHECK(std::string(witness.name(label)).find("DNS") != std::string::npos);
}

TEST_CASE("The witness gives up after enough packets") {
  Witness witness;
  Witness::Testimony testimony = nullptr;
  std::uint32_t label = 0;
  const Bytes noise = udp_packet(41999, hex("f1f2f3f4f5f6f7f8f9fafbfc"));
  std::uint32_t heard = 0;
  while (heard < 200 && !witness.hear(testimony, packet_of(noise), heard, label)) ++heard;
  CHECK(heard == 24);
  CHECK(testimony == nullptr);
  CHECK(label == 0);
  CHECK(witness.name(label).empty());
}

TEST_CASE("A dismissed witness says what it would have guessed, and is freed") {
  Witness witness;
  Witness::Testimony testimony = nullptr;
  std::uint32_t label = 0;
  const Bytes noise = udp_packet(41999, hex("f1f2f3f4f5f6f7f8f9fafbfc"));
  REQUIRE_FALSE(witness.hear(testimony, packet_of(noise), 0, label));
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
    witness.hear(testimony, packet_of(part), 0, label);
    witness.dismiss(testimony);
    CHECK(testimony == nullptr);
  }
}

TEST_CASE("The version is told") {
  CHECK(classify::witness_version().starts_with("nDPI "));
  CHECK(classify::witness_version().size() > 7);
}
