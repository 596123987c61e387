// Tests OpenVPN's signals on control packets written by hand: each wrapping, each direction, both
// transports.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::openvpn {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& openvpn() { return classifiers::openvpn::instance(); }

constexpr std::int64_t kCaptureNs = 1'472'334'890'000'000'000;  // 57c20c2a
const char* const kNow = "57c20c2a";
const char* const kClient = "660ee29aa490b059";
const char* const kServer = "359085e4dd022e44";

Bytes client_reset(const Bytes& wrapping = {}) {
  return hex("38") + hex(kClient) + wrapping + hex("00 00000000");
}
Bytes server_reset(const Bytes& wrapping = {}) {
  return hex("40") + hex(kServer) + wrapping + hex("01 00000000") + hex(kClient) + hex("00000000");
}
Bytes ack(const char* from = kClient, const char* to = kServer, const Bytes& wrapping = {}) {
  return hex("28") + hex(from) + wrapping + hex("01 00000000") + hex(to);
}
Bytes hello(const Bytes& wrapping = {}) {
  return hex("20") + hex(kClient) + wrapping + hex("00 00000001 160301") + noise(200);
}
Bytes middle(std::uint8_t id) {
  return hex("20") + hex(kServer) + hex("00 000000") + Bytes{id} + noise(300, id);
}
// tls-auth: HMAC, replay id, time.
Bytes signed_by(std::size_t hmac, const char* time = kNow, std::uint8_t id = 1) {
  return noise(hmac, 5) + hex("000000") + Bytes{id} + hex(time);
}
// tls-crypt: replay id, time, tag, then `size` encrypted bytes.
Bytes encrypted(const char* head, std::size_t size, const char* time = kNow,
                const char* id = "00000001") {
  return hex(head) + hex(kClient) + hex(id) + hex(time) + noise(32 + size, 6);
}
Bytes data(std::uint8_t id, const char* head = "48000001") {
  return hex(head) + hex("000001") + Bytes{id} + noise(100, id);
}

Outcome flow(const std::vector<Sent>& packets) {
  return ask_flow(openvpn(), packets, udp_flow("192.0.2.7", 443), kCaptureNs);
}
Outcome one(const Bytes& packet) { return flow({up(packet)}); }

Bytes stream(const std::vector<Bytes>& packets) {
  Bytes out;
  for (const Bytes& packet : packets) out = out + counted(2, packet);
  return out;
}

TEST_CASE("openvpn: the server's reset proves itself, the client's when it comes again") {
  CHECK(one(server_reset()).signal() == "OVPN.RESET");
  CHECK(one(server_reset()).certain());
  CHECK(one(server_reset()).claims.front().service == classify::Service::tunnel);
  CHECK(one(client_reset()).signal() == "OVPN.RESET.ONE");
  CHECK_FALSE(one(client_reset()).certain());
  const Outcome again = flow({up(client_reset()), up(client_reset())});
  CHECK(again.answer == Answer::certain);
  CHECK(again.claims.back().signal->id == "OVPN.SESSION");
}

TEST_CASE("openvpn: resets have one length") {
  CHECK(one(client_reset() + Bytes{0}).claims.empty());
  CHECK(one(server_reset() + Bytes{0}).claims.empty());
  CHECK(one(cut(client_reset(), 13)).claims.empty());
}

TEST_CASE("openvpn: an acknowledgement of the other side's session proves it") {
  const Outcome outcome = flow({up(client_reset()), down(ack(kServer, kClient))});
  CHECK(outcome.answer == Answer::certain);
  CHECK(outcome.claims.back().signal->id == "OVPN.SESSION");
  CHECK(flow({up(client_reset()), down(ack(kServer, kServer))}).answer == Answer::unsure);
}

TEST_CASE("openvpn: TLS inside a control packet") {
  CHECK(one(hello()).signal() == "OVPN.TLS");
  CHECK(one(hello()).certain());
}

TEST_CASE("openvpn: a capture that begins in mid-handshake needs three packets of a session") {
  CHECK(flow({down(middle(3)), down(middle(4))}).claims.empty());
  CHECK(flow({down(middle(3)), down(middle(4)), down(middle(5))}).signal() == "OVPN.SESSION");
}

