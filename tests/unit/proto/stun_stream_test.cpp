// STUN over TCP in its three framings.
#include "proto/stun_stream.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace stun = deadair::proto::stun;
using namespace deadair::test;
using deadair::ParseStatus;
using stun::Framing;

namespace {

// An Allocate request with REQUESTED-TRANSPORT 17.
const Bytes kAllocate = hex("00030008 2112a442 1122334455667788 99aabbcc 00190004 11000000");

}  // namespace

TEST_CASE("the framing of a stream shows in its first bytes") {
  struct Row {
    Bytes stream;
    Framing framing;
  };
  for (const Row& row :
       {Row{kAllocate, Framing::none}, Row{counted(2, kAllocate), Framing::rfc4571},
        Row{hex("0200") + counted(2, kAllocate), Framing::ms_turn}}) {
    Framing framing{};
    REQUIRE(stun::detect_framing(view(row.stream), framing) == ParseStatus::parsed);
    CHECK(framing == row.framing);
    stun::Frame frame;
    const Bytes two = row.stream + row.stream;
    REQUIRE(stun::next_frame(view(two), framing, frame) == ParseStatus::parsed);
    CHECK(frame.body.equals(view(kAllocate)));
    CHECK(frame.next == row.stream.size());
    REQUIRE(stun::next_frame(view(two).from(frame.next), framing, frame) == ParseStatus::parsed);
    CHECK(frame.body.equals(view(kAllocate)));
    for (std::size_t size = 0; size < row.stream.size(); ++size) {
      const Bytes part = cut(row.stream, size);
      CHECK(stun::next_frame(view(part), framing, frame) == ParseStatus::truncated);
      if (size < 8) CHECK(stun::detect_framing(view(part), framing) == ParseStatus::truncated);
    }
  }
}

TEST_CASE("a prefix that does not count the message is no framing") {
  Framing framing{};
  Bytes bytes = counted(2, kAllocate);
  bytes[1] = static_cast<std::uint8_t>(bytes[1] + 1);
  CHECK(stun::detect_framing(view(bytes), framing) == ParseStatus::not_this);
  const Bytes wrong_kind = hex("0500") + counted(2, kAllocate);
  CHECK(stun::detect_framing(view(wrong_kind), framing) == ParseStatus::not_this);
  const Bytes http = ascii("GET / HTTP/1.1\r\n");
  CHECK(stun::detect_framing(view(http), framing) == ParseStatus::not_this);
}

TEST_CASE("a message of RFC 3489 shows behind a length that counts it") {
  // MS-TURN Allocate: magic cookie attribute and version.
  const Bytes allocate =
      hex("00030010 0a0b0c0d1122334455667788 99aabbcc 000f0004 72c64bc6 80080004 00000006");
  Framing framing{};
  const Bytes framed = hex("0200") + counted(2, allocate);
  for (std::size_t size = 0; size < framed.size(); ++size) {
    const Bytes part = cut(framed, size);
    CHECK(stun::detect_framing(view(part), framing) == ParseStatus::truncated);
  }
  CHECK(stun::detect_framing(view(framed), framing) == ParseStatus::parsed);
  CHECK(framing == Framing::ms_turn);
  const Bytes counted_only = counted(2, allocate);
  CHECK(stun::detect_framing(view(counted_only), framing) == ParseStatus::parsed);
  CHECK(framing == Framing::rfc4571);
  CHECK(stun::detect_framing(view(allocate), framing) == ParseStatus::not_this);
  Bytes foreign = framed;
  foreign[24] = 0x70;  // no attribute of these senders
  CHECK(stun::detect_framing(view(foreign), framing) == ParseStatus::not_this);
}

TEST_CASE("multiplexed TURN on a stream tells its own length") {
  const Bytes stream = hex("ff10") + counted(2, hex("a1a2a3a4a5a6a7a8") + kAllocate);
  Framing framing{};
  REQUIRE(stun::detect_framing(view(stream), framing) == ParseStatus::parsed);
  CHECK(framing == Framing::none);
  stun::Frame frame;
  REQUIRE(stun::next_frame(view(stream), framing, frame) == ParseStatus::parsed);
  CHECK(frame.next == stream.size());
  const Bytes part = cut(stream, 15);
  CHECK(stun::detect_framing(view(part), framing) == ParseStatus::truncated);
}

