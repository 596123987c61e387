// What is asked and answered on a flow of a call, counted by side.
#include "flow/setup_track.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

using namespace deadair;
using namespace deadair::test;
using flow::SetupFacts;
using flow::SetupTrack;
using flow::Side;

namespace {

// RFC 8489 section 5, with a transaction of its own for each `id`.
Bytes stun(std::string_view type, std::uint8_t id, const Bytes& attributes = {}) {
  return hex(type) + Bytes{0, static_cast<std::uint8_t>(attributes.size())} +
         hex("2112a442 0000000000000000000000") + Bytes{id} + attributes;
}
Bytes binding(std::uint8_t id) { return stun("0001", id); }
Bytes check(std::uint8_t id) { return stun("0001", id, hex("0006 0004 613a6200")); }
Bytes allocate(std::uint8_t id) { return stun("0003", id); }
Bytes success(std::uint8_t id) { return stun("0101", id); }
Bytes error(std::uint8_t id, std::uint8_t hundreds, std::uint8_t rest) {
  return stun("0113", id, hex("0009 0004 0000") + Bytes{hundreds, rest});
}

struct Talk {
  void say(Side from, const Bytes& datagram, std::int64_t ts_ns) {
    proto::stun::Message message;
    REQUIRE(proto::stun::parse(view(datagram), datagram.size(), message) == ParseStatus::parsed);
    track.stun(from, message, ts_ns);
  }
  void up(const Bytes& datagram, std::int64_t ts_ns) { say(Side::a, datagram, ts_ns); }
  void down(const Bytes& datagram, std::int64_t ts_ns) { say(Side::b, datagram, ts_ns); }
  void report(Side from, const Bytes& datagram, std::int64_t ts_ns = 1) {
    track.rtcp(from, view(datagram), datagram.size(), ts_ns);
  }
  [[nodiscard]] const SetupFacts& a() const { return track.of(Side::a); }
  [[nodiscard]] const SetupFacts& b() const { return track.of(Side::b); }

  SetupTrack track;
};

// RFC 3550 section 6.4.2: a receiver report with one block.
Bytes receiver_report(std::uint8_t fraction_lost, std::uint8_t jitter) {
  return hex("81c90007 00000001 00000002") + Bytes{fraction_lost} + hex("000005 00001234 000000") +
         Bytes{jitter} + hex("00000000 00000000");
}

}  // namespace

TEST_CASE("Requests are counted by what they ask for, repetitions too") {
  Talk talk;
  talk.up(binding(1), 10);
  talk.up(check(2), 20);
  talk.up(check(2), 30);
  talk.up(allocate(3), 40);
  CHECK(talk.a().requests == 4);
  talk.up(stun("0003", 4, hex("0006 0004 613a6200")), 40);  // of a relay's user
  CHECK(talk.a().checks == 2);
  CHECK(talk.a().allocates == 2);
  CHECK(talk.a().first_request_ns == 10);
  CHECK(talk.a().last_ns == 40);
  CHECK(talk.a().unanswered == 5);
  CHECK(talk.a().unanswered_from == 10);
  CHECK(talk.b().requests == 0);
  CHECK(talk.b().last_ns == 0);
}

TEST_CASE("Answers are counted with whoever gave them") {
  Talk talk;
  talk.up(allocate(1), 10);
  talk.down(error(1, 4, 1), 20);
  CHECK(talk.b().errors == 1);
  CHECK(talk.b().challenges == 1);
  CHECK(talk.b().last_refusal == 0);
  talk.up(allocate(2), 30);
  talk.down(success(2), 45);
  CHECK(talk.b().successes == 1);
  CHECK(talk.b().answers() == 2);
  CHECK(talk.b().first_answer_ns == 20);
  CHECK(talk.b().last_ns == 45);
  CHECK(talk.a().answers() == 0);
  talk.down(error(2, 4, 38), 50);
  CHECK(talk.b().challenges == 2);
  talk.down(error(2, 4, 86), 55);
  CHECK(talk.b().last_refusal == 486);
  talk.down(stun("0113", 2), 60);  // says no reason
  CHECK(talk.b().errors == 4);
  CHECK(talk.b().challenges == 2);
  CHECK(talk.b().last_refusal == 0);
}

