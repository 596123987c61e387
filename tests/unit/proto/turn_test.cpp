// ChannelData, Microsoft's multiplexed frames, and the data of Send and Data messages.
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

namespace {

// A message with the given attributes; the magic cookie is in place of the first half of the id.
std::optional<turn::Relayed> relayed(const char* type, const Bytes& attributes) {
  const Bytes bytes = hex(type) + counted(2, attributes);
  const Bytes message_bytes = cut(bytes, 4) + hex("2112a442 0102030405060708090a0b0c") + attributes;
  deadair::proto::stun::Message message;
  REQUIRE(deadair::proto::stun::parse(kept(message_bytes), message_bytes.size(), message) ==
          ParseStatus::parsed);
  return turn::relayed_data(message);
}

}  // namespace

TEST_CASE("Send and Data indications give their data and peer") {
  // 192.0.2.1:32853, as RFC 5769 section 2.2 has it XORed.
  const Bytes attributes = hex("0012 0008 0001 a147 e112 a643 0013 0005 8060000102 000000");
  auto out = relayed("0016", attributes);
  REQUIRE(out.has_value());
  CHECK(out->data.equals(view(hex("8060000102"))));
  CHECK(out->length == 5);
  CHECK_FALSE(out->from_peer);
  REQUIRE(out->peer.has_value());
  CHECK(to_string(out->peer->ip) == "192.0.2.1");
  CHECK(out->peer->port == 32853);
  out = relayed("0017", attributes);
  REQUIRE(out.has_value());
  CHECK(out->from_peer);
  CHECK_FALSE(relayed("0115", attributes)->peer->port == 32853);  // MS-TURN does not XOR
  CHECK_FALSE(relayed("0001", attributes).has_value());
  CHECK_FALSE(relayed("0016", cut(attributes, 12)).has_value());
  CHECK_FALSE(relayed("0017", hex("0013 0000"))->peer.has_value());
}

TEST_CASE("Microsoft's Send and Data messages give theirs") {
  const Bytes cookie = hex("000f 0004 72c64bc6");
  auto out = relayed("0004", cookie + hex("0011 0008 0001 0d96 cb007105 0013 0002 8061 0000"));
  REQUIRE(out.has_value());
  CHECK_FALSE(out->from_peer);
  CHECK(to_string(out->peer->ip) == "203.0.113.5");
  CHECK(out->peer->port == 3478);
  CHECK(out->data.equals(view(hex("8061"))));
  out = relayed("0115", cookie + hex("0012 0008 0001 0d96 cb007105 0013 0002 8061 0000"));
  REQUIRE(out.has_value());
  CHECK(out->from_peer);
  CHECK(to_string(out->peer->ip) == "203.0.113.5");
  CHECK_FALSE(relayed("0004", cookie + hex("000d 0004 00000258")).has_value());  // Refresh
}

TEST_CASE("data cut by the capture keeps its length") {
  const Bytes bytes = hex("0017 0024 2112a442 0102030405060708090a0b0c 0013 0020 8060");
  deadair::proto::stun::Message message;
  REQUIRE(deadair::proto::stun::parse(view(bytes), 56, message) == ParseStatus::truncated);
  const auto out = turn::relayed_data(message);
  REQUIRE(out.has_value());
  CHECK(out->length == 32);
  CHECK(out->data.size() == 2);
}
