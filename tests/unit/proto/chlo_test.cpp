// Google's handshake messages, in QUIC before TLS and in Facebook Zero.
#include "proto/chlo.hpp"

#include "catch.hpp"
#include "proto/fbzero.hpp"
#include "proto/quic_hello.hpp"
#include "unit/proto/hex.hpp"
#include "unit/proto/quic_seal.hpp"

namespace chlo = deadair::proto::chlo;
namespace fbzero = deadair::proto::fbzero;
namespace quic = deadair::proto::quic;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

// CHLO with PAD (5 bytes), "SNI\0" (www.example.com) and UAID (agent/1).
const Bytes kChlo = ascii("CHLO") + hex("03000000") +    //
                    ascii("PAD") + hex("00 05000000") +  //
                    ascii("SNI") + hex("00 14000000") +  //
                    ascii("UAID") + hex("1b000000") +    //
                    ascii("-----www.example.comagent/1");

ParseStatus add(quic::HelloAssembler& assembler, const Bytes& datagram) {
  return assembler.add(view(datagram), datagram.size());
}

}  // namespace

TEST_CASE("a CHLO gives name and user agent") {
  chlo::Message message;
  REQUIRE(chlo::parse(view(kChlo), message) == ParseStatus::parsed);
  CHECK(message.kind == chlo::Kind::client_hello);
  CHECK(message.size == kChlo.size());
  CHECK(message.sni == "www.example.com");
  CHECK(message.user_agent == "agent/1");
}

TEST_CASE("a cut CHLO gives what was complete") {
  for (std::size_t size = 0; size < kChlo.size(); ++size) {
    const Bytes part = cut(kChlo, size);
    chlo::Message message;
    CHECK(chlo::parse(view(part), message) == ParseStatus::truncated);
    CHECK(message.sni == (size >= 52 ? "www.example.com" : ""));
    CHECK(message.user_agent.empty());
  }
}

TEST_CASE("tables that contradict themselves are no message") {
  chlo::Message message;
  const auto parse = [&](const Bytes& bytes) { return chlo::parse(view(bytes), message); };
  Bytes falling = kChlo;
  falling[20] = 4;  // the name would end before it begins
  CHECK(parse(falling) == ParseStatus::not_this);
  Bytes padded = kChlo;
  padded[6] = 1;
  CHECK(parse(padded) == ParseStatus::not_this);
  Bytes far = kChlo;
  far[30] = 1;
  CHECK(parse(far) == ParseStatus::not_this);
  CHECK(parse(ascii("CHLO") + Bytes(40)) == ParseStatus::not_this);
  CHECK(parse(ascii("CHLX") + Bytes(40, 1)) == ParseStatus::not_this);
  Bytes rude = kChlo;
  rude[40] = ' ';
  REQUIRE(parse(rude) == ParseStatus::parsed);
  CHECK(message.sni.empty());
}

TEST_CASE("Google QUIC shows its hello in the clear up to Q046") {
  const Bytes hash(12, 0xee);
  for (const Bytes& start :
       {hex("0d 1122334455667788 51303433 01") + hash + hex("a0 01 0047"),
        hex("0d 1122334455667788 51303234 01") + hash + hex("00 a0 01 4700"),  // private flags
        hex("c3 51303436 50 1122334455667788 00000002") + hash +
            hex("4001 0218 3a02 00 a4 01 0000 0047")}) {
    quic::HelloAssembler assembler;
    quic::LongHeader header;
    const Bytes datagram = start + kChlo;
    REQUIRE(quic::parse_long_header(view(datagram), datagram.size(), header) ==
            ParseStatus::parsed);
    CHECK(header.may_carry_hello());
    REQUIRE(add(assembler, datagram) == ParseStatus::parsed);
    CHECK(assembler.hello().sni == "www.example.com");
    CHECK(assembler.hello().user_agent == "agent/1");
  }
  quic::HelloAssembler assembler;
  CHECK(add(assembler, hex("c3 51303436 50 1122334455667788 00000002") + Bytes(150, 'C')) ==
        ParseStatus::not_this);
}

TEST_CASE("Q050 has the same hello under the IETF's protection") {
  const quic_seal::Sealer sealer{.version = "51303530", .salt = quic_seal::kSaltQ050};
  quic::HelloAssembler assembler;
  const Bytes frames = hex("07 08 00") + sealer.length(kChlo.size()) + kChlo + Bytes(30);
  REQUIRE(add(assembler, sealer.seal(1, frames)) == ParseStatus::parsed);
  CHECK(assembler.hello().sni == "www.example.com");
}

TEST_CASE("Facebook Zero: name, server's answer, cuts and contradictions") {
  const auto size = static_cast<std::uint8_t>(kChlo.size());
  const Bytes stream = ascii("1QTV0") + Bytes{size, 0, 0, 0} + kChlo;
  fbzero::FirstMessage first;
  REQUIRE(fbzero::parse_first(view(stream), first) == ParseStatus::parsed);
  CHECK(first.version == '0');
  CHECK(first.message.sni == "www.example.com");
  for (std::size_t at = 0; at < stream.size(); ++at)
    CHECK(fbzero::parse_first(view(cut(stream, at)), first) == ParseStatus::truncated);

  const Bytes answer = ascii("SNOM") + hex("01000000") + ascii("SNO") + hex("00 02000000 abcd");
  const Bytes down = ascii("1QTV1") + Bytes{18, 0, 0, 0} + answer;
  REQUIRE(fbzero::parse_first(view(down), first) == ParseStatus::parsed);
  CHECK(first.message.kind == chlo::Kind::server_nonce);
  CHECK(first.version == '1');

  CHECK(fbzero::parse_first(view(ascii("1QTVx") + hex("12000000") + answer), first) ==
        ParseStatus::not_this);
  CHECK(fbzero::parse_first(view(ascii("1QTV0") + hex("00000100") + answer), first) ==
        ParseStatus::not_this);
  CHECK(fbzero::parse_first(view(ascii("1QTV0") + hex("10000000") + answer), first) ==
        ParseStatus::not_this);  // the message does not fit its record
  CHECK(fbzero::parse_first(view(ascii("GET / HTTP/1.1")), first) == ParseStatus::not_this);
}