TEST_CASE("An answer ends the silence, the next request begins another") {
  Talk talk;
  talk.up(binding(1), 10);
  talk.up(binding(2), 20);
  talk.down(success(1), 25);
  CHECK(talk.a().unanswered == 0);
  CHECK(talk.a().unanswered_from == 0);
  talk.up(binding(3), 30);
  talk.up(binding(4), 40);
  CHECK(talk.a().unanswered == 2);
  CHECK(talk.a().unanswered_from == 30);
  talk.down(binding(5), 50);  // what the other side asks answers nothing
  CHECK(talk.a().unanswered == 2);
  CHECK(talk.b().unanswered == 1);
  talk.up(success(5), 60);
  CHECK(talk.b().unanswered == 0);
  CHECK(talk.a().unanswered == 2);
}

TEST_CASE("Indications are neither asked nor answered") {
  Talk talk;
  talk.up(stun("0011", 1), 10);
  CHECK(talk.a().requests == 0);
  CHECK(talk.a().answers() == 0);
  CHECK(talk.a().last_ns == 10);
}

TEST_CASE("The round trip is the shortest from a request to its own answer") {
  Talk talk;
  CHECK_FALSE(talk.track.rtt_ns());
  talk.down(success(9), 5);  // without a request
  CHECK_FALSE(talk.track.rtt_ns());
  talk.up(binding(1), 100);
  talk.down(success(2), 110);  // another transaction's
  CHECK_FALSE(talk.track.rtt_ns());
  talk.down(success(1), 150);
  CHECK(talk.track.rtt_ns() == 50);
  talk.up(binding(3), 200);
  talk.down(error(3, 4, 1), 280);
  CHECK(talk.track.rtt_ns() == 50);
  talk.down(binding(4), 300);  // asked the other way
  talk.up(success(4), 330);
  CHECK(talk.track.rtt_ns() == 30);
  talk.up(binding(5), 400);
  talk.down(success(5), 400);  // at the same time, or earlier: the clock's fault
  talk.down(success(5), 390);
  CHECK(talk.track.rtt_ns() == 30);
}

TEST_CASE("Every part of the transaction's number counts") {
  Talk talk;
  Bytes ask = binding(1), answer = success(1);
  for (const std::size_t at : {std::size_t{8}, std::size_t{12}}) {
    ask[at] = 0x11;
    answer[at] = 0x77;
    talk.up(ask, 100);
    talk.down(answer, 150);
    CHECK_FALSE(talk.track.rtt_ns());
    ask[at] = 0x77;
  }
  talk.up(ask, 200);
  talk.down(answer, 260);
  CHECK(talk.track.rtt_ns() == 60);
}

TEST_CASE("DTLS hellos are told from the rest of DTLS") {
  SetupTrack track;
  const Bytes record = hex("16 fefd 0000 000000000000 0010");
  track.dtls(Side::a, view(record + hex("01 000004")), 10);  // ClientHello
  track.dtls(Side::b, view(record + hex("02 000004")), 20);  // ServerHello
  track.dtls(Side::a, view(hex("17 fefd 0001 000000000000 0010") + hex("01")), 30);
  track.dtls(Side::a, view(record), 40);  // cut by the capture
  CHECK(track.of(Side::a).hellos == 1);
  CHECK(track.of(Side::a).sealed == 2);
  CHECK(track.of(Side::b).hellos == 0);
  CHECK(track.of(Side::b).sealed == 1);
  CHECK(track.of(Side::a).last_ns == 40);
}

