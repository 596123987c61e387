// RTP headers with and without CSRCs and extensions.
#include "proto/rtp.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace rtp = deadair::proto::rtp;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

ParseStatus parse(const Bytes& bytes, rtp::Header& out) {
  return rtp::parse(view(bytes), bytes.size(), out);
}

}  // namespace

TEST_CASE("a plain RTP header") {
  rtp::Header out;
  REQUIRE(parse(hex("80 f8 1234 00000960 deadbeef") + Bytes(60, 1), out) == ParseStatus::parsed);
  CHECK(out.payload_type == 120);
  CHECK(out.marker);
  CHECK_FALSE(out.padding);
  CHECK_FALSE(out.extension);
  CHECK(out.sequence == 0x1234);
  CHECK(out.timestamp == 2400);
  CHECK(out.ssrc == 0xdeadbeef);
  CHECK(out.header_size == 12);
  CHECK(out.payload_size == 60);
}

TEST_CASE("CSRCs and the extension belong to the header") {
  rtp::Header out;
  const Bytes bytes =
      hex("b2 61 0001 00000001 00000002 00000003 00000004 bede 0001 10aa0000") + Bytes(5, 9);
  REQUIRE(parse(bytes, out) == ParseStatus::parsed);
  CHECK(out.csrc_count == 2);
  CHECK(out.padding);
  CHECK(out.extension);
  CHECK(out.extension_profile == 0xbede);
  CHECK(out.payload_type == 97);
  CHECK_FALSE(out.marker);
  CHECK(out.header_size == 28);
  CHECK(out.payload_size == 5);
}

TEST_CASE("headers longer than the datagram are refused") {
  rtp::Header out;
  CHECK(parse(hex("81 60 0001 00000001 00000002"), out) == ParseStatus::not_this);
  CHECK(parse(hex("90 60 0001 00000001 00000002"), out) == ParseStatus::not_this);
  CHECK(parse(hex("90 60 0001 00000001 00000002 bede 0001"), out) == ParseStatus::not_this);
  CHECK(parse(hex("90 60 0001 00000001 00000002 bede 0000"), out) == ParseStatus::parsed);
  CHECK(parse(hex("80 60 0001 00000001 000000"), out) == ParseStatus::not_this);
}

TEST_CASE("other versions and RTCP's packet types are not RTP") {
  rtp::Header out;
  for (const char* start : {"00", "40", "c0"}) {
    CHECK(parse(hex(start) + hex("60") + Bytes(30, 0), out) == ParseStatus::not_this);
  }
  CHECK(parse(hex("80c8") + Bytes(30, 0), out) == ParseStatus::not_this);
  CHECK(parse(hex("80df") + Bytes(30, 0), out) == ParseStatus::not_this);
  CHECK(parse(hex("80e0") + Bytes(30, 0), out) == ParseStatus::parsed);
  CHECK(parse(hex("80bf") + Bytes(30, 0), out) == ParseStatus::parsed);
}

TEST_CASE("less than the fixed header is nothing to follow") {
  rtp::Header out;
  const Bytes cut = hex("80 60 0001 00000001 000000");
  CHECK(rtp::parse(view(cut), 172, out) == ParseStatus::not_this);
}

TEST_CASE("a header is enough of a capture") {
  rtp::Header out;
  const Bytes plain = hex("80 60 0001 00000001 00000002");
  CHECK(rtp::parse(view(plain), 172, out) == ParseStatus::parsed);
  CHECK(out.payload_size == 160);
  const Bytes extended = hex("90 60 0001 00000001 00000002");
  CHECK(rtp::parse(view(extended), 172, out) == ParseStatus::truncated);
  CHECK(out.ssrc == 2);
}
