// The first flight of TLS servers: one record or many, resumed, TLS 1.3, cut, and others' bytes.
#include "proto/tls_server.hpp"

#include <array>

#include "catch.hpp"
#include "unit/proto/server_flight.hpp"

namespace tls = deadair::proto::tls;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

ParseStatus parse(const Bytes& stream, tls::ServerFlight& out) {
  static std::array<std::uint8_t, tls::kScratchSize> scratch;
  return tls::parse_server_flight(kept(stream), scratch, out);
}

// The handshake messages `bytes` in records of at most `size` bytes.
Bytes in_records(const Bytes& bytes, std::size_t size) {
  Bytes out;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    const auto piece = view(bytes).sub(at, size);
    out = out + record("16", Bytes(piece.begin(), piece.end()));
  }
  return out;
}

const Bytes kHello = server_hello(hex("ff01 0001 00 0010 0005 0003 02 6832"));
const Bytes kChain = certificate_message({certificate(), Bytes(300, 0x30)});
const Bytes kDone = handshake("0e", {});

}  // namespace

TEST_CASE("a flight gives hello and certificate, however its records are cut") {
  const Bytes messages = kHello + kChain + kDone;
  for (const std::size_t size : {4096U, 300U, 100U, 3U, 1U}) {
    tls::ServerFlight out;
    REQUIRE(parse(in_records(messages, size), out) == ParseStatus::parsed);
    CHECK(out.record_version == 0x0303);
    CHECK(out.version == 0x0303);
    CHECK(out.cipher_suite == 0xc02f);
    CHECK(out.session_id.equals(view(hex("a1a2a3a4"))));
    CHECK(out.alpn == "h2");
    CHECK(out.hello_complete);
    CHECK_FALSE(out.tls13);
    CHECK_FALSE(out.retry);
    CHECK(out.certificate.equals(view(certificate())));
    CHECK(out.certificate_length == certificate().size());
  }
  tls::ServerFlight out;
  const Bytes apart = record("16", kHello) + record("16", kChain) + record("16", kDone);
  REQUIRE(parse(apart, out) == ParseStatus::parsed);
  CHECK(out.certificate.equals(view(certificate())));
}

TEST_CASE("a flight cut anywhere is truncated and keeps what was complete") {
  const Bytes stream = in_records(kHello + kChain, 200);
  const std::size_t needed = stream.size() - 303;  // the second certificate is not waited for
  for (std::size_t size = 0; size <= stream.size(); ++size) {
    tls::ServerFlight out;
    const ParseStatus status = parse(cut(stream, size), out);
    const bool whole = size >= needed - 10;
    if (size < needed - 10)
      CHECK(status == (size == 0 ? ParseStatus::not_this : ParseStatus::truncated));
    if (size == stream.size()) CHECK(status == ParseStatus::parsed);
    CHECK(out.hello_complete == (size >= 5 + kHello.size()));
    if (whole && status == ParseStatus::parsed) CHECK(out.certificate.equals(view(certificate())));
    CHECK(out.certificate.size() <= out.certificate_length);
  }
}

TEST_CASE("a scratch too small is a cut") {
  std::array<std::uint8_t, 90> scratch;
  const Bytes stream = in_records(kHello + kChain, 60);
  tls::ServerFlight out;
  CHECK(tls::parse_server_flight(view(stream), scratch, out) == ParseStatus::truncated);
  CHECK(out.hello_complete);
  CHECK(out.cipher_suite == 0xc02f);
  CHECK(tls::parse_server_flight(view(stream), {}, out) == ParseStatus::truncated);
}

TEST_CASE("flights without a readable certificate are complete without one") {
  tls::ServerFlight out;
  SECTION("resumed") {
    CHECK(parse(record("16", kHello) + record("14", hex("01")), out) == ParseStatus::parsed);
  }
  SECTION("anonymous") {
    CHECK(parse(record("16", kHello + handshake("0c", Bytes(40, 1))), out) == ParseStatus::parsed);
  }
  SECTION("an empty list") {
    CHECK(parse(record("16", kHello + certificate_message({})), out) == ParseStatus::parsed);
  }
  SECTION("TLS 1.3") {
    const Bytes hello = server_hello(hex("002b 0002 0304"));
    CHECK(parse(record("16", hello), out) == ParseStatus::parsed);
    CHECK(out.tls13);
    CHECK(out.version == 0x0304);
  }
  SECTION("a retry") {
    const Bytes random = hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    CHECK(parse(record("16", server_hello(hex("002b 0002 0304"), random)), out) ==
          ParseStatus::parsed);
    CHECK(out.retry);
  }
  CHECK(out.hello_complete);
  CHECK(out.certificate_length == 0);
}

TEST_CASE("a session ticket or a status may stand before the certificate") {
  tls::ServerFlight out;
  const Bytes stream = record("16", kHello + handshake("17", Bytes(9, 0)) + kChain);
  REQUIRE(parse(stream, out) == ParseStatus::parsed);
  CHECK(out.certificate_length == certificate().size());
}

TEST_CASE("other streams, and lengths that contradict each other, are no flight") {
  tls::ServerFlight out;
  CHECK(parse({}, out) == ParseStatus::not_this);
  CHECK(parse(ascii("HTTP/1.1 200 OK\r\n"), out) == ParseStatus::not_this);
  CHECK(parse(record("16", handshake("01", Bytes(60, 3))), out) == ParseStatus::not_this);
  CHECK(parse(record("15", hex("0228")), out) == ParseStatus::not_this);
  CHECK(parse(hex("15"), out) == ParseStatus::not_this);
  CHECK(parse(record("16", handshake("02", hex("0203") + Bytes(40, 0))), out) ==
        ParseStatus::not_this);
  CHECK(parse(record("16", handshake("02", Bytes(3, 3))), out) == ParseStatus::not_this);
  Bytes wrong = kChain;
  wrong[6] = static_cast<std::uint8_t>(wrong[6] + 1);  // certificate_list
  CHECK(parse(record("16", kHello + wrong), out) == ParseStatus::not_this);
  wrong = kChain;
  wrong[7] = 1;  // the first certificate
  CHECK(parse(record("16", kHello + wrong), out) == ParseStatus::not_this);
  Bytes hello = kHello;
  hello[4 + 34] = 33;  // session id
  CHECK(parse(record("16", hello), out) == ParseStatus::not_this);
}