TEST_CASE("Receiver reports say what was lost of the other side's media") {
  Talk talk;
  CHECK_FALSE(talk.a().reported_loss());
  talk.report(Side::a, receiver_report(128, 7), 10);
  talk.report(Side::a, receiver_report(0, 9) + receiver_report(64, 8), 20);
  CHECK(talk.a().reports == 3);
  CHECK(talk.a().reported_loss() == Approx((0.5 + 0 + 0.25) / 3));
  CHECK(talk.a().reported_jitter == 8);
  CHECK(talk.a().last_ns == 20);
  CHECK(talk.b().reports == 0);
}

TEST_CASE("Of encrypted reports nothing is believed, but they are a sign of life") {
  Talk talk;
  talk.report(Side::b, receiver_report(255, 7) + hex("80000001") + Bytes(10, 0x77), 30);
  CHECK(talk.b().reports == 0);
  CHECK_FALSE(talk.b().reported_loss());
  CHECK(talk.b().last_ns == 30);
  talk.report(Side::b, hex("0102"), 40);  // no RTCP at all
  CHECK(talk.b().reports == 0);
  CHECK(talk.b().last_ns == 40);
}

TEST_CASE("Checks, reports and DTLS go out unasked, other words may be answers") {
  Talk talk;
  talk.down(check(1), 10);
  talk.report(Side::b, receiver_report(0, 0), 20);
  const Bytes sealed = hex("17fefd0001000000000001 0002 0000");
  talk.track.dtls(Side::b, view(sealed), 30);
  CHECK(talk.b().last_ns == 30);
  CHECK(talk.b().last_word_ns == 0);
  talk.down(allocate(2), 40);
  CHECK(talk.b().last_word_ns == 40);
  talk.up(binding(3), 50);
  talk.down(success(3), 60);
  CHECK(talk.b().last_word_ns == 60);
  talk.track.other(Side::b, 70);
  CHECK(talk.b().last_word_ns == 70);
  CHECK(talk.a().last_word_ns == 0);
}

TEST_CASE("The receiver's estimate of the bandwidth is the last one told") {
  Talk talk;
  // draft-alvestrand-rmcat-remb: exponent 3, mantissa 0x10000; then mantissa 0x08000
  const Bytes remb = hex("8fce0005 00000001 00000000 52454d42 010d0000 00000002");
  const Bytes less = hex("8fce0005 00000001 00000000 52454d42 010c8000 00000002");
  talk.report(Side::a, remb);
  CHECK(talk.a().bitrate_bps == 0x10000U << 3);
  talk.report(Side::a, less);
  CHECK(talk.a().bitrate_bps == 0x8000U << 3);
  talk.report(Side::a, receiver_report(0, 0));
  CHECK(talk.a().bitrate_bps == 0x8000U << 3);
}

TEST_CASE("Transport-wide feedback adds up what never came") {
  Talk talk;
  // Base 1, 6 packets: a run of 4 received, a run of 2 lost; 4 deltas.
  const Bytes arrivals = hex("8fcd0006 00000001 00000002 0001 0006 000000 00 2004 0002 01010101");
  talk.report(Side::b, arrivals);
  CHECK(talk.b().arrivals_told == 6);
  CHECK(talk.b().arrivals_lost == 2);
  talk.report(Side::b, arrivals);
  CHECK(talk.b().arrivals_told == 12);
  CHECK(talk.b().arrivals_lost == 4);
  CHECK(talk.a().arrivals_told == 0);
}

TEST_CASE("What no dissector knows has its rhythm followed") {
  SetupTrack track;
  constexpr std::int64_t kMs = 1'000'000;
  for (int i = 0; i < 100; ++i) track.other(Side::b, i * 20 * kMs);
  CHECK(track.of(Side::b).others == 100);
  CHECK(track.of(Side::b).last_ns == 99 * 20 * kMs);
  CHECK(track.pulse(Side::b).packets == 100);
  CHECK(track.pulse(Side::b).lively);
  CHECK(track.pulse(Side::a).packets == 0);
  CHECK_FALSE(track.pulse(Side::a).lively);
}
