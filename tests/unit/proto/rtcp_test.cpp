// RTCP compound packets, SRTCP, and the sorting of a call's datagrams.
#include "proto/rtcp.hpp"

#include "catch.hpp"
#include "proto/demultiplex.hpp"
#include "unit/proto/hex.hpp"

namespace rtcp = deadair::proto::rtcp;
using namespace deadair::test;
using deadair::ByteView;
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

TEST_CASE("reports give what was sent and what was lost") {
  const Bytes report = hex(R"(82 c8 0012 11223344 e1e2e3e4 80000000 000003e8 00000102 00010000
      aabbccdd 40 000005 0001fffe 00000190 e3e48000 00010000
      aabbccde 00 fffffe 00000001 00000000 00000000 00000000)");
  const Bytes bytes = report + kSdes;
  rtcp::Header header;
  REQUIRE(parse(bytes, header) == ParseStatus::parsed);
  REQUIRE(header.plain);
  ByteView rest = view(bytes);
  rtcp::Packet packet;
  REQUIRE(rtcp::next_packet(rest, packet));
  CHECK(packet.packet_type == 200);
  CHECK(packet.count == 2);
  CHECK(packet.ssrc == 0x11223344);
  const auto info = rtcp::sender_info(packet);
  REQUIRE(info.has_value());
  CHECK(info->ntp == 0xe1e2e3e480000000);
  CHECK(info->rtp_timestamp == 1000);
  CHECK(info->packets == 258);
  CHECK(info->octets == 65536);
  const auto block = rtcp::report_block(packet, 0);
  REQUIRE(block.has_value());
  CHECK(block->ssrc == 0xaabbccdd);
  CHECK(block->fraction_lost == 64);
  CHECK(block->cumulative_lost == 5);
  CHECK(block->highest_sequence == 0x1fffe);
  CHECK(block->jitter == 400);
  CHECK(block->last_report == 0xe3e48000);
  CHECK(block->delay_since_last_report == 65536);
  CHECK(rtcp::report_block(packet, 1)->cumulative_lost == -2);
  CHECK_FALSE(rtcp::report_block(packet, 2).has_value());
  CHECK(rtcp::cname(packet).empty());
  REQUIRE(rtcp::next_packet(rest, packet));
  CHECK(rtcp::cname(packet) == "abcd");
  CHECK_FALSE(rtcp::sender_info(packet).has_value());
  CHECK_FALSE(rtcp::report_block(packet, 0).has_value());
  CHECK_FALSE(rtcp::next_packet(rest, packet));
}

TEST_CASE("receiver reports have their blocks behind the header") {
  const Bytes bytes = hex("81 c9 0007 11223344 aabbccdd 00800000") + Bytes(16, 0);
  ByteView rest = view(bytes);
  rtcp::Packet packet;
  REQUIRE(rtcp::next_packet(rest, packet));
  CHECK(rtcp::report_block(packet, 0)->ssrc == 0xaabbccdd);
  CHECK(rtcp::report_block(packet, 0)->cumulative_lost == -0x800000);
  packet.bytes = packet.bytes.first(31);
  CHECK_FALSE(rtcp::report_block(packet, 0).has_value());
}

TEST_CASE("feedback is named, and REMB gives its rate") {
  using rtcp::Feedback;
  CHECK(rtcp::feedback(205, 15) == Feedback::transport_wide);
  CHECK(rtcp::feedback(205, 1) == Feedback::nack);
  CHECK(rtcp::feedback(206, 1) == Feedback::picture_loss);
  CHECK(rtcp::feedback(206, 4) == Feedback::full_intra);
  CHECK(rtcp::feedback(206, 15) == Feedback::application);
  CHECK(rtcp::feedback(206, 31) == Feedback::other);
  CHECK(rtcp::feedback(201, 1) == Feedback::none);
  const auto rate = [](const char* text) {
    const Bytes bytes = hex(text);
    ByteView rest = view(bytes);
    rtcp::Packet packet;
    REQUIRE(rtcp::next_packet(rest, packet));
    return rtcp::estimated_bitrate(packet);
  };
  CHECK(rate("8fce0005 11223344 00000000 52454d42 01 0c03e8 aabbccdd") == 8000U);  // 1000 << 3
  CHECK_FALSE(rate("8fce0005 11223344 00000000 52454d43 01 0c03e8 aabbccdd").has_value());
  CHECK_FALSE(rate("81ce0005 11223344 00000000 52454d42 01 0c03e8 aabbccdd").has_value());
  CHECK_FALSE(rate("8fce0005 11223344 00000000 52454d42 01 fc03e8 aabbccdd").has_value());
  CHECK_FALSE(rate("8fce0003 11223344 00000000 52454d42").has_value());
}

TEST_CASE("transport-wide feedback tells what arrived and what did not") {
  const auto report = [](const char* text) {
    const Bytes bytes = hex(text);
    ByteView rest = view(bytes);
    rtcp::Packet packet;
    REQUIRE(rtcp::next_packet(rest, packet));
    return rtcp::arrival_report(packet);
  };
  SECTION("a run") {
    const auto run = report("afcd0006 11223344 55667788 1234 0005 00000a 01 2005 0102030405 01");
    REQUIRE(run.has_value());
    CHECK(run->base_sequence == 0x1234);
    CHECK(run->packets == 5);
    CHECK(run->received == 5);
    CHECK(run->lost() == 0);
  }
  SECTION("a vector of single bits: 10110111011110") {
    const auto bits =
        report("8fcd0007 11223344 55667788 0001 000e 00000a 02 adde 01020304050607080900");
    REQUIRE(bits.has_value());
    CHECK(bits->received == 10);
    CHECK(bits->lost() == 4);
  }
  SECTION("a vector of pairs, a run of lost ones, a large delta, and a wrap") {
    const auto mixed =
        report("afcd0007 11223344 55667788 fffe 000a 00000a 03 d214 0003 0180000202 000003");
    REQUIRE(mixed.has_value());
    CHECK(mixed->base_sequence == 0xfffe);
    CHECK(mixed->packets == 10);
    CHECK(mixed->received == 4);
  }
  SECTION("symbols beyond the count mean nothing") {
    const auto vector = report("afcd0006 11223344 55667788 0001 0003 00000a 02 bfff 010203 000003");
    REQUIRE(vector.has_value());
    CHECK(vector->received == 3);
    const auto run = report("afcd0006 11223344 55667788 0001 0003 00000a 02 3fff 010203 000003");
    REQUIRE(run.has_value());
    CHECK(run->received == 3);
  }
  SECTION("what is cut, or tells of nothing, is no report") {
    CHECK_FALSE(report("8fcd0005 11223344 55667788 0001 0064 00000a 02 2005 0102").has_value());
    CHECK_FALSE(report("8fcd0005 11223344 55667788 0001 0005 00000a 02 2005 0102").has_value());
    CHECK_FALSE(report("8fcd0005 11223344 55667788 0001 0000 00000a 02 2005 0102").has_value());
    CHECK_FALSE(report("8fcd0003 11223344 55667788 0001 0001").has_value());
    CHECK_FALSE(report("81cd0005 11223344 55667788 0001 0002 00000a 02 2002 0102").has_value());
    CHECK(report("8fcd0005 11223344 55667788 0001 0002 00000a 02 2002 0102").has_value());
  }
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
