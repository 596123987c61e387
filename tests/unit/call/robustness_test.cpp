// Calls of which captures show less than all, or which suffered on their way.
#include <cstdint>
#include <vector>

#include "call/joiner.hpp"
#include "call/media_quality.hpp"
#include "call/outcome.hpp"
#include "unit/call/call_flows.hpp"
#include "unit/flow/rtp_sender.hpp"

using namespace deadair;
using namespace deadair::test;
using flow::RtpFacts;
using flow::RtpStream;

namespace {

// Speech of `seconds`, 50 packets a second; `lose` is asked for the number of each packet.
template <class Lose>
RtpFacts speech(int seconds, Lose lose) {
  RtpSender sender;
  RtpStream stream;
  stream.begin(sender.packet(80, 20));
  for (int i = 1; i < seconds * 50; ++i) {
    const flow::RtpArrival packet = sender.packet(80, 20);
    if (!lose(i)) stream.add(packet);
  }
  return stream.facts();
}

}  // namespace

TEST_CASE("Loss is bad for as long as it lasts") {
  const RtpFacts whole = speech(40, [](int) { return false; });
  CHECK(whole.windows >= 19);
  CHECK(whole.windows <= 20);
  CHECK(whole.bad_windows == 0);

  const RtpFacts even = speech(40, [](int i) { return i % 5 == 3; });
  CHECK(even.bad_windows == even.windows);
  const RtpFacts bearable = speech(40, [](int i) { return i % 10 == 3; });
  CHECK(bearable.bad_windows == 0);

  // 2.4 s out of 12: an eighth of the whole is lost, and most of it was fine.
  const RtpFacts outage = speech(12, [](int i) { return i >= 200 && i < 320; });
  CHECK(outage.lost == 120);
  CHECK(outage.bad_windows >= 1);
  CHECK(outage.bad_windows <= 2);
  CHECK(outage.windows >= 5);
  // A freeze counts with all its length though no packet came in it.
  const RtpFacts dead = speech(40, [](int i) { return i >= 500 && i < 1500; });
  CHECK(dead.bad_windows >= 9);
  CHECK(dead.bad_windows <= 11);
  CHECK(dead.windows >= 18);
  CHECK(dead.windows <= 21);
}

TEST_CASE("Silence that the sender kept is no bad time") {
  RtpSender sender;
  RtpStream stream;
  stream.begin(sender.packet(80, 20));
  for (int talk = 0; talk < 10; ++talk) {
    for (int i = 0; i < 100; ++i) stream.add(sender.packet(80, 20));
    sender.pass(3000);
  }
  CHECK(stream.facts().bad_windows == 0);
  CHECK(stream.facts().freezes == 0);
  CHECK(stream.facts().windows >= 10);
}

TEST_CASE("What comes late was not lost for good") {
  RtpSender sender;
  RtpStream stream;
  stream.begin(sender.packet(80, 20));
  for (int i = 0; i < 500; ++i) {
    const flow::RtpArrival first = sender.packet(80, 20);
    const flow::RtpArrival second = sender.packet(80, 20);
    stream.add(second);
    stream.add(first);
  }
  CHECK(stream.facts().lost == 0);
  CHECK(stream.facts().bad_windows == 0);
}

namespace {

// Speech both ways of so many seconds, of which one packet in so many came.
call::Attempt talk(double seconds, std::uint64_t one_in_up, std::uint64_t one_in_down) {
  CallFlow flow(socket_at("10.0.0.5", 40000), socket_at("157.240.0.60", 3478), 0, seconds);
  const auto add = [&](std::size_t way, std::uint32_t ssrc, std::uint64_t one_in) {
    RtpFacts facts;
    const auto sent = static_cast<std::uint64_t>(seconds * 50);
    facts.ssrc = ssrc;
    facts.packets = sent / one_in;
    facts.lost = sent - facts.packets;
    facts.gaps = 1;
    facts.highest = static_cast<std::uint32_t>(sent) - 1;
    facts.first_ns = at_s(0);
    facts.last_ns = at_s(seconds);
    facts.lively = true;
    facts.kinds = flow::media_kind::kVoice;
    facts.windows = static_cast<std::uint32_t>(seconds / 2);
    facts.bad_windows = one_in > 1 ? facts.windows : 0;
    flow.rtp(way, facts);
  };
  add(call::kUp, 1, one_in_up);
  add(call::kDown, 2, one_in_down);
  call::Attempt attempt;
  attempt.add(flow, false);
  return attempt;
}

call::Verdict judge(const call::Attempt& attempt) {
  return call::judge(attempt, call::quality_of(attempt), {at_s(-100), at_s(1000), true});
}

}  // namespace

TEST_CASE("Nobody talks for a minute without hearing: the capture lacks the packets") {
  const call::Attempt call = talk(90, 2, 10);
  CHECK(judge(call).outcome == call::Outcome::connected);
  CHECK(judge(call).reason == "the capture lacks most of its packets");
  const call::Quality quality = call::quality_of(call);
  CHECK(quality.thinned);
  CHECK_FALSE(quality.up.loss.has_value());
  CHECK_FALSE(quality.down.mos.has_value());
  CHECK(judge(talk(30, 2, 10)).outcome == call::Outcome::degraded);
  CHECK(judge(talk(90, 1, 2)).outcome == call::Outcome::degraded);
  CHECK(judge(talk(12, 20, 20)).outcome == call::Outcome::connected);
  CHECK(judge(talk(12, 1, 20)).outcome == call::Outcome::degraded);
}

