// Tests the entropy rule and the imitations of TLS: what is claimed, each condition that refuses,
// each way a hello can be cut, and what must never be claimed.
#include <random>

#include "catch.hpp"
#include "obfuscated/randomness.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::obfuscated {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classifiers::obfuscated::looks_random;
using classifiers::obfuscated::may_be_random;
using classifiers::obfuscated::passes_entropy_rule;
using classify::Answer;
using classify::Direction;

const classify::Classifier& obfuscated() { return classifiers::obfuscated::instance(); }

Bytes random_bytes(std::size_t size, unsigned seed = 1) {
  std::mt19937 source(seed);
  Bytes out(size);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(source());
  return out;
}

struct Exchange {
  Bytes up, down;
  std::uint16_t port = 8388;
  bool up_from_start = true, down_from_start = true;
};

// The client's first packet, then the server's, as the engine shows them.
Outcome play(const Exchange& exchange) {
  classify::FlowFacts flow = udp_flow("192.0.2.7", exchange.port);
  flow.proto = 6;
  Outcome outcome;
  classify::StreamHead head;
  head.up = view(exchange.up);
  head.grew = Direction::up;
  head.from_start = exchange.up_from_start;
  outcome.answer = obfuscated().on_stream(flow, head, outcome);
  if (outcome.answer != Answer::unsure || exchange.down.empty()) return outcome;
  flow.datagrams = 1;
  head.down = view(exchange.down);
  head.grew = Direction::down;
  head.from_start = exchange.down_from_start;
  outcome.answer = obfuscated().on_stream(flow, head, outcome);
  return outcome;
}

Bytes with_front(const Bytes& front, const Bytes& bytes) {
  return front + Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(front.size()), bytes.end());
}

TEST_CASE("obfuscated: random first flights both ways are a guess") {
  const Outcome outcome = play({random_bytes(681), random_bytes(1448, 2)});
  CHECK(outcome.signal() == "OBF.ENTROPY");
  CHECK_FALSE(outcome.certain());
  CHECK(outcome.claims.front().service == classify::Service::tunnel);
  CHECK(play({random_bytes(200), random_bytes(1448, 2)}).signal() == "OBF.ENTROPY");
  CHECK(play({random_bytes(4000), random_bytes(90, 2)}).signal() == "OBF.ENTROPY");
}

TEST_CASE("obfuscated: hardly any random exchange is missed") {
  int found = 0;
  for (unsigned seed = 0; seed < 200; ++seed)
    found += play({random_bytes(500 + seed, 2 * seed), random_bytes(1448, 2 * seed + 1)})
                 .claims.size() == 1;
  CHECK(found >= 190);  // equal first bytes alone cost one in 256
}

TEST_CASE("obfuscated: what the rule needs of an exchange") {
  const Bytes up = random_bytes(681), down = random_bytes(1448, 2);
  CHECK(play({up, {}}).claims.empty());  // no answer
  CHECK(play({up, {}}).answer == Answer::unsure);
  CHECK(play({up, down, 8388, false}).claims.empty());  // begins in the middle
  CHECK(play({up, down, 8388, true, false}).claims.empty());
  CHECK(play({up, down, 8333}).claims.empty());                           // Bitcoin
  CHECK(play({random_bytes(608), random_bytes(608, 2)}).claims.empty());  // greetings
  CHECK(play({random_bytes(96), random_bytes(112, 2)}).claims.empty());
  CHECK(play({random_bytes(63), down}).claims.empty());
  CHECK(play({up, random_bytes(63, 2)}).claims.empty());
  CHECK(play({up, with_front({up[0]}, down)}).claims.empty());  // alike on both sides
  CHECK(play({up, ascii("HTTP/1.1 200 OK\r\n") + down}).claims.empty());
  CHECK(play({up, Bytes(1448, 0x5a)}).claims.empty());
}

TEST_CASE("obfuscated: a server that speaks first is none") {
  const Bytes banner = random_bytes(700);
  classify::StreamHead head;
  head.down = view(banner);
  head.grew = Direction::down;
  Outcome outcome;
  CHECK(obfuscated().on_stream(udp_flow(), head, outcome) == Answer::not_for_us);
  CHECK(outcome.claims.empty());
}

