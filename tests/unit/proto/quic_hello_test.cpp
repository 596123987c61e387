// QUIC hellos joined from packets and datagrams: split, shuffled, cut, in every family's
// protection.
#include "proto/quic_hello.hpp"

#include <algorithm>

#include "catch.hpp"
#include "unit/proto/hex.hpp"
#include "unit/proto/quic_seal.hpp"
#include "unit/proto/quic_vectors.hpp"

namespace quic = deadair::proto::quic;
namespace vectors = deadair::test::quic_vectors;
using namespace deadair::test;
using deadair::ParseStatus;
using quic_seal::crypto;
using quic_seal::Sealer;

namespace {

// 241 bytes that say example.com.
const Bytes kHello = [] {
  const Bytes frame = hex(vectors::kClientFrame);
  return Bytes(frame.begin() + 4, frame.end());
}();

ParseStatus add(quic::HelloAssembler& assembler, const Bytes& datagram) {
  return assembler.add(view(datagram), datagram.size());
}

Bytes whole_hello() { return crypto(kHello, 0, kHello.size()); }

}  // namespace

TEST_CASE("the name is read from the clients' packets of RFC 9001 and RFC 9369") {
  for (const auto packet : {vectors::kClientV1, vectors::kClientV2}) {
    quic::HelloAssembler assembler;
    REQUIRE(add(assembler, hex(packet)) == ParseStatus::parsed);
    CHECK(assembler.done());
    CHECK(assembler.hello().sni == "example.com");
    CHECK(assembler.hello().alpn == "alpn");
    CHECK_FALSE(assembler.hello().ech);
    CHECK(assembler.message().equals(view(kHello)));
  }
}

TEST_CASE("a server's packet gives nothing and harms nothing") {
  quic::HelloAssembler assembler;
  CHECK(add(assembler, hex(vectors::kServerV1)) == ParseStatus::not_this);
  CHECK(add(assembler, Sealer{.side = "server in"}.seal(0, whole_hello())) ==
        ParseStatus::not_this);
  CHECK_FALSE(assembler.done());
  CHECK(add(assembler, hex(vectors::kClientV1)) == ParseStatus::parsed);
}

TEST_CASE("other versions open with their own salts") {
  struct Row {
    const char* version;
    Bytes salt;
  };
  for (const Row& row :
       {Row{"ff00001d", quic_seal::kSaltDraft29}, Row{"ff000020", quic_seal::kSaltDraft29},
        Row{"ff000021", quic_seal::kSaltV1}, Row{"ff00001b", quic_seal::kSaltDraft23},
        Row{"faceb001", quic_seal::kSaltDraft22}, Row{"faceb002", quic_seal::kSaltDraft23},
        Row{"faceb00e", quic_seal::kSaltDraft23}, Row{"faceb00e", quic_seal::kSaltV1},
        Row{"faceb003", quic_seal::kSaltV1}}) {
    INFO(row.version);
    quic::HelloAssembler assembler;
    const Sealer sealer{.version = row.version, .salt = row.salt};
    CHECK(add(assembler, sealer.seal(0, whole_hello())) == ParseStatus::parsed);
    CHECK(assembler.hello().sni == "example.com");
  }
}

TEST_CASE("pieces of a hello may come in any order, among other frames and twice") {
  const Sealer sealer;
  const Bytes ping = hex("01");
  const Bytes ack = hex("02 05 00 01 00 00 02");
  const Bytes ack_ecn = hex("03 05 00 00 00 01 02 03");
  quic::HelloAssembler assembler;
  CHECK(add(assembler, sealer.seal(0, crypto(kHello, 200, 41) + ping + Bytes(9) +
                                          crypto(kHello, 90, 60))) == ParseStatus::truncated);
  CHECK(assembler.hello().sni.empty());
  CHECK(add(assembler, sealer.seal(1, ack + ack_ecn + crypto(kHello, 0, 100))) ==
        ParseStatus::truncated);
  CHECK(assembler.hello().sni == "example.com");
  CHECK_FALSE(assembler.done());
  CHECK(add(assembler, sealer.seal(2, crypto(kHello, 0, 100))) == ParseStatus::not_this);
  CHECK(add(assembler, sealer.seal(3, crypto(kHello, 140, 60))) == ParseStatus::parsed);
  CHECK(assembler.message().equals(view(kHello)));
}

TEST_CASE("packets that share a datagram are all read") {
  const Sealer sealer;
  quic::HelloAssembler assembler;
  const Bytes handshake = hex("e7000000010008f067a5502a4262b54018") + Bytes(24, 7);
  CHECK(add(assembler, sealer.seal(0, crypto(kHello, 0, 50)) + handshake +
                           sealer.seal(1, crypto(kHello, 50, 191))) == ParseStatus::parsed);
}

TEST_CASE("later packets of the client bear the server's id and the first keys") {
  const Sealer sealer;
  quic::HelloAssembler assembler;
  CHECK(add(assembler, sealer.seal(0, crypto(kHello, 0, 50), sealer.id, hex("c1c2c3c4"))) ==
        ParseStatus::truncated);
  CHECK(add(assembler, sealer.seal(1, crypto(kHello, 50, 191), hex("a1a2a3a4a5"),
                                   hex("c1c2c3c4"))) == ParseStatus::parsed);
}

