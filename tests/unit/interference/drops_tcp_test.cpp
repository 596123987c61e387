// DROP.TRIGGER of TCP: levels, direction, and what only looks like it.
#include "interference/drops_tcp.hpp"

#include "interference/round_trips.hpp"
#include "unit/interference/silences.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Finding;
using interference::Gate;
using interference::GateEffect;
using interference::judge_tcp_drops;
using interference::Level;

namespace {

constexpr std::string_view kName = "blocked.example";

SilentFlow dropped(std::int64_t second, std::string_view name = kName,
                   TriggerType type = TriggerType::tls_sni, std::uint32_t len = 517) {
  Flow flow;
  flow.hello(len);
  back_off(flow, 3);
  return silent_of(flow, second, 3, name, type);
}
// Controls that are answered while the flows above ask in vain.
std::vector<FlowNote> controls(std::initializer_list<std::int64_t> seconds,
                               std::string_view name = "fine.test", unsigned server = 5) {
  std::vector<FlowNote> out;
  for (const std::int64_t second : seconds)
    out.push_back(note_at(second, FlowFate::well, name, server));
  return out;
}
std::vector<Finding> judged(std::vector<SilentFlow> silent, const std::vector<FlowNote>& others) {
  const Outcome outcome = settled(std::move(silent), others);
  return judge_tcp_drops(outcome.silent, FateBook(outcome.log));
}

}  // namespace

