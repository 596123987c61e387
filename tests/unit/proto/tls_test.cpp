// ClientHello and ServerHello as OpenSSL sends them, split in every way, and what is not TLS.
#include "proto/tls.hpp"

#include <array>

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace tls = deadair::proto::tls;
using namespace deadair::test;
using deadair::ByteView;
using deadair::ParseStatus;

namespace {

std::array<std::uint8_t, tls::kScratchSize> scratch;

ParseStatus parse(const Bytes& stream, tls::ClientHello& out) {
  return tls::parse_client_hello(kept(stream), scratch, out);
}

// openssl s_client 3.0, -servername call.example.org -alpn h2,http/1.1.
const Bytes kTls13 = hex(R"(16030100e1010000dd03035036143997bb96812c59d9b9451055bb0df4cca8647f040dd3
    174945c6339ca020c22b7d01813f2e00a85cf631a524d313978de492ebf0102c6aeb2b5b59e576680008130213031301
    00ff0100008c00000015001300001063616c6c2e6578616d706c652e6f7267000b000403000102000a00040002001d00
    2300000010000e000c02683208687474702f312e310016000000170000000d000400020403002b000908030403030302
    0301002d00020101003300260024001d002096569c8dd8b40a79796665199fdf5f35e794e3166a767239908b7de34387
    f526)");

// openssl s_client 3.0, -tls1_2 -servername Old.Example.org.
const Bytes kTls12 = hex(R"(160301006f0100006b0303cec937eba2b451ffc64b16754983e3c06ad67ab0e4025533d2
    d591b3b89c28b5000004c02f00ff0100003e00000014001200000f4f6c642e4578616d706c652e6f7267000b00040300
    0102000a000400020017002300000016000000170000000d0006000404030401)");

// openssl s_client 3.0, -tls1_2 -noservername.
const Bytes kNoName =
    hex(R"(1603010055010000510303e75355b5faa038398f097824e8196a68edf91956c5d00ef00d
    788b30386fc6c6000004c02f00ff01000024000b000403000102000a000400020017002300000016000000170000000d
    000400020401)");

// openssl s_server 3.0, TLS 1.3 and TLS 1.2.
const Bytes kServer13 = hex(R"(160303007a02000076030349edffe2b647edce41db1a2258f3fc51c0865196ac79e6e
    6ffd083b0f10e34a720fd7ebab4d1475de029eed918465fe2295aab0c39f6663172d72142e79b84be27130200002e002
    b0002030400330024001d0020f4bf847b105d3a315e7cc9e544828bc9e70fecdc0423d851d2b55de554b99d12)");
const Bytes kServer12 =
    hex(R"(16030300410200003d0303d94e543afc778d751945e36614911a8f3b109454766a2cab
    444f574e4752440100c02c000015ff01000100000b0004030001020023000000170000)");

Bytes extension(const char* type, const Bytes& body) { return hex(type) + counted(2, body); }

Bytes server_name(const Bytes& name) {
  return extension("0000", counted(2, hex("00") + counted(2, name)));
}

// A ClientHello message with the given suites and extensions.
Bytes hello(const Bytes& suites, const Bytes& extensions) {
  return hex("01") + counted(3, hex("0303") + Bytes(32, 0x77) + counted(1, {}) +
                                    counted(2, suites) + hex("0100") + counted(2, extensions));
}

// `message` in handshake records of at most `size` bytes.
Bytes in_records(const Bytes& message, std::size_t size) {
  Bytes out;
  for (std::size_t at = 0; at < message.size(); at += size) {
    const std::size_t end = std::min(at + size, message.size());
    const Bytes piece = {message.begin() + static_cast<std::ptrdiff_t>(at),
                         message.begin() + static_cast<std::ptrdiff_t>(end)};
    out = out + hex("160301") + counted(2, piece);
  }
  return out;
}

}  // namespace

TEST_CASE("a TLS 1.3 ClientHello gives name, protocols and version") {
  tls::ClientHello out;
  REQUIRE(parse(kTls13, out) == ParseStatus::parsed);
  CHECK(out.sni == "call.example.org");
  CHECK(out.sni_present);
  CHECK(out.alpn == "h2");
  CHECK(out.alpn_list.size() == 12);
  CHECK(out.tls13);
  CHECK_FALSE(out.ech);
  CHECK(out.record_version == tls::kVersion10);
  CHECK(out.legacy_version == tls::kVersion12);
  CHECK(out.cipher_suites == 4);
  CHECK(out.session_id_size == 32);
}

