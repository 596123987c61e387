// Connections that freeze after the same amount, and those that merely end.
#include "interference/truncation.hpp"

#include "unit/interference/silences.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Finding;
using interference::GoodFlow;
using interference::judge_truncations;
using interference::Level;

namespace {

// Frozen `seconds` after it began, with so many bytes in so many packets from the server.
SilentFlow frozen(unsigned server, std::uint64_t bytes, double seconds,
                  std::uint64_t packets = 15) {
  SilentFlow flow;
  flow.note = note_at(server, FlowFate::froze, "page.example", server);
  flow.heard_ns = flow.note.begin_ns + static_cast<std::int64_t>(seconds * 1e9);
  flow.down_bytes = bytes;
  flow.down_packets = packets;
  for (std::int64_t i = 0; i < 5; ++i)
    flow.asks.push_back({flow.note.frame_first, flow.heard_ns + (3 + 3 * i) * kOneSecond, 100, 0});
  flow.last_ask = flow.asks.back();
  flow.repeats = 4;
  return flow;
}
GoodFlow good(unsigned server, std::uint64_t bytes, std::int64_t seconds) {
  return {kClient, host(server), kBegin, seconds * kOneSecond, bytes, bytes / 1400};
}
std::vector<SilentFlow> sixteen() {
  return {frozen(1, 16'900, 0.2, 15), frozen(2, 16'950, 0.9, 19), frozen(1, 16'100, 0.3, 24),
          frozen(2, 17'200, 1.5, 13), frozen(1, 16'900, 0.4, 30)};
}
const Finding& only(const std::vector<Finding>& findings) {
  REQUIRE(findings.size() == 1);
  return findings.front();
}

}  // namespace

TEST_CASE("Five connections to two servers that freeze at 16 KiB") {
  const std::vector<GoodFlow> longer = {good(9, 90'000, 1)};
  const auto found = judge_truncations(sixteen(), longer);
  CHECK(only(found).id == "TRUNC.BYTES");
  CHECK(only(found).level == Level::likely);
  CHECK(only(found).burst_bytes == 16'900.0);
  CHECK(status(only(found), "ANY LONG CONNECTION") == "excluded");
  CHECK(status(only(found), "SERVER OUTAGE") == "open");
}

TEST_CASE("Without a control, or with one against it, nothing is likely") {
  CHECK(only(judge_truncations(sixteen(), {})).level == Level::anomalous);
  const std::vector<GoodFlow> against = {good(9, 90'000, 1), good(2, 90'000, 1)};
  const auto found = judge_truncations(sixteen(), against);
  CHECK(only(found).level == Level::anomalous);
  CHECK(status(only(found), "CHANCE") == "open");
  // Other clients' connections, and those no longer than the quota, are no controls.
  std::vector<GoodFlow> others = {good(9, 90'000, 1), good(9, 20'000, 1)};
  others[0].client = host(77);
  CHECK(only(judge_truncations(sixteen(), others)).level == Level::anomalous);
}

TEST_CASE("Too few connections, or one server, or what went on, is no truncation") {
  const std::vector<GoodFlow> longer = {good(9, 90'000, 1)};
  auto four = sixteen();
  four.pop_back();
  CHECK(judge_truncations(four, longer).empty());
  auto one_server = sixteen();
  for (SilentFlow& flow : one_server) flow.note.server = host(1);
  CHECK(judge_truncations(one_server, longer).empty());
  auto brief = sixteen();
  for (SilentFlow& flow : brief) flow.last_ask.ts_ns = flow.asks.front().ts_ns + 9 * kOneSecond;
  CHECK(judge_truncations(brief, longer).empty());
  auto silent = sixteen();
  for (SilentFlow& flow : silent) flow.note.fate = FlowFate::silent;
  CHECK(judge_truncations(silent, longer).empty());
}

TEST_CASE("Freezes while nothing else is received, each at another time") {
  const std::vector<GoodFlow> longer = {good(9, 90'000, 1)};
  const auto apart = [](std::size_t proven) {
    std::vector<SilentFlow> out = sixteen();
    for (std::size_t i = 0; i < out.size(); ++i) {
      SilentFlow& flow = out[i];
      flow.handshake = true;
      if (i >= proven) flow.note.fate = FlowFate::silent;
      const auto later = static_cast<std::int64_t>(60 * i) * kOneSecond;
      for (std::int64_t* ts_ns : {&flow.note.begin_ns, &flow.note.answered_ns, &flow.note.heard_ns,
                                  &flow.heard_ns, &flow.last_ask.ts_ns})
        *ts_ns += later;
      for (interference::Ask& ask : flow.asks) ask.ts_ns += later;
    }
    return out;
  };
  CHECK(only(judge_truncations(apart(5), longer)).level == Level::likely);
  CHECK(only(judge_truncations(apart(3), longer)).level == Level::anomalous);
  CHECK(only(judge_truncations(apart(2), longer)).level == Level::observed);
  CHECK(status(only(judge_truncations(apart(2), longer)), "DEAD LINK") == "open");
  CHECK(only(judge_truncations(apart(0), longer)).level == Level::observed);
  // At the same time it may have been the line; and a line may stop anywhere.
  auto at_once = sixteen();
  for (SilentFlow& flow : at_once) {
    flow.handshake = true;
    flow.note.fate = FlowFate::silent;
  }
  CHECK(judge_truncations(at_once, longer).empty());
  auto various = apart(0);
  various[1].down_bytes = 13'500;
  various[3].down_bytes = 21'000;
  various[4].down_bytes = 19'500;
  CHECK(judge_truncations(various, longer).empty());
  // A quota is passed by less than a segment, however the segments fall.
  auto by_segments = apart(0);
  for (std::size_t i = 0; i < by_segments.size(); ++i)
    by_segments[i].down_bytes = i % 2 == 0 ? 18'215 : 16'827;
  CHECK(only(judge_truncations(by_segments, longer)).level == Level::observed);
  // Whoever was heard meanwhile, and froze then, shows that the line was alive.
  for (SilentFlow& flow : at_once) flow.note.heard_ns = at_once[0].asks[2].ts_ns;
  CHECK(only(judge_truncations(at_once, longer)).level == Level::likely);
}

TEST_CASE("The same time, whatever was carried") {
  std::vector<SilentFlow> flows;
  const std::array<std::uint64_t, 6> bytes = {30'000, 150'000, 90'000, 60'000, 200'000, 110'000};
  for (unsigned i = 0; i < bytes.size(); ++i)
    flows.push_back(frozen(1 + i % 2, bytes[i], 59.2 + 0.2 * i, bytes[i] / 900));
  const std::vector<GoodFlow> longer = {good(9, 90'000, 64)};
  CHECK(only(judge_truncations(flows, longer)).id == "TRUNC.TIME");
  CHECK(only(judge_truncations(flows, longer)).level == Level::likely);
  CHECK(only(judge_truncations(flows, longer)).after_ms.value_or(0) > 59'000);
  const std::vector<GoodFlow> shorter = {good(9, 90'000, 60)};
  CHECK(only(judge_truncations(flows, shorter)).level == Level::anomalous);
  // Fast pages take the same time as well.
  for (SilentFlow& flow : flows) flow.heard_ns = flow.note.begin_ns + kOneSecond / 2;
  CHECK(judge_truncations(flows, longer).empty());
}

TEST_CASE("The same number of packets") {
  std::vector<SilentFlow> flows;
  const std::array<std::uint64_t, 5> bytes = {50'000, 90'000, 100'000, 70'000, 60'000};
  for (unsigned i = 0; i < bytes.size(); ++i)
    flows.push_back(frozen(1 + i % 2, bytes[i], 1.0 + i, 100));
  const std::vector<GoodFlow> longer = {good(9, 900'000, 4)};
  CHECK(only(judge_truncations(flows, longer)).id == "TRUNC.PKTS");
  CHECK(only(judge_truncations(flows, longer)).after_packets == 100.0);
}

TEST_CASE("The robust coefficient of variation") {
  CHECK(interference::robust_variation({}) == 1);
  CHECK(interference::robust_variation({0, 0, 0}) == 1);
  CHECK(interference::robust_variation({10, 10, 10, 90}) == 0);
  CHECK(interference::robust_variation({8, 10, 12}) == Approx(1.4826 * 2 / 10));
}
