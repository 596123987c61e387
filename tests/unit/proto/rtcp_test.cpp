// RTCP compound packets, SRTCP, and the sorting of a call's datagrams.
#include "proto/rtcp.hpp"

#include "catch.hpp"
#include "proto/demultiplex.hpp"
#include "unit/proto/hex.hpp"

namespace rtcp = deadair::proto::rtcp;
using namespace deadair::test;
using deadair::ParseStatus;
using deadair::proto::CallProtocol;
using deadair::proto::demultiplex;

namespace {

ParseStatus parse(const Bytes& bytes, rtcp::Header& out) {
  return rtcp::parse(view(bytes), bytes.size(), out);
}

const Bytes kSenderReport = hex("80 c8 0006 11223344") + Bytes(20, 0x10);
const Bytes kSdes = hex("81 ca 0003 11223344 0104 61626364 0000");

}  // namespace

TEST_CASE("a compound RTCP packet fills its datagram") {
  rtcp::Header out;
  REQUIRE(parse(kSenderReport + kSdes, out) == ParseStatus::parsed);
  CHECK(out.packet_type == rtcp::packet_type::kSenderReport);
  CHECK(out.count == 0);
  CHECK(out.size == 28);
  CHECK(out.ssrc == 0x11223344);
  CHECK(out.plain);
}

TEST_CASE("SRTCP leaves the first header and a tail") {
  rtcp::Header out;
  const Bytes report = hex("81 c9 0007 0b865519") + Bytes(24, 0x90);
  REQUIRE(parse(report + hex("80000001") + Bytes(10, 0x77), out) == ParseStatus::parsed);
  CHECK(out.packet_type == 201);
  CHECK_FALSE(out.plain);
  CHECK(parse(report + hex("80000001"), out) == ParseStatus::not_this);  // index without tag
}

TEST_CASE("reports too short for their blocks are not RTCP") {
  rtcp::Header out;
  CHECK(parse(hex("80 c8 0005 11223344") + Bytes(16, 0), out) == ParseStatus::not_this);
  CHECK(parse(hex("81 c9 0001 11223344"), out) == ParseStatus::not_this);
  CHECK(parse(hex("80 c9 0001 11223344"), out) == ParseStatus::parsed);
  CHECK(parse(hex("81 cd 0002 11223344 55667788"), out) == ParseStatus::parsed);
  CHECK(parse(hex("80 c9 00ff 11223344") + Bytes(30, 0), out) == ParseStatus::not_this);
  CHECK(parse(hex("80 bf 0001 11223344"), out) == ParseStatus::not_this);
  CHECK(parse(hex("80 e0 0001 11223344"), out) == ParseStatus::not_this);
  CHECK(parse(hex("40 c9 0001 11223344"), out) == ParseStatus::not_this);
  CHECK(parse(hex("80 c9 0001"), out) == ParseStatus::not_this);
}

TEST_CASE("an RTCP datagram cut by the capture is truncated") {
  rtcp::Header out;
  const Bytes part = cut(kSenderReport, 12);
  CHECK(rtcp::parse(view(part), kSenderReport.size(), out) == ParseStatus::truncated);
  CHECK(out.ssrc == 0x11223344);
  CHECK_FALSE(out.plain);
}

TEST_CASE("the first byte sorts a call's datagrams") {
  struct Row {
    const char* start;
    CallProtocol protocol;
  };
  for (const Row& row : {Row{"0001", CallProtocol::stun}, Row{"0300", CallProtocol::stun},
                         Row{"0400", CallProtocol::other}, Row{"1000", CallProtocol::zrtp},
                         Row{"13ff", CallProtocol::zrtp}, Row{"1400", CallProtocol::dtls},
                         Row{"3fff", CallProtocol::dtls}, Row{"4000", CallProtocol::turn_channel},
                         Row{"4fff", CallProtocol::turn_channel}, Row{"5000", CallProtocol::other},
                         Row{"7fff", CallProtocol::other}, Row{"8060", CallProtocol::rtp},
                         Row{"80c0", CallProtocol::rtcp}, Row{"bfdf", CallProtocol::rtcp},
                         Row{"bfe0", CallProtocol::rtp}, Row{"c0c8", CallProtocol::other}}) {
    INFO(row.start);
    const Bytes bytes = hex(row.start);
    CHECK(demultiplex(view(bytes)) == row.protocol);
  }
  CHECK(demultiplex({}) == CallProtocol::other);
}
