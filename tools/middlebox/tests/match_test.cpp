// Which packets a rule chooses.
#include "match.hpp"

#include "catch.hpp"
#include "scene.hpp"
#include "unit/proto/quic_vectors.hpp"

using namespace deadair;
using namespace deadair::test;
using mb::Way;

namespace {

// RFC 8446 section 4.1.2 with a server name (RFC 6066 section 3).
Bytes client_hello(const std::string& name) {
  const Bytes sni = hex("0000") + counted(2, counted(2, Bytes{0} + counted(2, ascii(name))));
  const Bytes body = hex("0303") + Bytes(32, 0x42) + hex("00 0002 1301 01 00") + counted(2, sni);
  return hex("16 0301") + counted(2, Bytes{1} + counted(3, body));
}

// True when a datagram is dropped by a rule with this match.
bool chosen(const std::string& match, const Bytes& payload, Way way = Way::up,
            const Ends& ends = {true, 40'000, 3478}) {
  Scene scene(one_rule(R"({"type":"drop"})", match));
  scene.put(0, way, ends.udp(way, payload));
  return scene.take().empty();
}

// RFC 8489 section 5, without attributes.
Bytes stun(unsigned type) { return be(type, 2) + hex("0000 2112a442 0102030405060708090a0b0c"); }

Bytes rtp(unsigned sequence, unsigned ssrc = 7) {
  return hex("8060") + be(sequence, 2) + be(sequence * 960, 4) + be(ssrc, 4) + Bytes(60, 0x55);
}

}  // namespace

TEST_CASE("names match themselves and what is below them") {
  CHECK(mb::name_matches("example.org", "example.org"));
  CHECK(mb::name_matches("www.example.org", "example.org"));
  CHECK(mb::name_matches("www.example.org", "*.example.org"));
  CHECK_FALSE(mb::name_matches("notexample.org", "example.org"));
  CHECK_FALSE(mb::name_matches("example.org.net", "example.org"));
}

TEST_CASE("SNI of TLS, even in two segments, and of QUIC") {
  const Bytes hello = client_hello("www.Watched.example");
  for (const std::size_t cut : {std::size_t{0}, std::size_t{30}}) {
    Scene scene(one_rule(R"({"type":"drop"})", R"({"sni":"watched.example"})"));
    handshake(scene, {});
    scene.take();
    const Bytes head(hello.begin(), hello.begin() + static_cast<long>(cut));
    const Bytes tail(hello.begin() + static_cast<long>(cut), hello.end());
    if (cut > 0) scene.up(1, Ends{}.tcp(Way::up, {flag::kAck, 1001, 5001, head}));
    scene.up(2,
             Ends{}.tcp(Way::up, {flag::kAck, 1001 + static_cast<std::uint32_t>(cut), 5001, tail}));
    CHECK(scene.take().size() == (cut > 0 ? 1 : 0));
    CHECK(scene.truth().at(0)["trigger"] == "www.watched.example");
  }
  const Bytes initial = hex(quic_vectors::kClientV1);
  CHECK(chosen(R"({"quic_sni":"example.com"})", initial));
  CHECK_FALSE(chosen(R"({"quic_sni":"example.org"})", initial));
}

TEST_CASE("later requests of a connection have names too") {
  Scene scene(one_rule(R"({"type":"drop"})", R"({"host":"watched.example"})"));
  handshake(scene, {});
  scene.up(1, request({}, "free.example"));
  scene.take();
  const auto next = 1001 + static_cast<std::uint32_t>(request_of("free.example").size());
  scene.up(2, Ends{}.tcp(Way::up, {flag::kAck, next, 5001, request_of("watched.example")}));
  CHECK(scene.take().empty());
}

TEST_CASE("ends: protocol, networks and ports") {
  const Bytes payload(20, 1);
  CHECK(chosen(R"({"proto":"udp"})", payload));
  CHECK_FALSE(chosen(R"({"proto":"tcp"})", payload));
  CHECK(chosen(R"({"server_net":"198.18.0.0/15"})", payload));
  CHECK_FALSE(chosen(R"({"server_net":"203.0.113.0/24"})", payload));
  CHECK(chosen(R"({"client_net":"192.168.77.2"})", payload, Way::down));
  CHECK_FALSE(chosen(R"({"client_net":"198.18.0.1"})", payload, Way::down));
  CHECK(chosen(R"({"server_port":3478})", payload));
  CHECK(chosen(R"({"server_port":[3478,3481]})", payload, Way::down));
  CHECK_FALSE(chosen(R"({"server_port":[3479,3481]})", payload));
  CHECK(chosen(R"({"server_net":"2001:db8::/32"})", payload, Way::up, {false, 40'000, 3478}));
}

TEST_CASE("STUN by its cookie or its method") {
  CHECK(chosen(R"({"stun":"cookie"})", stun(0x0001)));
  CHECK(chosen(R"({"stun":"cookie"})", stun(0x0101), Way::down));
  CHECK_FALSE(chosen(R"({"stun":"cookie"})", Bytes(20, 0)));
  CHECK(chosen(R"({"stun":3})", stun(0x0003)));
  CHECK(chosen(R"({"stun":3})", stun(0x0113), Way::down));
  CHECK_FALSE(chosen(R"({"stun":3})", stun(0x0001)));
}

TEST_CASE("DTLS, WireGuard and OpenVPN") {
  // RFC 6347 section 4.1: a ClientHello's first record.
  const Bytes dtls = hex("16 fefd 0000 000000000000 0010 01") + Bytes(15, 0);
  CHECK(chosen(R"({"dtls":true})", dtls));
  CHECK_FALSE(chosen(R"({"dtls":true})", stun(1)));
  CHECK(chosen(R"({"dtls":false})", stun(1)));
  CHECK(chosen(R"({"wireguard":true})", hex("01000000") + Bytes(144, 0x9a)));
  CHECK(chosen(R"({"wireguard":true})", hex("04000000") + Bytes(92, 0x9a)));
  CHECK_FALSE(chosen(R"({"wireguard":true})", hex("01000000") + Bytes(140, 0x9a)));
  CHECK(chosen(R"({"openvpn":true})", hex("38") + Bytes(13, 0x9a)));
  CHECK_FALSE(chosen(R"({"openvpn":true})", hex("48") + Bytes(13, 0x9a)));
}

TEST_CASE("RTP from its second packet on, also inside a relay's channel") {
  for (const bool relayed : {false, true}) {
    const auto datagram = [&](unsigned sequence) {
      return relayed ? hex("4001") + counted(2, rtp(sequence)) : rtp(sequence);
    };
    Scene scene(one_rule(R"({"type":"drop"})", R"({"rtp":true})"));
    const Ends ends{true, 40'000, 3478};
    for (unsigned i = 0; i < 5; ++i) scene.up(20.0 * i, ends.udp(Way::up, datagram(i)));
    scene.up(200, ends.udp(Way::up, stun(1)));
    CHECK(scene.take().size() == 2);
  }
  // Each with another SSRC: bytes that only begin like RTP.
  Scene scene(one_rule(R"({"type":"drop"})", R"({"rtp":true})"));
  for (unsigned i = 0; i < 5; ++i) scene.up(20.0 * i, Ends{}.udp(Way::up, rtp(i, i)));
  CHECK(scene.take().size() == 5);
}

TEST_CASE("voice and video of one socket are told from each other") {
  Scene scene(one_rule(R"({"type":"drop"})", R"({"rtp":true})"));
  for (unsigned i = 0; i < 4; ++i)
    for (const unsigned ssrc : {7U, 8U}) scene.up(20.0 * i, Ends{}.udp(Way::up, rtp(i, ssrc)));
  CHECK(scene.take().size() == 2);
}

TEST_CASE("sizes are those of UDP payload, or of the IP packet") {
  CHECK(chosen(R"({"min_size":100})", Bytes(100)));
  CHECK_FALSE(chosen(R"({"min_size":101})", Bytes(100)));
  CHECK(chosen(R"({"max_size":100})", Bytes(100)));
  CHECK_FALSE(chosen(R"({"max_size":99})", Bytes(100)));
  Scene scene(one_rule(R"({"type":"drop"})", R"({"min_size":140})"));
  scene.up(0, Ends{}.tcp(Way::up, {flag::kAck, 1, 1, Bytes(99)}));
  scene.up(0, Ends{}.tcp(Way::up, {flag::kAck, 1, 1, Bytes(100)}));
  CHECK(scene.take().size() == 1);
}

TEST_CASE("times of a rule") {
  const auto passed = [](const std::string& more) {
    Scene scene(one_rule(R"({"type":"drop"})", "{}", more));
    for (int s = 0; s < 10; ++s) scene.up(1000.0 * s, Ends{}.udp(Way::up, Bytes(10)));
    return scene.take().size();
  };
  CHECK(passed("") == 0);
  CHECK(passed(R"(,"from_s":3,"until_s":5)") == 8);
  CHECK(passed(R"(,"from_s":3,"until_s":null)") == 3);
  CHECK(passed(R"(,"windows":[[0,1],[4,6]])") == 7);
}