TEST_CASE("openvpn: tls-auth with every digest, in each direction") {
  for (const std::size_t hmac : {16U, 20U, 28U, 32U, 48U, 64U}) {
    INFO(hmac);
    CHECK(one(client_reset(signed_by(hmac))).signal() == "OVPN.RESET");
    CHECK(one(server_reset(signed_by(hmac))).signal() == "OVPN.RESET");
    CHECK(one(ack(kServer, kClient, signed_by(hmac))).signal() == "OVPN.SIGNED");
    CHECK(one(hello(signed_by(hmac))).signal() == "OVPN.SIGNED");
  }
}

TEST_CASE("openvpn: a time far from the capture's is no tls-auth and no tls-crypt") {
  CHECK(one(client_reset(signed_by(20, "57d20c2a"))).claims.empty());
  CHECK(one(encrypted("38", 5, "57d20c2a")).claims.empty());
}

TEST_CASE("openvpn: tls-crypt's resets, version 2 of it and early negotiation") {
  CHECK(one(encrypted("38", 5)).signal() == "OVPN.RESET");
  CHECK(one(encrypted("40", 17)).signal() == "OVPN.RESET");
  CHECK(one(encrypted("50", 5 + 300, kNow, "0f000001")).signal() == "OVPN.RESET");
  CHECK(one(encrypted("50", 20)).claims.empty());
  CHECK(one(encrypted("38", 6)).claims.empty());
  CHECK(one(encrypted("38", 5, kNow, "40000001")).claims.empty());
}

TEST_CASE("openvpn: nothing but data is a guess, and only of version 2 in order") {
  std::vector<Sent> packets;
  for (std::uint8_t i = 1; i <= 5; ++i) packets.push_back(up(data(i)));
  CHECK(flow(packets).claims.empty());
  packets.push_back(down(data(9)));
  packets.push_back(up(data(6)));
  const Outcome six = flow(packets);
  CHECK(six.signal() == "OVPN.DATA");
  CHECK_FALSE(six.certain());
  std::vector<Sent> mixed, backwards;
  for (std::uint8_t i = 1; i <= 8; ++i) {
    mixed.push_back(up(data(i, i % 2 == 0 ? "48000001" : "48000002")));
    backwards.push_back(up(data(static_cast<std::uint8_t>(20 - i))));
  }
  CHECK(flow(mixed).claims.empty());
  CHECK(flow(backwards).claims.empty());
}

TEST_CASE("openvpn: TURN channel data with RTP inside is no data packet") {
  std::vector<Sent> packets;
  for (std::uint8_t i = 1; i <= 9; ++i)
    packets.push_back(up(hex("480000ac 8000 01") + Bytes{i} + noise(168, i)));
  CHECK(flow(packets).claims.empty());
}

TEST_CASE("openvpn: over TCP, each direction alone") {
  CHECK(ask_stream(openvpn(), stream({client_reset(), hello()})).signal() == "OVPN.TLS");
  CHECK(ask_stream(openvpn(), stream({server_reset()})).signal() == "OVPN.RESET");
  CHECK(ask_stream(openvpn(), stream({client_reset(signed_by(20))})).certain());
  const Bytes crypt = stream({encrypted("38", 5), encrypted("28", 17, kNow, "00000002"),
                              encrypted("20", 260, kNow, "00000003")});
  CHECK(ask_stream(openvpn(), crypt).signal() == "OVPN.SESSION");
  CHECK(ask_stream(openvpn(), cut(crypt, crypt.size() - 1)).answer == Answer::unsure);
}

TEST_CASE("openvpn: a stream in the middle of its life") {
  std::vector<Bytes> packets;
  for (std::uint8_t i = 1; i <= 6; ++i) packets.push_back(data(i));
  CHECK(ask_stream(openvpn(), stream(packets), {}, false).signal() == "OVPN.DATA");
  CHECK(ask_stream(openvpn(), stream(packets), {}, true).claims.empty());
  CHECK(ask_stream(openvpn(), stream({middle(1), middle(2), middle(3)}), {}, false).signal() ==
        "OVPN.SESSION");
}

TEST_CASE("openvpn: a stream that is something else is left at once") {
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    const Outcome outcome = ask_stream(openvpn(), head);
    CHECK(outcome.claims.empty());
    CHECK(outcome.answer == (head.empty() ? Answer::unsure : Answer::not_for_us));
  }
}

TEST_CASE("openvpn: others' datagrams are not claimed, however often they come") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    const Outcome outcome = flow(std::vector<Sent>(20, up(payload)));
    CHECK(outcome.claims.empty());
    CHECK(outcome.answer == Answer::not_for_us);
  }
}

}  // namespace