TEST_CASE("after a Retry the hello starts again with keys of the new id") {
  const Sealer first;
  const Sealer second{.id = hex("0011223344556677")};
  quic::HelloAssembler assembler;
  CHECK(add(assembler, first.seal(0, crypto(kHello, 0, 50))) == ParseStatus::truncated);
  const Bytes token(60, 0x5a);
  CHECK(add(assembler, second.seal(1, whole_hello(), second.id, {}, token)) == ParseStatus::parsed);
  CHECK(assembler.hello().sni == "example.com");
}

TEST_CASE("a hello whose start was not captured may still show the name") {
  const Sealer sealer;
  quic::HelloAssembler assembler;
  CHECK(add(assembler, sealer.seal(1, crypto(kHello, 46, 100))) == ParseStatus::truncated);
  CHECK(assembler.hello().sni == "example.com");
  CHECK_FALSE(assembler.done());
  quic::HelloAssembler without;
  CHECK(add(without, sealer.seal(1, crypto(kHello, 80, 161))) == ParseStatus::truncated);
  CHECK(without.hello().sni.empty());
}

TEST_CASE("a packet cut by the capture shows what it has, if that is a hello") {
  const Bytes whole = hex(vectors::kClientV1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    const Bytes part = cut(whole, size);
    quic::HelloAssembler assembler;
    const ParseStatus status = assembler.add(view(part), whole.size());
    const std::string_view name = assembler.hello().sni;
    if (size < 38) CHECK(status == ParseStatus::not_this);
    if (size >= 38 && size < 22 + 245) CHECK(status == ParseStatus::truncated);
    if (size >= 22 + 245) CHECK(status == ParseStatus::parsed);
    CHECK(name == (size >= 22 + 73 ? "example.com" : ""));
  }
}

TEST_CASE("a cut packet from a server is not taken for a hello") {
  const Bytes whole = hex(vectors::kServerV1);
  for (std::size_t size = 40; size < whole.size(); ++size) {
    const Bytes part = cut(whole, size);
    quic::HelloAssembler assembler;
    CHECK(assembler.add(view(part), whole.size()) == ParseStatus::not_this);
  }
}

TEST_CASE("frames that no Initial may hold end the reading") {
  quic::HelloAssembler assembler;
  const Sealer sealer;
  CHECK(add(assembler, sealer.seal(0, hex("0800") + whole_hello())) == ParseStatus::not_this);
  CHECK(add(assembler, sealer.seal(1, hex("060041ff") + Bytes(20, 1))) == ParseStatus::not_this);
  CHECK(add(assembler, sealer.seal(2, hex("0605000001") + Bytes(20))) == ParseStatus::not_this);
  CHECK(add(assembler, sealer.seal(3, hex("02050080ffffff00") + Bytes(20))) ==
        ParseStatus::not_this);
  CHECK_FALSE(assembler.done());
  CHECK(add(assembler, sealer.seal(4, hex("1c0000024f4b") + whole_hello())) == ParseStatus::parsed);
}

TEST_CASE("what cannot be opened is tried a bounded number of times") {
  quic::HelloAssembler assembler;
  Bytes bad = hex(vectors::kClientV1);
  bad.back() ^= 1;
  int tried = 0;
  for (; tried < 1000 && !assembler.done(); ++tried)
    CHECK(add(assembler, bad) == ParseStatus::not_this);
  CHECK(tried == 32);
  CHECK(add(assembler, hex(vectors::kClientV1)) == ParseStatus::not_this);
}

TEST_CASE("the message is bounded") {
  const Sealer sealer;
  quic::HelloAssembler assembler;
  CHECK(add(assembler, sealer.seal(0, hex("06 80003ff8 08") + Bytes(8, 1))) ==
        ParseStatus::truncated);
  CHECK(add(assembler, sealer.seal(1, hex("06 80003ff9 08") + Bytes(8, 1))) ==
        ParseStatus::not_this);
  CHECK(add(assembler, sealer.seal(2, hex("06 ffffffffffffffff 08") + Bytes(8, 1))) ==
        ParseStatus::not_this);
  CHECK(assembler.held() <= 16384);
}

TEST_CASE("the stream keeps pieces apart until they touch") {
  quic::CryptoStream stream;
  CHECK(stream.add(10, view(ascii("cd"))));
  CHECK(stream.add(20, view(ascii("gh"))));
  CHECK(stream.start().empty());
  CHECK(stream.loose_pieces() == 2);
  CHECK(stream.loose_piece(1).text() == "gh");
  CHECK(stream.add(0, view(ascii("0123456789"))));
  CHECK(stream.start().text() == "0123456789cd");
  CHECK(stream.loose_pieces() == 1);
  CHECK_FALSE(stream.add(3, view(ascii("345"))));
  CHECK_FALSE(stream.add(3, {}));
  CHECK(stream.add(5, view(ascii("56789cd-------g"))));
  CHECK(stream.start().size() == 22);
  CHECK(stream.loose_pieces() == 0);
  quic::CryptoStream scattered;
  for (std::uint64_t i = 0; i < 32; ++i) CHECK(scattered.add(2 * i, view(ascii("x"))));
  CHECK_FALSE(scattered.add(64, view(ascii("x"))));
  CHECK(scattered.add(1, view(ascii("x"))));
  CHECK(scattered.add(64, view(ascii("x"))));
}