TEST_CASE("older and nameless ClientHellos are read too") {
  tls::ClientHello out;
  REQUIRE(parse(kTls12, out) == ParseStatus::parsed);
  CHECK(out.sni == "Old.Example.org");
  CHECK_FALSE(out.tls13);
  CHECK(out.alpn.empty());
  CHECK(out.cipher_suites == 2);
  REQUIRE(parse(kNoName, out) == ParseStatus::parsed);
  CHECK(out.sni.empty());
  CHECK_FALSE(out.sni_present);

  // Without extensions, as SSL 3 and early TLS clients send it.
  const Bytes bare = hex("01") + counted(3, hex("0301") + Bytes(32, 7) + hex("00 0002 002f 0100"));
  REQUIRE(parse(in_records(bare, 16384), out) == ParseStatus::parsed);
  CHECK(out.legacy_version == 0x0301);
}

TEST_CASE("a stream that ends inside the ClientHello is truncated at every byte") {
  for (std::size_t size = 0; size < kTls13.size(); ++size) {
    const Bytes part = cut(kTls13, size);
    tls::ClientHello out;
    const ParseStatus status = parse(part, out);
    if (size == 0) {
      CHECK(status == ParseStatus::not_this);
      continue;
    }
    INFO("cut at " << size);
    CHECK(status == ParseStatus::truncated);
    // The name is known as soon as its extension is complete.
    CHECK((out.sni == "call.example.org") == (size >= 115));
  }
}

TEST_CASE("a ClientHello in records of any size is joined") {
  const Bytes message = {kTls13.begin() + 5, kTls13.end()};
  for (std::size_t size = 4; size <= message.size(); ++size) {
    tls::ClientHello out;
    const Bytes stream = in_records(message, size);
    REQUIRE(parse(stream, out) == ParseStatus::parsed);
    CHECK(out.sni == "call.example.org");
    CHECK(out.alpn == "h2");
    const Bytes part = cut(stream, stream.size() - 1);
    CHECK(parse(part, out) == ParseStatus::truncated);
  }
}

TEST_CASE("a ClientHello stays in place unless it is split") {
  tls::ClientHello out;
  const ByteView stream = view(kTls13);
  REQUIRE(tls::parse_client_hello(stream, scratch, out) == ParseStatus::parsed);
  CHECK(ByteView::of(out.sni).begin() == stream.from(99).begin());
}

TEST_CASE("records that cannot be joined leave the ClientHello truncated") {
  const Bytes message = {kTls13.begin() + 5, kTls13.end()};
  tls::ClientHello out;
  // More pieces than any client makes.
  CHECK(parse(in_records(message, 1), out) == ParseStatus::truncated);
  // The rest in a record of another type.
  Bytes half = in_records(message, 113);
  half[118] = 0x17;
  CHECK(parse(half, out) == ParseStatus::truncated);
  // A scratch too small for it.
  std::array<std::uint8_t, 64> small{};
  const Bytes split = in_records(message, 50);
  CHECK(tls::parse_client_hello(view(split), small, out) == ParseStatus::truncated);
  CHECK(tls::parse_client_hello(view(split), {}, out) == ParseStatus::truncated);
  CHECK(tls::parse_client_hello(view(kTls13), {}, out) == ParseStatus::parsed);
}

TEST_CASE("a large ClientHello, as with post-quantum key shares, fits the scratch") {
  const Bytes message =
      hello(hex("1301"), extension("0033", Bytes(9000, 1)) + server_name(ascii("pq.example.net")));
  tls::ClientHello out;
  REQUIRE(parse(in_records(message, 1400), out) == ParseStatus::parsed);
  CHECK(out.sni == "pq.example.net");
}

TEST_CASE("GREASE values are neither suites, versions nor protocols") {
  const Bytes message =
      hello(hex("0a0a 1301 1302 fafa"),
            extension("1a1a", {}) + extension("0010", counted(2, hex("02 2a2a 02 6833 02 6832"))) +
                extension("002b", hex("06 3a3a 0304 0303")) + extension("4a4a", hex("00")));
  tls::ClientHello out;
  REQUIRE(parse(in_records(message, 16384), out) == ParseStatus::parsed);
  CHECK(out.cipher_suites == 2);
  CHECK(out.alpn == "h3");
  CHECK(out.tls13);
}