TEST_CASE("A receiver cannot have lost less than the capture shows") {
  call::Attempt call = talk(30, 2, 1);
  CHECK(judge(call).outcome == call::Outcome::degraded);
  call.reports[call::kDown] = 6;
  call.reported_loss[call::kDown] = 6 * 0.01;
  CHECK(judge(call).outcome == call::Outcome::connected);
  CHECK(call::quality_of(call).up.loss.value_or(0) == Approx(0.5));
  call.reported_loss[call::kDown] = 6 * 0.45;
  CHECK(judge(call).outcome == call::Outcome::degraded);
  call.reported_loss[call::kDown] = 0;
  call.reports[call::kDown] = 2;  // too few
  CHECK(judge(call).outcome == call::Outcome::degraded);
  std::swap(call.reports[call::kDown], call.reports[call::kUp]);
  call.reports[call::kUp] = 6;  // of the other direction's media
  CHECK(judge(call).outcome == call::Outcome::degraded);
}

namespace {

class Told : public call::AttemptSink {
 public:
  void finished(const call::Attempt& attempt, std::int64_t) override { calls.push_back(attempt); }
  std::vector<call::Attempt> calls;
};

// How many calls the flows are, each told when it ends.
std::size_t calls_of(std::vector<CallFlow> flows) {
  Told told;
  call::Joiner joiner(told);
  for (CallFlow& flow : flows) {
    const call::FlowEvidence& evidence = flow;
    joiner.add(evidence, evidence.ts_last_ns);
  }
  joiner.finish(at_s(10000));
  return told.calls.size();
}

CallFlow session_flow(const std::string& client, double from_s, double to_s) {
  CallFlow flow(socket_at(client, 40000), socket_at("198.51.100.7", 50000), from_s, to_s);
  flow.as("webrtc", call::Naming::protocol).role(classify::Role::peer).asks(4, 4).talks();
  flow->ice_session = 0x1234;
  return flow;
}

}  // namespace

TEST_CASE("A session seen again minutes later is another call") {
  CHECK(calls_of({session_flow("10.0.0.5", 0, 20), session_flow("10.0.0.5", 100, 120)}) == 2);
  CHECK(calls_of({session_flow("10.0.0.5", 0, 20), session_flow("10.0.0.6", 100, 120)}) == 2);
  CHECK(calls_of({session_flow("10.0.0.5", 0, 20), session_flow("10.0.0.6", 15, 30)}) == 1);
}

TEST_CASE("A call that began on another path is one, also when its like comes after it") {
  const auto path = [](const std::string& client, double from_s, double to_s) {
    CallFlow flow(socket_at(client, 40000), socket_at("198.51.100.7", 50000), from_s, to_s);
    return flow.plain().rtp(call::kUp, 7).rtp(call::kDown, 8);
  };
  CHECK(calls_of({path("10.0.0.5", 0, 2), path("10.0.0.6", 2, 20)}) == 1);
  CHECK(calls_of({path("10.0.0.5", 0, 2), path("10.0.0.6", 2, 20), path("10.0.0.5", 300, 302),
                  path("10.0.0.6", 302, 320)}) == 2);
}

TEST_CASE("Halves of plain RTP between two hosts are one call when they begin and end at once") {
  const auto half = [](std::uint16_t port, std::uint32_t ssrc, double from_s, double to_s,
                       const std::string& server = "203.0.113.9") {
    CallFlow flow(socket_at("10.0.0.5", port), socket_at(server, port), from_s, to_s);
    return flow.plain().rtp(call::kUp, ssrc);
  };
  CHECK(calls_of({half(4000, 1, 0, 20), half(4002, 2, 0.5, 20.5)}) == 1);
  CHECK(calls_of({half(4000, 1, 0, 20), half(4002, 2, 1.5, 20.5)}) == 2);
  CHECK(calls_of({half(4000, 1, 0, 20), half(4002, 2, 0.5, 22)}) == 2);
  CHECK(calls_of({half(4000, 1, 0, 20), half(4002, 2, 0, 20, "203.0.113.8")}) == 2);
  CallFlow whole = half(4002, 2, 0.5, 20.5);
  whole.rtp(call::kDown, 3);
  CHECK(calls_of({half(4000, 1, 0, 20), whole}) == 2);
}

TEST_CASE("Media of the other end is no call given up") {
  call::Attempt attempt;
  CallFlow flow(socket_at("10.0.0.5", 40000), socket_at("66.22.196.7", 50004), 0, 2);
  attempt.add(flow.asks(2, 2).hidden(call::kDown, 0.2, 2), false);
  CHECK(judge(attempt).outcome == call::Outcome::not_observable);
  CHECK(judge(attempt).reason == "too little media to tell");
}