TEST_CASE("TURN is found behind pseudo-TLS, and not behind TLS") {
  const Bytes version = hex("0301") + Bytes(32, 0x42);
  const Bytes client_hello =
      hex("160301") + counted(2, hex("01") + counted(3, version + hex("00 0002 0005 01 00")));
  const Bytes server_hello =
      hex("160301") +
      counted(2, hex("02") + counted(3, version + hex("00 0005 00")) + hex("0e 000000"));
  const Bytes ssl2_hello = hex("8046 01 0301 002d 0000 0010") + Bytes(61, 0x17);
  const Bytes framed = hex("0200") + counted(2, kAllocate);
  for (const Bytes& hello : {client_hello, server_hello, ssl2_hello}) {
    for (const Bytes& message : {framed, kAllocate}) {
      const Bytes stream = hello + message;
      stun::Start start;
      REQUIRE(stun::find_start(view(stream), start) == ParseStatus::parsed);
      CHECK(start.pseudo_tls);
      CHECK(start.offset == hello.size());
      CHECK(start.framing == (message == framed ? Framing::ms_turn : Framing::none));
      for (std::size_t size = 0; size < hello.size() + 8; ++size) {
        const Bytes part = cut(stream, size);
        CHECK(stun::find_start(view(part), start) == ParseStatus::truncated);
        CHECK_FALSE(start.pseudo_tls);
      }
    }
    stun::Start start;
    const Bytes tls = hello + hex("160301 0004 0e000000");
    CHECK(stun::find_start(view(tls), start) == ParseStatus::not_this);
    const Bytes begun = hello + hex("16");
    CHECK(stun::find_start(view(begun), start) == ParseStatus::not_this);
  }
  stun::Start start;
  REQUIRE(stun::find_start(view(framed), start) == ParseStatus::parsed);
  CHECK(start.offset == 0);
  CHECK_FALSE(start.pseudo_tls);
  for (const Bytes& other : {ascii("GET / HTTP/1.1\r\n"), hex("150301000202280000000000"),
                             hex("160301000403000000") + framed}) {
    CHECK(stun::find_start(view(other), start) == ParseStatus::not_this);
  }
}

TEST_CASE("the framing shows in mid-stream by frames that go together") {
  const auto rtp = [](const char* ssrc) {
    return hex("806f0001 00000010") + hex(ssrc) + Bytes(9, 0x55);
  };
  const auto channel = [](const Bytes& data) {
    return hex("4001") + counted(2, data) + Bytes((4 - data.size() % 4) % 4, 0);
  };
  const auto framed = [](const Bytes& data) { return counted(2, data); };
  const auto ms = [](const Bytes& data) { return hex("0300") + counted(2, data); };
  const Bytes a = rtp("11223344");
  const Bytes b = rtp("11223345");
  struct Row {
    Bytes frame;
    Bytes other;
    Framing framing;
  };
  for (const Row& row :
       {Row{channel(a), channel(b), Framing::none}, Row{framed(a), framed(b), Framing::rfc4571},
        Row{ms(a), ms(b), Framing::ms_turn}}) {
    Framing framing{};
    const Bytes three = row.frame + row.frame + row.frame;
    REQUIRE(stun::detect_midstream(view(three), framing) == ParseStatus::parsed);
    CHECK(framing == row.framing);
    for (std::size_t size = 0; size < three.size(); ++size) {
      const Bytes part = cut(three, size);
      CHECK(stun::detect_midstream(view(part), framing) == ParseStatus::truncated);
    }
    const Bytes mixed = row.frame + row.other + row.frame;
    CHECK(stun::detect_midstream(view(mixed), framing) == ParseStatus::not_this);
    const Bytes shifted = cut(three, 1) + three;
    CHECK(stun::detect_midstream(view(shifted), framing) == ParseStatus::not_this);
  }
  Framing framing{};
  const Bytes answered = framed(a) + framed(kAllocate);
  CHECK(stun::detect_midstream(view(answered), framing) == ParseStatus::parsed);
  CHECK(framing == Framing::rfc4571);
  const Bytes other_channel = hex("4001 0000 4002 0000");
  CHECK(stun::detect_midstream(view(other_channel), framing) == ParseStatus::not_this);
  for (const Bytes& other : {ascii("GET / HTTP/1.1"), hex("16030102000100 01fc0303")}) {
    CHECK(stun::detect_midstream(view(other), framing) == ParseStatus::not_this);
  }
}

TEST_CASE("channel data on a stream is padded to four bytes") {
  const Bytes stream = hex("40000005 0102030405 000000") + kAllocate;
  stun::Frame frame;
  REQUIRE(stun::next_frame(view(stream), Framing::none, frame) == ParseStatus::parsed);
  CHECK(frame.wire == 9);
  CHECK(frame.body.size() == 9);
  CHECK(frame.next == 12);
  CHECK(stun::next_frame(view(hex("80000000")), Framing::none, frame) == ParseStatus::not_this);
  CHECK(stun::next_frame(view(hex("01000000")), Framing::ms_turn, frame) == ParseStatus::not_this);
}