TEST_CASE("an encrypted ClientHello shows, with its outer name") {
  const Bytes message =
      hello(hex("1301"), server_name(ascii("public.example")) + extension("fe0d", Bytes(40, 9)));
  tls::ClientHello out;
  REQUIRE(parse(in_records(message, 16384), out) == ParseStatus::parsed);
  CHECK(out.ech);
  CHECK(out.sni == "public.example");
}

TEST_CASE("a server name that is no host name is left out") {
  for (const Bytes& name : {ascii("evil\nname"), ascii(""), ascii("a b"), ascii("-x"),
                            Bytes(254, 'a'), Bytes{0xc3, 0xa9}}) {
    tls::ClientHello out;
    const Bytes message = hello(hex("1301"), server_name(name));
    REQUIRE(parse(in_records(message, 16384), out) == ParseStatus::parsed);
    CHECK(out.sni.empty());
    CHECK(out.sni_present);
  }
}

TEST_CASE("lengths that contradict each other make it no ClientHello") {
  tls::ClientHello out;
  for (const std::size_t position : {43U, 76U, 86U, 92U}) {
    // session id, suites, compression methods, first extension
    Bytes bytes = kTls13;
    bytes[position] = 0xf1;
    INFO("position " << position);
    CHECK(parse(bytes, out) != ParseStatus::parsed);
  }
  // Only the length of all extensions may be wrong: a client's slip that leaves the name readable.
  Bytes bytes = kTls13;
  bytes[89] = 0x8d;
  CHECK(parse(bytes, out) == ParseStatus::parsed);
  CHECK(out.sni == "call.example.org");
  bytes = kTls13;
  bytes[6] = 0x10;  // a message of a megabyte
  CHECK(parse(bytes, out) == ParseStatus::not_this);
}

TEST_CASE("other streams are not TLS") {
  tls::ClientHello out;
  // Skype's imitation starts with an empty handshake record.
  CHECK(parse(hex("1603010000 16030100cd 42cdefe740d72f1d"), out) == ParseStatus::not_this);
  CHECK(parse(hex("1603010000") + kTls13, out) == ParseStatus::not_this);
  CHECK(parse(hex("170301000a00112233445566778899"), out) == ParseStatus::not_this);
  CHECK(parse(ascii("GET / HTTP/1.1\r\n\r\n"), out) == ParseStatus::not_this);
  CHECK(parse(hex("1602000010"), out) == ParseStatus::not_this);
  CHECK(parse(hex("160301ffff"), out) == ParseStatus::not_this);
  CHECK(parse(kServer12, out) == ParseStatus::not_this);

  CHECK(tls::looks_like_tls(view(kTls13)));
  CHECK(tls::looks_like_tls(view(hex("16"))));
  CHECK_FALSE(tls::looks_like_tls(view(hex("1602"))));
  CHECK_FALSE(tls::looks_like_tls(view(hex("160305"))));
  CHECK_FALSE(tls::looks_like_tls(view(hex("13"))));
  CHECK_FALSE(tls::looks_like_tls({}));
}

TEST_CASE("the ServerHello tells the chosen version and suite") {
  tls::ServerHello out;
  const auto read = [&](const Bytes& stream) {
    return tls::parse_server_hello(view(stream), scratch, out);
  };
  REQUIRE(read(kServer13) == ParseStatus::parsed);
  CHECK(out.version == tls::kVersion13);
  CHECK(out.cipher_suite == 0x1302);
  REQUIRE(read(kServer12) == ParseStatus::parsed);
  CHECK(out.version == tls::kVersion12);
  CHECK(out.cipher_suite == 0xc02c);
  CHECK(read(kTls13) == ParseStatus::not_this);
  for (std::size_t size = 1; size < kServer13.size(); ++size) {
    CHECK(read(cut(kServer13, size)) == ParseStatus::truncated);
  }
}

TEST_CASE("the handshake message alone is read as QUIC carries it") {
  tls::ClientHello out;
  const Bytes message = {kTls13.begin() + 5, kTls13.end()};
  REQUIRE(tls::parse_client_hello_message(view(message), out) == ParseStatus::parsed);
  CHECK(out.sni == "call.example.org");
  CHECK(out.record_version == 0);
}
