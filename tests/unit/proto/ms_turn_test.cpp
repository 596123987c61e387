// Tests the marks of Microsoft's dialect: in messages, in what they carry, and on TCP streams.
#include "proto/ms_turn.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace {

using namespace deadair;
using namespace deadair::proto;
using namespace deadair::test;

const char* const kId = "a0a1a2a3a4a5a6a7a8a9aaab";
const Bytes kCookieAttribute = hex("000f 0004 72c64bc6");
const Bytes kVersion = hex("8008 0004 00000006");

Bytes message(std::string_view type, const Bytes& attributes,
              std::string_view cookie = "2112a442") {
  Bytes out = hex(type);
  out.push_back(static_cast<std::uint8_t>(attributes.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(attributes.size() & 0xff));
  return out + hex(cookie) + hex(kId) + attributes;
}

ms_turn::Marks marks_of(const Bytes& bytes) {
  stun::Message parsed;
  REQUIRE(stun::parse(kept(bytes), bytes.size(), parsed) == ParseStatus::parsed);
  return ms_turn::read(parsed);
}

TEST_CASE("ms_turn: each attribute of Microsoft's is a mark") {
  for (const char* type :
       {"8008", "8050", "8054", "8055", "8070", "8095", "8033", "8036", "8037"}) {
    const ms_turn::Marks marks = marks_of(message("0001", hex(type) + hex("0004 00000001")));
    INFO(type);
    CHECK(marks.microsoft);
    CHECK(marks.any());
    CHECK(marks.newer == (std::string_view(type).substr(0, 3) == "803"));
    CHECK(marks.candidate == (std::string_view(type) == "8054"));
  }
}

TEST_CASE("ms_turn: attributes that others send are none") {
  CHECK_FALSE(marks_of(message("0001", hex("c057 0004 0003000a"))).any());
  CHECK_FALSE(marks_of(message("0101", hex("8020 0008 0001 0d96 e112a643"))).any());
  CHECK_FALSE(marks_of(message("0001", {})).any());
}

TEST_CASE("ms_turn: the cookie is no mark of Microsoft's by itself") {
  const ms_turn::Marks google = marks_of(message("0003", kCookieAttribute));
  CHECK(google.cookie);
  CHECK_FALSE(google.microsoft);
  CHECK_FALSE(marks_of(message("0003", hex("000f 0004 72c64bc7"))).cookie);
  const ms_turn::Marks both = marks_of(message("0003", kCookieAttribute + kVersion));
  CHECK(both.cookie);
  CHECK(both.microsoft);
}

TEST_CASE("ms_turn: attributes without padding are read") {
  const Bytes challenge = message("0113", kCookieAttribute + kVersion + hex("0009 0009 00000401") +
                                              ascii("Never") + hex("8095 0008 0102030405060708"));
  CHECK(marks_of(challenge).microsoft);
}

TEST_CASE("ms_turn: what looks like an attribute inside another's value is none") {
  const ms_turn::Marks marks =
      marks_of(message("0003", hex("0006 000c 61626364 8008 0004 00000006")));
  CHECK_FALSE(marks.any());
}

TEST_CASE("ms_turn: the ICE message that a relay carries counts") {
  const Bytes check = message("0001", hex("8070 0004 00000007 8037 0004 00000002"));
  const Bytes carried = message(
      "0115",
      kCookieAttribute + hex("0012 0008 0001 3fcc 5d476ecd") + hex("0013") + counted(2, check),
      "c2d6764f");
  const ms_turn::Marks marks = marks_of(carried);
  CHECK(marks.cookie);
  CHECK(marks.newer);
}

TEST_CASE("ms_turn: data of odd size is read without the magic cookie too") {
  const Bytes carried = message(
      "0115", kCookieAttribute + hex("0012 0008 0001 3fcc 5d476ecd") + hex("0013 0003 010203"),
      "c2d6764f");
  CHECK(marks_of(carried).cookie);
  CHECK(ms_turn::has_cookie(view(carried)));
  Bytes other = carried;
  other[24] = 0x73;
  CHECK_FALSE(ms_turn::has_cookie(view(other)));
  stun::Message parsed;
  CHECK(stun::parse(view(other), other.size(), parsed) == ParseStatus::not_this);
}

TEST_CASE("ms_turn: streams in every framing") {
  const Bytes allocate = message("0003", kCookieAttribute + kVersion);
  const Bytes multiplexed = hex("ff10") + counted(2, Bytes(8, 7) + allocate);
  const Bytes hello = hex("1603010005 0100000103");
  for (const Bytes& stream : {allocate, counted(2, allocate), hex("0200") + counted(2, allocate),
                              multiplexed, hello + hex("0200") + counted(2, allocate)}) {
    ms_turn::Marks marks;
    CHECK(ms_turn::read_stream(view(stream), true, marks) == ParseStatus::parsed);
    CHECK(marks.microsoft);
    CHECK(marks.cookie);
  }
}

TEST_CASE("ms_turn: a stream's later messages count, and those cut off do no harm") {
  const Bytes plain = message("0001", {});
  const Bytes marked = message("0001", hex("8070 0004 00000007"));
  const Bytes stream = counted(2, plain) + counted(2, marked);
  ms_turn::Marks marks;
  CHECK(ms_turn::read_stream(view(stream), true, marks) == ParseStatus::parsed);
  CHECK(marks.microsoft);
  for (std::size_t size = 0; size < stream.size(); ++size) {
    ms_turn::Marks some;
    ms_turn::read_stream(view(cut(stream, size)), true, some);
    ms_turn::read_stream(view(cut(stream, size)), false, some);
  }
}

TEST_CASE("ms_turn: a stream joined in its middle") {
  const Bytes marked = message("0001", hex("8070 0004 00000007"));
  ms_turn::Marks marks;
  const Bytes stream = counted(2, marked) + counted(2, marked);
  CHECK(ms_turn::read_stream(view(stream), false, marks) == ParseStatus::parsed);
  CHECK(marks.microsoft);
  ms_turn::Marks none;
  CHECK(ms_turn::read_stream(view(Bytes(64, 0x05)), false, none) == ParseStatus::not_this);
  CHECK_FALSE(none.any());
}

}  // namespace