TEST_CASE("obfuscated: the five exemptions") {
  const Bytes random = random_bytes(400);
  CHECK(passes_entropy_rule(view(random)));
  CHECK_FALSE(passes_entropy_rule({}));
  CHECK_FALSE(passes_entropy_rule(view(Bytes(400, 0x07))));                            // 3.0 bits
  CHECK_FALSE(passes_entropy_rule(view(Bytes(400, 0x9f))));                            // 6.0 bits
  CHECK_FALSE(passes_entropy_rule(view(with_front(ascii("PROXY9"), random))));         // 6 in front
  CHECK(passes_entropy_rule(view(with_front(ascii("PROXY") + Bytes{0x80}, random))));  // only 5
  CHECK_FALSE(passes_entropy_rule(view(random + ascii("abcdefghijklmnopqrstu"))));  // 21 in a row
  Bytes half;
  for (int i = 0; i < 200; ++i)
    half = half + Bytes{0x96, 0xc9, 0x4b, 0x69, 0x55};  // 3 of 5 printable
  CHECK_FALSE(passes_entropy_rule(view(half)));
  CHECK_FALSE(passes_entropy_rule(view(with_front(hex("160301"), random))));
  CHECK_FALSE(passes_entropy_rule(view(with_front(hex("170303"), random))));
  CHECK(passes_entropy_rule(view(with_front(hex("150303"), random))));
}

TEST_CASE("obfuscated: what the first bytes can refuse") {
  const Bytes random = random_bytes(400);
  CHECK(may_be_random(view(random)));
  CHECK(may_be_random(view(cut(random, 64) + Bytes(400, 0))));  // no more than these are looked at
  CHECK_FALSE(may_be_random({}));
  CHECK_FALSE(may_be_random(view(ascii("GET / HTTP/1.1\r\n"))));
  CHECK_FALSE(may_be_random(view(with_front(hex("160303"), random))));
  CHECK_FALSE(may_be_random(view(with_front(hex("9177000000"), random))));
  CHECK_FALSE(may_be_random(view(Bytes{1, 2, 4, 8, 16, 32, 64, 128})));
  CHECK_FALSE(may_be_random(view(Bytes{0xfe, 0xfd, 0xfb, 0xf7, 0xef, 0xdf, 0xbf})));
}

TEST_CASE("obfuscated: structure in random bytes") {
  const Bytes random = random_bytes(700);
  CHECK(looks_random(view(random)));
  CHECK_FALSE(looks_random({}));
  CHECK_FALSE(looks_random(view(with_front(hex("02bc"), random))));      // 700, big-endian
  CHECK_FALSE(looks_random(view(with_front(hex("02ba"), random))));      // without the field
  CHECK_FALSE(looks_random(view(with_front(hex("ba02"), random))));      // little-endian
  CHECK_FALSE(looks_random(view(with_front(hex("910002b6"), random))));  // behind a type
  CHECK_FALSE(looks_random(view(with_front(hex("9177000000"), random))));
  Bytes few = random;
  for (std::uint8_t& byte : few) byte &= 0xf7U;
  CHECK_FALSE(looks_random(view(few)));  // half of the values missing
  Bytes counter;
  for (int i = 0; i < 1024; ++i) counter.push_back(static_cast<std::uint8_t>(i * 37));
  CHECK_FALSE(looks_random(view(counter)));  // too even
}

// ---- Imitations of TLS

Bytes client_hello(std::string_view suites,
                   std::string_view extensions = "0000 000b 0009 00 0006 612e74657374") {
  const Bytes list = hex(suites), body = hex(extensions);
  const Bytes hello = hex("0303") + Bytes(32, 0x41) + Bytes{32} + Bytes(32, 0x42) +
                      counted(2, list) + hex("01 00") + counted(2, body);
  return hex("16 0301") + counted(2, hex("01") + counted(3, hello));
}

Bytes server_hello(std::string_view suite) {
  const Bytes hello = hex("0303") + Bytes(32, 0x43) + Bytes{0} + hex(suite) + hex("00");
  return hex("16 0303") + counted(2, hex("02") + counted(3, hello));
}

