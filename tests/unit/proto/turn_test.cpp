// ChannelData and Microsoft's multiplexed frames.
#include "proto/turn.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace turn = deadair::proto::turn;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

ParseStatus channel(const Bytes& bytes, std::size_t wire_len, turn::ChannelData& out) {
  return turn::parse_channel_data(kept(bytes), wire_len, out);
}

}  // namespace

TEST_CASE("channel data is cut out of its frame") {
  turn::ChannelData out;
  Bytes bytes = hex("40 03 00 06 80 78 00 01 00 02");
  REQUIRE(channel(bytes, bytes.size(), out) == ParseStatus::parsed);
  CHECK(out.channel == 0x4003);
  CHECK(out.length == 6);
  CHECK(out.data.equals(view(hex("807800010002"))));
  bytes = bytes + hex("0000");  // padding to four bytes, as over TCP
  REQUIRE(channel(bytes, bytes.size(), out) == ParseStatus::parsed);
  CHECK(out.data.size() == 6);
}

TEST_CASE("channel data with a wrong channel or length is refused") {
  turn::ChannelData out;
  for (const char* text : {"3fff0000", "80000000", "400000", "4000000101020304 05", "4000000501"}) {
    const Bytes bytes = hex(text);
    CHECK(channel(bytes, bytes.size(), out) == ParseStatus::not_this);
  }
  const Bytes last = hex("7fff0000");
  CHECK(channel(last, 4, out) == ParseStatus::parsed);
}

TEST_CASE("channel data cut by the capture is truncated") {
  turn::ChannelData out;
  const Bytes bytes = hex("4001 0064 8060 0001");
  REQUIRE(channel(bytes, 104, out) == ParseStatus::truncated);
  CHECK(out.length == 100);
  CHECK(out.data.size() == 4);
}

TEST_CASE("the multiplexed frame hands out its inner packet") {
  const Bytes inner = hex("00010000 2112a442 0102030405060708090a0b0c");
  const Bytes bytes = hex("ff10") + counted(2, hex("a1a2a3a4a5a6a7a8") + inner);
  turn::Multiplexed out;
  REQUIRE(turn::parse_multiplexed(view(bytes), bytes.size(), out) == ParseStatus::parsed);
  CHECK(out.session_id.equals(view(hex("a1a2a3a4a5a6a7a8"))));
  CHECK(out.inner.equals(view(inner)));
  CHECK(out.inner_len == inner.size());

  const Bytes part = cut(bytes, 20);
  CHECK(turn::parse_multiplexed(view(part), bytes.size(), out) == ParseStatus::truncated);
  CHECK(out.inner.size() == 8);
  CHECK(out.inner_len == inner.size());
  CHECK(turn::parse_multiplexed(view(part), part.size(), out) == ParseStatus::not_this);
  const Bytes other = hex("ff11") + counted(2, Bytes(28, 1));
  CHECK(turn::parse_multiplexed(view(other), other.size(), out) == ParseStatus::not_this);
}
