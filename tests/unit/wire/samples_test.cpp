// Every link layer and tunnel leads to the same innermost packet, and none can be cut so that it
// crashes.
#include "samples.hpp"

#include <string>

#include "catch.hpp"

using namespace deadair;
using namespace deadair::wire;
using namespace deadair::wire::test;

namespace {

void check_inner(const Sample& sample) {
  INFO(sample.name);
  Decoder decoder;
  const auto [reason, packet] = decode(decoder, sample.link, sample.bytes);
  REQUIRE(std::string(name(reason)) == "none");
  const bool v6 = packet.ip_version == 6;
  CHECK(to_string(packet.src) == (v6 ? "2001:db8::1" : "10.0.0.1"));
  CHECK(to_string(packet.dst) == (v6 ? "2001:db8::2" : "10.0.0.2"));
  CHECK(packet.proto == 17);
  CHECK(packet.src_port == 1000);
  CHECK(packet.dst_port == 2000);
  CHECK(to_bytes(packet.payload) == hex("6869"));
  CHECK(packet.payload_len == 2);
  CHECK(packet.ip_len == (v6 ? 50 : 30));
  CHECK(packet.ip.size() == packet.ip_len);
  CHECK_FALSE(packet.truncated);
}

void check_all(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) check_inner(sample);
}

}  // namespace

TEST_CASE("Ethernet with all that comes between it and IP") { check_all(ethernet_samples()); }
TEST_CASE("point-to-point links") { check_all(point_to_point_samples()); }
TEST_CASE("link headers made by the system") { check_all(cooked_samples()); }
TEST_CASE("802.11, FDDI, Token Ring, ATM") { check_all(other_lan_samples()); }
TEST_CASE("frames in frames of capture devices") { check_all(wrapped_samples()); }
TEST_CASE("tunnels over IP") { check_all(ip_tunnel_samples()); }
TEST_CASE("tunnels over UDP") { check_all(udp_tunnel_samples()); }

TEST_CASE("every prefix of every sample is decoded or has a reason") {
  for (const Sample& sample : all_samples()) {
    INFO(sample.name);
    for (std::size_t length = 0; length < sample.bytes.size(); ++length) {
      // An own copy of just these bytes, so that a sanitizer sees every read beyond them.
      const Bytes prefix(sample.bytes.begin(),
                         sample.bytes.begin() + static_cast<std::ptrdiff_t>(length));
      Decoder decoder;
      const Decoded whole = decode(decoder, sample.link, prefix);
      const Decoded cut = decode(decoder, sample.link, prefix, sample.bytes.size());
      for (const Decoded& result : {whole, cut}) {
        if (result.reason != Undecoded::none) continue;
        CHECK(result.packet.payload.size() <= result.packet.payload_len);
        CHECK(result.packet.ip.size() <= result.packet.ip_len);
        CHECK(result.packet.truncated == (result.packet.ip.size() < result.packet.ip_len));
      }
    }
  }
}

TEST_CASE("every single damaged octet of every sample is survived") {
  for (const Sample& sample : all_samples()) {
    for (std::size_t at = 0; at < sample.bytes.size(); ++at) {
      for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
        Bytes damaged = sample.bytes;
        damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ flip);
        Decoder decoder;
        const Decoded result = decode(decoder, sample.link, damaged);
        if (result.reason == Undecoded::none)
          CHECK(result.packet.payload.size() <= result.packet.payload_len);
      }
    }
  }
}
