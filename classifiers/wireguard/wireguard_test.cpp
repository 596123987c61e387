// Tests WireGuard's signals on messages written by hand, each direction alone, and look-alikes.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::wireguard {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;

const classify::Classifier& wireguard() { return classifiers::wireguard::instance(); }

const char* const kClientIndex = "9043164c";
const char* const kServerIndex = "5a80d24e";

// A Curve25519 key: its last bit is clear.
Bytes key() {
  Bytes bytes = noise(32, 7);
  bytes.back() &= 0x7f;
  return bytes;
}

Bytes initiation(const Bytes& mac2 = Bytes(16, 0), const char* head = "01000000") {
  return hex(head) + hex(kClientIndex) + key() + noise(76 + 16, 2) + mac2;
}

Bytes response(const Bytes& mac2 = Bytes(16, 0)) {
  return hex("02000000") + hex(kServerIndex) + hex(kClientIndex) + key() + noise(32, 3) + mac2;
}

Bytes data(const char* index, std::uint8_t counter, std::size_t inner = 64,
           const char* head = "04000000") {
  return hex(head) + hex(index) + Bytes{counter} + Bytes(7, 0) + noise(inner + 16, counter);
}

TEST_CASE("wireguard: each handshake message proves itself, in its own direction") {
  for (const Bytes& message : {initiation(), response()}) {
    const Outcome outcome = ask_datagram(wireguard(), message);
    CHECK(outcome.signal() == "WG.HANDSHAKE");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == classify::Service::tunnel);
  }
}

TEST_CASE("wireguard: Cloudflare's reserved bytes do not hide it") {
  CHECK(ask_datagram(wireguard(), initiation(Bytes(16, 0), "01a1b2c3")).certain());
  CHECK(ask_flow(wireguard(), {up(data(kServerIndex, 7, 64, "04a1b2c3")),
                               up(data(kServerIndex, 8, 64, "04a1b2c3")),
                               up(data(kServerIndex, 9, 64, "04a1b2c3"))})
            .certain());
}

TEST_CASE("wireguard: a handshake needs its size, its key and its zeros") {
  Bytes long_one = initiation() + Bytes{0};
  CHECK(ask_datagram(wireguard(), long_one).claims.empty());
  Bytes bad_key = initiation();
  bad_key[39] |= 0x80;
  CHECK(ask_datagram(wireguard(), bad_key).claims.empty());
  const Bytes mostly_zero = hex("01000000") + hex(kClientIndex) + Bytes(140, 0);
  CHECK(ask_datagram(wireguard(), mostly_zero).claims.empty());
}

TEST_CASE("wireguard: messages with bytes added are proved by the response's index") {
  const Sent longer = up(initiation(noise(16, 5)) + noise(56, 4));
  const Outcome outcome = ask_flow(wireguard(), {longer, down(response() + noise(8, 4))});
  CHECK(outcome.signal() == "WG.INDEX");
  CHECK(outcome.certain());
  CHECK(ask_flow(wireguard(), {longer, down(data(kClientIndex, 0))}).claims.empty());
  CHECK(ask_flow(wireguard(), {longer, up(data(kServerIndex, 0)), up(data(kServerIndex, 1)),
                               up(data(kServerIndex, 2))})
            .signal() == "WG.DATA");
}

TEST_CASE("wireguard: under load the handshake is unsure until its index is answered") {
  const Bytes busy = initiation(noise(16, 5));
  CHECK(ask_datagram(wireguard(), busy).signal() == "WG.HANDSHAKE.MAC2");
  CHECK_FALSE(ask_datagram(wireguard(), busy).certain());
  const Bytes cookie = hex("03000000") + hex(kClientIndex) + noise(56, 6);
  for (const Bytes& answer : {cookie, response(noise(16, 8)), data(kClientIndex, 0, 0)}) {
    const Outcome outcome = ask_flow(wireguard(), {up(busy), down(answer)});
    CHECK(outcome.answer == classify::Answer::certain);
    CHECK(outcome.claims.back().signal->id == "WG.INDEX");
  }
  CHECK(ask_flow(wireguard(), {up(busy), down(data(kServerIndex, 0, 0))}).answer ==
        classify::Answer::unsure);
  CHECK(ask_datagram(wireguard(), cookie).claims.empty());
}