constexpr std::string_view kInvented = "0eee 661e 7502 166d 484d da61 a784 f76f";
constexpr std::string_view kOpenSsl =
    "c02c c030 009f cca9 cca8 ccaa c02b c02f 009e c024 c028 006b c023 c027 0067 c00a c014 0039 "
    "c009 c013 "
    "0033 009d 009c 003d 003c 0035 002f 00ff";

TEST_CASE("obfuscated: invented cipher suites prove an imitation") {
  const Bytes hello = client_hello(kInvented);
  CHECK(ask_stream(obfuscated(), hello).signal() == "OBF.TLS.SUITES");
  CHECK(ask_stream(obfuscated(), hello).certain());
  for (std::size_t size = 1; size < 78 + 16; ++size) {
    INFO(size);
    CHECK(ask_stream(obfuscated(), cut(hello, size)).answer == Answer::unsure);
  }
  // A chance hit among them is still an imitation, a few strange ones among many are none.
  CHECK(ask_stream(obfuscated(), client_hello("5cc5 1116 6f96 e559 5c49 002f")).certain());
  CHECK(ask_stream(obfuscated(), client_hello("1301 1302 c02b c02f 5cc5 1116 6f96 e559"))
            .claims.empty());
  CHECK(ask_stream(obfuscated(), client_hello("5cc5 1116 6f96")).claims.empty());
  CHECK(ask_stream(obfuscated(), client_hello("0a0a 1a1a 2a2a 3a3a 4a4a 1301")).claims.empty());
}

TEST_CASE("obfuscated: an ordinary hello ends the question") {
  const Outcome outcome = ask_stream(obfuscated(), client_hello("1301 1302 c02b c02f 009c"));
  CHECK(outcome.answer == Answer::not_for_us);
  CHECK(outcome.claims.empty());
}

TEST_CASE("obfuscated: the server's choice, where only the server is seen") {
  const Bytes chosen = server_hello("8c62");
  CHECK(ask_stream(obfuscated(), {}, chosen).signal() == "OBF.TLS.CHOICE");
  CHECK_FALSE(ask_stream(obfuscated(), {}, chosen).certain());
  for (std::size_t size = 1; size < 46; ++size)
    CHECK(ask_stream(obfuscated(), {}, cut(chosen, size)).answer == Answer::unsure);
  for (const std::string_view suite : {"1301", "c02b", "cca8", "002f", "e011"})
    CHECK(ask_stream(obfuscated(), {}, server_hello(suite)).claims.empty());
  CHECK(ask_stream(obfuscated(), {}, chosen, false).claims.empty());
}

TEST_CASE("obfuscated: simple-obfs hides its data in a ticket") {
  const std::string ticket = "0023 0008 0102030405060708",
                    name = "0000 000b 0009 00 0006 612e74657374";
  const Bytes hello = client_hello(kOpenSsl, ticket + name + "000b 0004 03010002");
  CHECK(ask_stream(obfuscated(), hello).signal() == "OBF.TLS.TICKET");
  CHECK(ask_stream(obfuscated(), hello).certain());
  CHECK(ask_stream(obfuscated(), cut(hello, hello.size() - 20)).answer == Answer::unsure);
  CHECK(ask_stream(obfuscated(), client_hello(kOpenSsl, name + ticket)).claims.empty());
  CHECK(ask_stream(obfuscated(), client_hello(kOpenSsl, "0023 0000" + name)).claims.empty());
  CHECK(
      ask_stream(obfuscated(), client_hello("1301 1302 c02b c02f", ticket + name)).claims.empty());
}

TEST_CASE("obfuscated: hellos that lie about their lengths") {
  Bytes hello = client_hello(kInvented);
  hello[43] = 33;  // session id too long
  CHECK(ask_stream(obfuscated(), hello).answer == Answer::not_for_us);
  hello = client_hello(kInvented);
  hello[76] = 0xff;  // more suites than the record holds
  CHECK(ask_stream(obfuscated(), hello + random_bytes(40)).claims.empty());
  CHECK(ask_stream(obfuscated(), hex("1603010000") + random_bytes(90)).claims.empty());
}

TEST_CASE("obfuscated: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(obfuscated(), payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(obfuscated(), head).claims.empty());
    CHECK(play({head, random_bytes(1448)}).claims.empty());
    CHECK(play({random_bytes(700), head}).claims.empty());
  }
}

}  // namespace
