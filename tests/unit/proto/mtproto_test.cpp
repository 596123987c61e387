// MTProto's transports: obfuscated heads were made with Python's cryptography package, the checksum
// with zlib.
#include "proto/mtproto.hpp"

#include <algorithm>

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace mtproto = deadair::proto::mtproto;
using namespace deadair::test;
using deadair::ParseStatus;
using mtproto::Transport;

namespace {

// req_pq_multi and resPQ without their length.
const Bytes kAsk = hex("0000000000000000 000000000a700b5e 14000000 f18e7ebe") + Bytes(16, 0x31);
const Bytes kAnswer = hex("0000000000000000 010000000a700b5e 50000000 63241605") + Bytes(76, 0x32);
// 40 bytes under a key, and 56 under the same one.
const Bytes kKeyId = hex("a1b2c3d4e5f60718");
const Bytes kMessage = kKeyId + Bytes(32, 0x41);
const Bytes kNext = kKeyId + Bytes(48, 0x42);

const Bytes kHiddenAbridged = hex(
    "f5b165224a58b791df6af1d8303e61cdc4bb86c3d1c427103c344c4189eb2f1e7bd5d47e446fcec2a3d811736110e5"
    "781bcccea696762e61189a7865c63c8667e05fa77d91b432bcc29e948d144257f6fdcb9ff6f0277a095d78a07f0e97"
    "7d0474c6444cc08acb7f80");
const Bytes kHiddenPadded = hex(
    "73a9bef499bbf4dc7bd2a4f2c8af5bd99f267a0ed3197217dd2bba1537436e5c2441e3d54410492b788768bcff2218"
    "cf8f7373abe8e394da080aa2b5d3d7a79b701094fa5f03544fe54b8a3fd6374024256c0eeba244e885cba9dc1c00ae"
    "9c07e86b908f6278d244d009924740a43c4a");

ParseStatus client(const Bytes& head, mtproto::Stream& out) {
  return mtproto::parse_client(view(head), out);
}

}  // namespace

TEST_CASE("mtproto: a key exchange proves every transport") {
  mtproto::Stream out;
  REQUIRE(client(hex("ef 0a") + kAsk, out) == ParseStatus::parsed);
  CHECK((out.proven && out.transport == Transport::abridged));
  REQUIRE(client(hex("eeeeeeee 28000000") + kAsk, out) == ParseStatus::parsed);
  CHECK((out.proven && out.transport == Transport::intermediate));
  REQUIRE(client(hex("dddddddd 2b000000") + kAsk + Bytes(3, 0x77), out) == ParseStatus::parsed);
  CHECK((out.proven && out.transport == Transport::padded));
  REQUIRE(client(hex("34000000 00000000") + kAsk + hex("00000000"), out) == ParseStatus::parsed);
  CHECK((out.proven && out.transport == Transport::full));
}

TEST_CASE("mtproto: abridged messages under one key prove it, a single one only fits") {
  mtproto::Stream out;
  REQUIRE(client(hex("ef 0a") + kMessage, out) == ParseStatus::parsed);
  CHECK_FALSE(out.proven);
  REQUIRE(client(hex("ef 0a") + kMessage + hex("8e") + kNext, out) == ParseStatus::parsed);
  CHECK(out.proven);  // the second one asks for a quick acknowledgement
  REQUIRE(client(hex("ef 7f 800000") + kKeyId + Bytes(504, 1) + hex("0a") + kMessage, out) ==
          ParseStatus::parsed);
  CHECK(out.proven);
  CHECK(client(hex("ef 0a") + kMessage + hex("0a") + Bytes(40, 9), out) == ParseStatus::not_this);
  CHECK(client(hex("ef 03") + Bytes(12, 1), out) == ParseStatus::not_this);
  CHECK(client(hex("efbbbf") + ascii("<?xml version='1.0' encoding='utf-8'?><a></a>"), out) !=
        ParseStatus::parsed);  // the UTF-8 byte order mark
}

TEST_CASE("mtproto: the full transport is proved by its checksum") {
  Bytes head =
      hex("4400000000000000"
          "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c"
          "2d2e2f"
          "303132333435363738c117b997");
  mtproto::Stream out;
  REQUIRE(client(head, out) == ParseStatus::parsed);
  CHECK((out.proven && out.transport == Transport::full));
  CHECK(client(cut(head, head.size() - 1), out) == ParseStatus::truncated);
  head.back() ^= 1;
  CHECK(client(head, out) == ParseStatus::not_this);
}

TEST_CASE("mtproto: servers are known by the key exchange only") {
  mtproto::Stream out;
  CHECK(mtproto::parse_server(view(hex("19") + kAnswer), out) == ParseStatus::parsed);
  CHECK(out.transport == Transport::abridged);
  CHECK(mtproto::parse_server(view(hex("64000000") + kAnswer), out) == ParseStatus::parsed);
  CHECK(out.transport == Transport::intermediate);
  CHECK(mtproto::parse_server(view(hex("0a") + kMessage), out) == ParseStatus::not_this);
  CHECK(mtproto::parse_server(view(cut(hex("19") + kAnswer, 20)), out) == ParseStatus::truncated);
}

TEST_CASE("mtproto: the obfuscated tag is read with the key in the header") {
  mtproto::Obfuscated out;
  REQUIRE(mtproto::parse_obfuscated(view(kHiddenAbridged), out) == ParseStatus::parsed);
  CHECK(out.transport == Transport::abridged);
  CHECK(out.frames().size() == kHiddenAbridged.size() - 64);
  // Length 10 words, key id 0: the first message came out of it.
  CHECK(out.frames().starts_with(hex("0a 0000000000000000")));
  CHECK(out.frames().be32(21) == 0xf18e7ebe);
  REQUIRE(mtproto::parse_obfuscated(view(kHiddenPadded), out) == ParseStatus::parsed);
  CHECK(out.transport == Transport::padded);
  CHECK(out.frames().size() == 48);
}

TEST_CASE("mtproto: every part of the obfuscated header counts") {
  mtproto::Obfuscated out;
  CHECK(mtproto::parse_obfuscated(view(cut(kHiddenAbridged, 64)), out) == ParseStatus::parsed);
  CHECK(out.held == 0);
  for (std::size_t size = 17; size < 64; ++size) {
    CHECK(mtproto::parse_obfuscated(view(cut(kHiddenAbridged, size)), out) ==
          ParseStatus::truncated);
  }
  for (const std::size_t at : {8U, 39U, 40U, 55U, 56U, 59U}) {
    Bytes damaged = kHiddenAbridged;
    damaged[at] ^= 1;
    INFO(at);
    CHECK(mtproto::parse_obfuscated(view(damaged), out) == ParseStatus::not_this);
  }
}

TEST_CASE("mtproto: what the obfuscated transport may not begin with is not even decrypted") {
  mtproto::Obfuscated out;
  for (const Bytes& start : {hex("ef"), hex("eeeeeeee"), hex("dddddddd"), hex("160301"),
                             ascii("GET / HTTP/1.1\r\n\r\n"), ascii("SSH-2.0-OpenSSH_9.2\r\n")}) {
    Bytes head = kHiddenAbridged;
    std::copy(start.begin(), start.end(), head.begin());
    CHECK(mtproto::parse_obfuscated(view(head), out) == ParseStatus::not_this);
  }
}
