// QUIC long headers of every family, and what a version field alone must not decide.
#include "proto/quic.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace quic = deadair::proto::quic;
using namespace deadair::test;
using deadair::ParseStatus;
using quic::Family;

namespace {

ParseStatus parse(const Bytes& bytes, quic::LongHeader& out) {
  return quic::parse_long_header(kept(bytes), bytes.size(), out);
}

}  // namespace

TEST_CASE("the Initial packet of RFC 9001 appendix A.2 is recognised") {
  quic::LongHeader out;
  const Bytes bytes = hex("c000000001088394c8f03e5157080000449e7b9aec34") + Bytes(1178, 0x5c);
  REQUIRE(parse(bytes, out) == ParseStatus::parsed);
  CHECK(out.family == Family::v1);
  CHECK(out.version == 1);
  CHECK(out.initial);
  CHECK(out.destination_id.equals(view(hex("8394c8f03e515708"))));
  CHECK(out.source_id.empty());
}

TEST_CASE("every family is told by its version") {
  struct Row {
    const char* start;
    Family family;
    bool initial;
  };
  for (const Row& row :
       {Row{"d06b3343cf", Family::v2, true}, Row{"c06b3343cf", Family::v2, false},
        Row{"c3ff00001d", Family::draft, true}, Row{"cefaceb002", Family::mvfst, true},
        Row{"effaceb00e", Family::mvfst, false}, Row{"c0faceb013", Family::mvfst, true},
        Row{"c351303530", Family::google, true}, Row{"d054303531", Family::google, false},
        Row{"c01a2a3a4a", Family::grease, false}, Row{"8100000001", Family::v1, true}}) {
    quic::LongHeader out;
    INFO(row.start);
    REQUIRE(parse(hex(row.start) + hex("04 01020304 04 a1a2a3a4") + Bytes(40, 3), out) ==
            ParseStatus::parsed);
    CHECK(out.family == row.family);
    CHECK(out.initial == row.initial);
    CHECK(out.source_id.equals(view(hex("a1a2a3a4"))));
  }
}

TEST_CASE("Google's older headers are recognised") {
  quic::LongHeader out;
  REQUIRE(parse(hex("0d 1122334455667788 51303433 01") + Bytes(40, 3), out) == ParseStatus::parsed);
  CHECK(out.family == Family::google);
  CHECK(out.version == 0x51303433);
  CHECK(out.destination_id.size() == 8);
  CHECK(parse(hex("c3 51303436 50 1122334455667788 00000001") + Bytes(40, 3), out) ==
        ParseStatus::parsed);
  CHECK(out.version == 0x51303436);
}

TEST_CASE("version negotiation must offer known versions") {
  quic::LongHeader out;
  REQUIRE(parse(hex("9a 00000000 00 02a1a2 00000001 6b3343cf"), out) == ParseStatus::parsed);
  CHECK(out.family == Family::negotiation);
  CHECK(parse(hex("9a 00000000 00 02a1a2"), out) == ParseStatus::not_this);
  CHECK(parse(hex("9a 00000000 00 02a1a2 000000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("9a 00000000 00 02a1a2 00000000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("9a 00000000 00 02a1a2 12345678"), out) == ParseStatus::not_this);
}

TEST_CASE("other datagrams are not QUIC") {
  quic::LongHeader out;
  CHECK(parse({}, out) == ParseStatus::not_this);
  CHECK(parse(hex("40000000010801020304050607080000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("c0000000020801020304050607080000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("c00000000115") + Bytes(60, 1), out) == ParseStatus::not_this);  // 21-byte id
  CHECK(parse(hex("c00000000104010203040a01"), out) == ParseStatus::not_this);  // id past the end
  CHECK(parse(hex("c0513034") + Bytes(20, '9'), out) == ParseStatus::parsed);
  CHECK(parse(hex("c0513034") + Bytes(20, 'a'), out) == ParseStatus::not_this);
}

TEST_CASE("a long header cut by the capture is truncated") {
  const Bytes bytes = hex("c000000001088394c8f03e51570804a1a2a3a4");
  for (std::size_t size = 5; size < bytes.size(); ++size) {
    const Bytes part = cut(bytes, size);
    quic::LongHeader out;
    CHECK(quic::parse_long_header(view(part), 1200, out) == ParseStatus::truncated);
    CHECK(out.initial);
  }
}