TEST_CASE("Three drops and three controls are likely a device on the path") {
  const auto found =
      judged({dropped(0), dropped(20), dropped(40)}, controls({2, 10, 22, 30, 42, 50}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "DROP.TRIGGER.SNI");
  CHECK(found[0].level == Level::likely);
  CHECK(found[0].after_packets == 0.0);
  REQUIRE(found[0].trigger);
  CHECK(found[0].trigger->name == kName);
  CHECK(status(found[0], "DEAD LINK") == "excluded");
  CHECK(status(found[0], "SERVER OUTAGE") == "excluded");
  CHECK(status(found[0], "PATH MTU") == "excluded");
  CHECK(status(found[0], "LOCAL SOFTWARE") == "open");
  CHECK(found[0].frames.size() >= 8);
}

TEST_CASE("Fewer drops or controls say less") {
  const auto level = [](std::vector<SilentFlow> silent, const std::vector<FlowNote>& others) {
    const auto found = judged(std::move(silent), others);
    REQUIRE(found.size() == 1);
    return found[0].level;
  };
  CHECK(level({dropped(0)}, controls({2, 10, 12})) == Level::observed);
  CHECK(level({dropped(0), dropped(20)}, controls({2, 22, 30})) == Level::anomalous);
  CHECK(level({dropped(0), dropped(20), dropped(40)}, controls({2, 22})) != Level::likely);
  // Controls of other servers show that the line was alive, and nothing of this server.
  CHECK(level({dropped(0), dropped(20), dropped(40)},
              controls({2, 10, 22, 30, 42, 50}, "fine.test", 9)) == Level::observed);
}

TEST_CASE("A name that also works is not dropped for its name") {
  auto others = controls({2, 10, 22, 30, 42, 50});
  others.push_back(note_at(60, FlowFate::well, kName));
  const auto found = judged({dropped(0), dropped(20), dropped(40)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::observed);
  CHECK(status(found[0], "CHANCE") == "open");
}

TEST_CASE("A silence of which nothing tells whether the line was alive speaks neither way") {
  const auto others = controls({2, 10, 22, 30, 42, 50});
  auto found = judged({dropped(0), dropped(20), dropped(40), dropped(300)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
  CHECK(status(found[0], "CHANCE").empty());
  found = judged({dropped(0), dropped(20), dropped(300), dropped(320)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
}

TEST_CASE("Other names of the same owner are no controls") {
  const auto found = judged({dropped(0), dropped(20), dropped(40)},
                            controls({2, 10, 22, 30, 42, 50}, "www.blocked.example"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::observed);
}

TEST_CASE("A server that also drops others may be ill; after a drop they may be punished") {
  auto others = controls({2, 10, 22, 30, 42, 50});
  others.push_back(note_at(33, FlowFate::silent, "third.test"));
  auto found = judged({dropped(0), dropped(20), dropped(40)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
  CHECK(status(found[0], "SERVER OUTAGE") == "open");
  // At once after a drop, before any other went well.
  others.back() = note_at(21, FlowFate::silent, "third.test");
  found = judged({dropped(0), dropped(20), dropped(40)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
  // Between the ports of a dropped flow, whatever else went well.
  auto silent = dropped(0);
  silent.note.client_port = 50'123;
  others.back() = note_at(33, FlowFate::silent_syn, "");
  others.back().client_port = 50'123;
  found = judged({silent, dropped(20), dropped(40)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
}

TEST_CASE("On a dead link nothing is dropped") {
  CHECK(judged({dropped(0), dropped(20), dropped(40)}, {}).empty());
  // Alive before and after, not meanwhile.
  CHECK(judged({dropped(0)}, controls({-5, 25, 30})).empty());
}

TEST_CASE("A long connection that goes on through the silence shows that the line was alive") {
  const auto fate_beside = [](std::int64_t ping_ms, std::uint32_t answer = 37) {
    interference::RoundTrips trips;
    wire::Packet packet;
    packet.proto = wire::ip_proto::kTcp;
    packet.tcp_flags = 16;
    std::uint32_t up = 1000, down = 5000;
    const auto show = [&](std::int64_t at_ms, bool client, std::uint32_t len) {
      packet.src = client ? kClient : IpAddress::v4(0x0808'0808);
      packet.dst = client ? IpAddress::v4(0x0808'0808) : kClient;
      packet.ts_ns = kBegin + at_ms * kMillisecond;
      packet.seq = client ? up : down;
      packet.ack = client ? down : up;
      packet.payload_len = len;
      (client ? up : down) += len;
      trips.packet(3, client ? flow::Side::a : flow::Side::b, packet);
    };
    show(ping_ms, true, 37);
    if (answer != 0) show(ping_ms + 50, false, answer);
    show(ping_ms + 90, true, 0);
    const FateLog log;
    return interference::fate_of(dropped(0), FateBook(log, &trips), kBegin + 600 * kOneSecond);
  };
  CHECK(fate_beside(5'000) == FlowFate::dropped);
  CHECK(fate_beside(5'000, 0) == FlowFate::silent);
  // Before, after, and when the hello had been lost only twice: the line may have died then.
  CHECK(fate_beside(-5'000) == FlowFate::silent);
  CHECK(fate_beside(30'000) == FlowFate::silent);
  CHECK(fate_beside(400) == FlowFate::silent);
}

TEST_CASE("A server that acknowledges the trigger has got it") {
  Flow flow;
  flow.hello();
  flow.down("A");
  flow.wait(9000).up("FA");
  CHECK_FALSE(interference::silent_flow_of(keeper_of(flow), true));
}

TEST_CASE("A freeze long after the trigger is no drop at it") {
  Flow late;
  late.hello();
  for (int i = 0; i < 12; ++i) {
    late.down("PA", 1448);
    late.up("A");
  }
  late.up("PA", 100);
  repeat(late, late.marks().size() - 1, {300, 600, 1200, 2400, 4800, 9600});
  const Outcome outcome = settled({silent_of(late, 0, 3, kName)}, controls({2, 4, 6}));
  CHECK(outcome.silent[0].note.fate == FlowFate::froze);
  CHECK(judge_tcp_drops(outcome.silent, FateBook(outcome.log)).empty());
}

TEST_CASE("Large segments that alone are lost may be a matter of their size") {
  const auto large = [](std::int64_t second) {
    return dropped(second, kName, TriggerType::tls_sni, 1448);
  };
  std::vector<SilentFlow> silent = {large(0), large(20), large(40)};
  const auto others = controls({2, 10, 22, 30, 42, 50});
  auto found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
  CHECK(status(found[0], "PATH MTU") == "open");
  for (SilentFlow& each : silent) each.size_passes = true;
  found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
  // A name in two segments, and the controls in one: a device may not put them together.
  for (SilentFlow& each : silent) {
    each.size_passes = false;
    each.least_segment = 200;
  }
  found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
  // Once the name has passed, a small segment that is lost as well tells that size is no matter.
  for (SilentFlow& each : silent) each.trigger_acked = true;
  found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
  // The second, a small one, reached the server, which asks for the first.
  for (SilentFlow& each : silent) {
    each.asks.front().len = 1400;
    each.heard_ns = each.asks.front().ts_ns + 1;
  }
  found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
  CHECK(status(found[0], "PATH MTU") == "open");
}

TEST_CASE(
    "A long hello is excluded as the cause by one as long only, not by other large segments") {
  std::vector<SilentFlow> silent = {dropped(0), dropped(20), dropped(40)};
  const auto others = controls({2, 10, 22, 30, 42, 50});
  for (SilentFlow& each : silent) {
    each.trigger->len = 1800;
    each.size_passes = true;
  }
  auto found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
  CHECK(status(found[0], "PATH MTU") == "open");
  for (SilentFlow& each : silent) each.hello_passes = true;
  found = judged(silent, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
}

TEST_CASE("Packets that pass after the trigger are told") {
  const auto late = [](std::int64_t second) {
    Flow flow = greeted_by_server();
    const std::size_t lost = flow.marks().size();
    flow.up("A", 1448);
    flow.up("PA", 230);
    repeat(flow, lost, {250, 500, 1000, 2000, 4000});
    return silent_of(flow, second, 3, kName);
  };
  const auto found = judged({late(0), late(20), late(40)}, controls({2, 10, 22, 30, 42, 50}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
  CHECK(found[0].after_packets == 5.0);
  CHECK(found[0].text.find("4 to 6 more packets") != std::string::npos);
}

TEST_CASE("The direction is told where the mute side repeats itself") {
  Flow flow = hello_lost_on_the_way();
  const auto found = judged({silent_of(flow, 0, 3, kName)}, controls({2, 4, 6}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].text.find("from client to server") != std::string::npos);
}

TEST_CASE("Near the server unanswered answers are drops as well") {
  const auto mute = [](std::int64_t second) {
    Flow flow;
    flow.hello();
    const std::size_t answer = flow.marks().size();
    flow.down("PA", 400);
    repeat(flow, answer, {300, 600, 1200, 2400, 4800});
    return silent_of(flow, second, 3, kName);
  };
  const auto found = judged({mute(0), mute(20), mute(40)}, controls({2, 8, 22, 28, 42, 48}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::likely);
}

TEST_CASE("Triggers of HTTP and of random payloads have findings of their own") {
  const auto others = controls({2, 4, 6});
  auto found = judged({dropped(0, kName, TriggerType::http_host)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "DROP.TRIGGER.HOST");
  found = judged({dropped(0, "", TriggerType::fep)}, others);
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "DROP.TRIGGER.FEP");
}

TEST_CASE("Gates close what the capture cannot show") {
  SilentFlow one = dropped(0);
  one.gates.set(Gate::onesided, GateEffect::closes);
  CHECK(judged({one}, controls({2, 4, 6})).empty());
  SilentFlow lossy = dropped(0);
  lossy.gates.set(Gate::caploss_tcp, GateEffect::closes);
  const auto found = judged({lossy}, controls({2, 4, 6}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::indeterminate);
  // Asked too briefly when the capture ends.
  Flow brief;
  brief.hello();
  repeat(brief, 3, {250, 500});
  const Outcome outcome = settled({silent_of(brief, 0, 3, kName)}, controls({0, 1}), 2);
  CHECK(outcome.silent[0].note.fate == FlowFate::unseen);
}
