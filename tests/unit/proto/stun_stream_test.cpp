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
