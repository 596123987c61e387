// DTLS datagrams: OpenSSL's ClientHello, chains of records, and other UDP.
#include "proto/dtls.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace dtls = deadair::proto::dtls;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

// openssl s_client 3.0, -dtls1_2.
const Bytes kClientHello =
    hex(R"(16feff0000000000000000005e010000520000000000000052fefdf469d1f63bcce
    b9a0b8ca2bf0a9c1c8a50344fa1fc1e1a2a2c2ff69370ca96bf00000004c02f00ff01000024000b000403000102000a
    000400020017002300000016000000170000000d000400020401)");

const Bytes kChangeCipher = hex("14fefd 0000 000000000003 0001 01");
const Bytes kFinished = hex("16fefd 0001 000000000000 0018") + Bytes(24, 0xee);

ParseStatus parse(const Bytes& bytes, dtls::Header& out) {
  return dtls::parse(view(bytes), bytes.size(), out);
}

}  // namespace

TEST_CASE("a DTLS ClientHello is recognised") {
  dtls::Header out;
  REQUIRE(parse(kClientHello, out) == ParseStatus::parsed);
  CHECK(out.type == 22);
  CHECK(out.version == 0xfeff);
  CHECK(out.epoch == 0);
  CHECK(out.length == 94);
  CHECK(out.client_hello);
  CHECK_FALSE(out.server_hello);
}

TEST_CASE("several records fill a datagram, and nothing else may") {
  dtls::Header out;
  REQUIRE(parse(kChangeCipher + kFinished, out) == ParseStatus::parsed);
  CHECK(out.type == 20);
  CHECK(out.sequence == 3);
  CHECK_FALSE(out.client_hello);
  CHECK(parse(kFinished, out) == ParseStatus::parsed);
  CHECK(out.epoch == 1);
  CHECK_FALSE(out.client_hello);  // encrypted, whatever its first byte
  CHECK(parse(kFinished + hex("80"), out) == ParseStatus::not_this);
  CHECK(parse(cut(kFinished, kFinished.size() - 1), out) == ParseStatus::not_this);
  // A DTLS 1.3 ciphertext ends what can be walked.
  CHECK(parse(kChangeCipher + hex("2f0001aabbccdd"), out) == ParseStatus::parsed);
}

TEST_CASE("a record with a connection id is recognised by its header") {
  dtls::Header out;
  CHECK(parse(hex("19fefd 0001 000000000001 aabbccdd 0004 01020304"), out) == ParseStatus::parsed);
  CHECK(out.type == 25);
}

TEST_CASE("a datagram cut by the capture is truncated") {
  for (std::size_t size = 3; size < kClientHello.size(); ++size) {
    const Bytes part = cut(kClientHello, size);
    dtls::Header out;
    CHECK(dtls::parse(view(part), kClientHello.size(), out) == ParseStatus::truncated);
    CHECK(out.client_hello == (size >= 14));
  }
}

TEST_CASE("other datagrams are not DTLS") {
  dtls::Header out;
  CHECK(parse({}, out) == ParseStatus::not_this);
  CHECK(parse(hex("16fefd00000000000000000000"), out) == ParseStatus::parsed);  // empty fragment
  CHECK(parse(hex("1603010000000000000000000000"), out) == ParseStatus::not_this);  // TLS
  CHECK(parse(hex("1bfefd00000000000000000000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("13fefd00000000000000000000"), out) == ParseStatus::not_this);
}
