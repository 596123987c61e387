// What the tracker makes of segments: retransmitted, late, missed, timed.
#include "flow/tcp_track.hpp"

#include <string>

#include "catch.hpp"

using namespace deadair;
using flow::Side;
using namespace wire::tcp_flag;

namespace {

constexpr std::int64_t kMs = 1'000'000;
const std::string kPayload(4000, 'p');

// A tracker with a conversation between a (from 1000) and b (from 5000), the handshake done.
struct Conversation {
  flow::TcpTracker tracker;
  flow::TcpTrack track;
  std::int64_t now_ns = 0;
  std::uint64_t frame = 0;

  Conversation() {
    send(Side::a, 1000, 5000, 0);
    send(Side::b, 5000, 1000, 0);
  }
  void send(Side from, std::uint32_t seq, std::uint32_t ack, std::uint32_t length,
            std::uint8_t flags = kAck, std::uint16_t window = 1000) {
    wire::Packet packet;
    packet.seq = seq;
    packet.ack = ack;
    packet.tcp_flags = flags;
    packet.window = window;
    packet.payload = ByteView::of(kPayload).first(length);
    packet.payload_len = length;
    packet.ts_ns = now_ns += kMs;
    packet.frame = {0, ++frame};
    tracker.update(track, from, packet);
  }
  const flow::TcpDirection& a() const { return track.directions[0]; }
  const flow::TcpDirection& b() const { return track.directions[1]; }
};

}  // namespace

TEST_CASE("An orderly stream has nothing to report") {
  Conversation c;
  for (std::uint32_t i = 0; i < 10; ++i) {
    c.send(Side::a, 1000 + i * 100, 5000, 100);
    c.send(Side::b, 5000, 1100 + i * 100, 0);
  }
  CHECK(c.a().retransmitted == 0);
  CHECK(c.a().out_of_order == 0);
  CHECK(c.tracker.missed_bytes(c.track) == 0);
  CHECK(c.a().min_rtt_us == 1000);
}

TEST_CASE("Bytes sent again count as retransmitted") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 100);
  c.send(Side::a, 1000, 5000, 100);
  CHECK(c.a().retransmitted == 1);
  c.send(Side::b, 5000, 1100, 0);
  CHECK(c.a().min_rtt_us == 0);  // Karn: the answer may belong to either copy
}

TEST_CASE("A gap filled at once was reordering, filled later a retransmission") {
  Conversation c;
  c.send(Side::a, 1100, 5000, 100);
  c.send(Side::a, 1000, 5000, 100);
  CHECK(c.a().out_of_order == 1);
  CHECK(c.a().retransmitted == 0);
  c.send(Side::a, 1300, 5000, 100);
  c.now_ns += 50 * kMs;
  c.send(Side::a, 1200, 5000, 100);
  CHECK(c.a().retransmitted == 1);
  CHECK(c.tracker.missed_bytes(c.track) == 0);
}

TEST_CASE("Missed bytes are those acknowledged but never captured") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 100);
  c.send(Side::a, 1300, 5000, 100);             // 1100 to 1299 not captured
  CHECK(c.tracker.missed_bytes(c.track) == 0);  // nobody has acknowledged them
  c.send(Side::b, 5000, 1400, 0);
  CHECK(c.tracker.missed_bytes(c.track) == 200);
  c.send(Side::a, 1100, 5000, 150);  // part of them comes after all
  CHECK(c.tracker.missed_bytes(c.track) == 50);
}

TEST_CASE("An acknowledgement beyond everything seen reveals a hole") {
  Conversation c;
  c.send(Side::b, 5000, 1500, 0);
  CHECK(c.tracker.missed_bytes(c.track) == 500);
  c.send(Side::a, 1000, 5000, 500);
  CHECK(c.tracker.missed_bytes(c.track) == 0);
}

TEST_CASE("The sequence number of an uncaptured FIN is not a missed byte") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 100);
  c.send(Side::b, 5000, 1101, 0);
  CHECK(c.tracker.missed_bytes(c.track) == 0);
}

TEST_CASE("Sequence numbers wrap") {
  flow::TcpTracker tracker;
  flow::TcpTrack track;
  wire::Packet packet;
  packet.tcp_flags = kAck;
  packet.payload_len = 200;
  packet.seq = 0xffff'ff9c;  // 100 before the wrap
  tracker.update(track, Side::a, packet);
  packet.seq = 100;
  tracker.update(track, Side::a, packet);
  packet.seq = 400;  // 300 to 399 missing
  tracker.update(track, Side::a, packet);
  packet = {};
  packet.tcp_flags = kAck;
  packet.ack = 600;
  tracker.update(track, Side::b, packet);
  CHECK(track.directions[0].retransmitted == 0);
  CHECK(tracker.missed_bytes(track) == 100);
}

TEST_CASE("Keep-alives are no retransmissions") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 100);
  c.send(Side::b, 5000, 1100, 0);
  c.send(Side::a, 1099, 5000, 0);
  c.send(Side::a, 1099, 5000, 1);
  CHECK(c.a().retransmitted == 0);
}

TEST_CASE("A window is counted closed once until it opens again") {
  Conversation c;
  c.send(Side::b, 5000, 1000, 0, kAck, 0);
  c.send(Side::b, 5000, 1000, 0, kAck, 0);
  CHECK(c.b().zero_windows == 1);
  c.send(Side::b, 5000, 1000, 0, kAck, 500);
  c.send(Side::b, 5000, 1000, 0, kAck, 0);
  CHECK(c.b().zero_windows == 2);
}

TEST_CASE("FIN and RST are kept with sender, packet and time") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 0, kFin | kAck);
  c.send(Side::b, 5000, 1001, 0, kRst);
  c.send(Side::b, 5000, 1001, 0, kRst);
  CHECK(c.track.fins[0].frame.number() == 3);
  CHECK(c.track.resets[1].frame.number() == 4);
  CHECK(c.track.resets[1].ts_ns == 4 * kMs);
  CHECK_FALSE(c.track.fins[1].frame.valid());
}

TEST_CASE("A segment from nowhere changes nothing") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 100);
  c.send(Side::a, 0x8000'0000, 5000, 100);
  c.send(Side::b, 5000, 0x9000'0000, 0);
  CHECK(c.a().next_seq == 1100);
  CHECK(c.tracker.missed_bytes(c.track) == 0);
}

TEST_CASE("More holes than are kept settle the oldest") {
  Conversation c;
  for (std::uint32_t i = 0; i < 20; ++i) c.send(Side::a, 1100 + i * 200, 5000, 100);
  c.send(Side::b, 5000, 1100 + 20 * 200, 0);
  CHECK(c.tracker.missed_bytes(c.track) >= 8 * 100);
  c.tracker.drop(c.track);
  CHECK(c.a().holes == flow::kNone);
}

TEST_CASE("A gap long past is still missing when the sequence numbers have wrapped") {
  Conversation c;
  c.send(Side::a, 1000, 5000, 100);
  c.send(Side::a, 1600, 5000, 100);  // 500 bytes were never captured
  std::uint32_t at = 1700;
  constexpr std::uint32_t kStep = 1U << 29;
  for (int i = 0; i < 12; ++i, at += kStep) {
    c.send(Side::b, 5000, at, 0);
    c.track.directions[0].next_seq = at;  // half a gibibyte arrived in between
    c.send(Side::a, at, 5000, 100);
    c.track.directions[0].next_seq = at + kStep;
  }
  CHECK(c.tracker.missed_bytes(c.track) == 500);
}