TEST_CASE("wireguard: a handshake cut by the snap length waits for its index") {
  const Bytes whole = initiation();
  classify::Datagram datagram;
  const Bytes part = cut(whole, 60);
  datagram.payload = view(part);
  datagram.wire_len = 148;
  Outcome outcome;
  CHECK(wireguard().on_datagram(udp_flow(), datagram, outcome) == classify::Answer::unsure);
  CHECK(outcome.claims.empty());
}

TEST_CASE("wireguard: data of one direction proves itself with the third message") {
  const Outcome two =
      ask_flow(wireguard(), {up(data(kServerIndex, 40)), up(data(kServerIndex, 41))});
  CHECK(two.claims.empty());
  for (const auto& send : {up, down}) {
    const Outcome three = ask_flow(
        wireguard(),
        {send(data(kServerIndex, 40)), send(data(kServerIndex, 42)), send(data(kServerIndex, 41))});
    CHECK(three.signal() == "WG.DATA");
    CHECK(three.certain());
  }
}

TEST_CASE("wireguard: data without padding needs six messages") {
  std::vector<Sent> flow;
  for (std::uint8_t i = 0; i < 5; ++i) flow.push_back(up(data(kServerIndex, i, 61)));
  CHECK(ask_flow(wireguard(), flow).claims.empty());
  flow.push_back(up(data(kServerIndex, 5, 61)));
  CHECK(ask_flow(wireguard(), flow).certain());
}

TEST_CASE("wireguard: Tailscale's discovery may lie between data") {
  const Sent discovery = up(hex("5453f09f92ac") + noise(90, 9));
  const Outcome outcome =
      ask_flow(wireguard(), {discovery, up(data(kServerIndex, 4)), discovery,
                             up(data(kServerIndex, 5)), up(data(kServerIndex, 6))});
  CHECK(outcome.signal() == "WG.DATA");
}

TEST_CASE("wireguard: look-alikes of data are refused") {
  const auto refused = [](const std::vector<Sent>& flow) {
    return ask_flow(wireguard(), flow).claims.empty();
  };
  std::vector<Sent> small_index, same_counter, both_ways, huge_counter, jumping;
  for (std::uint8_t i = 0; i < 8; ++i) {
    small_index.push_back(up(data("4d000000", i)));
    same_counter.push_back(up(data(kServerIndex, 9)));
    both_ways.push_back(i % 2 == 0 ? up(data(kServerIndex, i)) : down(data(kServerIndex, i)));
    huge_counter.push_back(up(hex("04000000") + hex(kServerIndex) + noise(8, i) + noise(64, i)));
    jumping.push_back(up(data(i % 2 == 0 ? "a1b2c3d4" : "11223344", i)));
    jumping.push_back(up(noise(64, i)));
  }
  CHECK(refused(small_index));
  CHECK(refused(same_counter));
  CHECK(refused(both_ways));
  CHECK(refused(huge_counter));
  CHECK(refused(jumping));
}

TEST_CASE("wireguard: what comes first may be something else, but not for ever") {
  const Sent stun = up(stun_message("0001", {}));
  CHECK(ask_flow(wireguard(), {stun, up(noise(40, 3)), up(initiation())}).certain());
  const std::vector<Sent> others(30, stun);
  CHECK(ask_flow(wireguard(), others).answer == classify::Answer::not_for_us);
}

TEST_CASE("wireguard: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(wireguard(), payload, udp_flow("192.0.2.7", 51820)).claims.empty());
  }
}

}  // namespace
