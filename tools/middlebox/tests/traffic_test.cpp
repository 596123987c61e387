// Policing, shaping, loss, delay, reordering and duplication: rates, times, counts, and the seed.
#include "catch.hpp"
#include "scene.hpp"

using namespace deadair;
using namespace deadair::test;
using mb::Way;

namespace {

// `count` datagrams of `size` IP bytes, one every `gap_ms`, numbered in their first bytes.
std::vector<Sent> stream(const std::string& config, int count, double gap_ms, std::size_t size,
                         std::uint64_t seed = 1) {
  Scene scene(config, seed);
  const Ends ends{true, 40'000, 5004};
  for (int i = 0; i < count; ++i)
    scene.up(gap_ms * i, ends.udp(Way::up, be(static_cast<unsigned>(i), 4) + Bytes(size - 32, 9)));
  return scene.take();
}

std::vector<std::uint32_t> numbers(const std::vector<Sent>& sent) {
  std::vector<std::uint32_t> out;
  for (const Sent& one : sent) out.push_back(one.packet().payload.be32(0));
  return out;
}

// Lengths of the holes in the numbers.
std::vector<std::uint32_t> holes(const std::vector<Sent>& sent) {
  std::vector<std::uint32_t> out;
  const std::vector<std::uint32_t> seen = numbers(sent);
  for (std::size_t i = 1; i < seen.size(); ++i)
    if (seen[i] != seen[i - 1] + 1) out.push_back(seen[i] - seen[i - 1] - 1);
  return out;
}

}  // namespace

TEST_CASE("a policer passes its burst and then its rate, without delay") {
  const std::string config = one_rule(R"({"type":"police","rate_bps":24000,"burst_bytes":3000})");
  const std::vector<Sent> sent = stream(config, 1000, 10, 100);  // 80 kbit/s for 10 s
  // 3000 bytes at once and 24000 / 8 * 10 s after that, in packets of 100 bytes.
  CHECK(sent.size() == Approx(330).margin(2));
  const std::vector<std::uint32_t> passed = numbers(sent);
  CHECK(passed[29] == 29);
  for (std::size_t i = 0; i < sent.size(); ++i) CHECK(sent[i].ms == Approx(10.0 * passed[i]));
}

TEST_CASE("a policer's bucket is shared by flows and not by directions") {
  Scene scene(one_rule(R"({"type":"police","rate_bps":1000,"burst_bytes":1500})"));
  const Ends one{true, 40'000, 5004}, other{true, 40'001, 5004};
  scene.up(0, one.udp(Way::up, Bytes(1000)));
  scene.up(0, other.udp(Way::up, Bytes(1000)));
  scene.down(0, one.udp(Way::down, Bytes(1000)));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].packet().src_port == 40'000);
  CHECK(sent[1].way == Way::down);
}

TEST_CASE("a shaper spaces packets and drops when its queue is full") {
  const std::string config =
      one_rule(R"({"type":"shape","rate_bps":80000,"queue_ms":50,"codel":false})");
  const std::vector<Sent> sent = stream(config, 20, 0, 100);  // 10 ms a packet, all at once
  REQUIRE(sent.size() == 6);                                  // waits of 0 to 50 ms
  for (std::size_t i = 0; i < sent.size(); ++i)
    CHECK(sent[i].ms == Approx(10.0 * static_cast<double>(i + 1)));
}

TEST_CASE("CoDel keeps the queue short where drop-tail lets it stand") {
  const auto last_delays = [](const std::string& codel) {
    const std::string config =
        one_rule(R"({"type":"shape","rate_bps":1000000,"queue_ms":500,"codel":)" + codel + "}");
    // 1.1 times the rate for 20 s.
    const std::vector<Sent> sent = stream(config, 2292, 12.0 / 1.1 * 0.8, 1200);
    double most = 0;
    const std::vector<std::uint32_t> passed = numbers(sent);
    for (std::size_t i = sent.size() - 200; i < sent.size(); ++i)
      most = std::max(most, sent[i].ms - passed[i] * 12.0 / 1.1 * 0.8);
    return most;
  };
  CHECK(last_delays("false") > 450);
  CHECK(last_delays("true") < 100);
}

TEST_CASE("random loss has its rate and repeats with its seed") {
  const std::string config = one_rule(R"({"type":"loss","p":0.15})");
  const auto first = numbers(stream(config, 10'000, 1, 100));
  CHECK(first.size() == Approx(8500).margin(150));
  CHECK(first == numbers(stream(config, 10'000, 1, 100)));
  CHECK(first != numbers(stream(config, 10'000, 1, 100, 2)));
}

TEST_CASE("bursty loss comes in runs of the length asked for") {
  // Mean run 1 / 0.25 = 4; share of losses 0.01 / (0.01 + 0.25).
  const std::vector<Sent> sent =
      stream(one_rule(R"({"type":"loss","p":0.01,"r":0.25})"), 50'000, 1, 100);
  const std::vector<std::uint32_t> runs = holes(sent);
  double lost = 0;
  for (const std::uint32_t run : runs) lost += run;
  CHECK(lost / 50'000 == Approx(0.01 / 0.26).epsilon(0.15));
  CHECK(lost / static_cast<double>(runs.size()) == Approx(4).epsilon(0.1));
}

TEST_CASE("spells of loss strike all flows at once") {
  Scene scene(one_rule(R"({"type":"loss","good_ms":400,"bad_ms":100})"));
  const Ends one{true, 40'000, 5004}, other{true, 40'001, 5004};
  for (int i = 0; i < 20'000; ++i) {
    scene.up(i, one.udp(Way::up, be(static_cast<unsigned>(i), 4)));
    scene.up(i, other.udp(Way::up, be(static_cast<unsigned>(i), 4)));
  }
  const std::vector<Sent> sent = scene.take();
  CHECK(sent.size() == Approx(32'000).epsilon(0.1));
  for (std::size_t i = 0; i + 1 < sent.size(); i += 2)
    REQUIRE(sent[i].packet().payload.be32(0) == sent[i + 1].packet().payload.be32(0));
}

TEST_CASE("delay and jitter, in order or not") {
  const auto sent_with = [](const std::string& fields) {
    return stream(one_rule(R"({"type":"delay",)" + fields + "}"), 1000, 5, 100);
  };
  for (const Sent& sent : sent_with(R"("ms":40)"))
    REQUIRE(sent.ms == Approx(5.0 * sent.packet().payload.be32(0) + 40));
  const std::vector<Sent> ordered = sent_with(R"("ms":10,"jitter_ms":300)");
  CHECK(holes(ordered).empty());
  const std::vector<Sent> mixed = sent_with(R"("ms":10,"jitter_ms":300,"keep_order":false)");
  CHECK_FALSE(holes(mixed).empty());
  double sum = 0;
  for (const Sent& sent : mixed) {
    const double waited = sent.ms - 5.0 * sent.packet().payload.be32(0);
    REQUIRE(waited >= 10);
    REQUIRE(waited <= 310);
    sum += waited;
  }
  CHECK(sum / 1000 == Approx(160).margin(10));
}

TEST_CASE("some packets come behind their successors") {
  const std::vector<Sent> sent =
      stream(one_rule(R"({"type":"reorder","p":0.1,"by_ms":12})"), 1000, 5, 100);
  REQUIRE(sent.size() == 1000);
  int late = 0;
  for (const Sent& one : sent) {
    const double waited = one.ms - 5.0 * one.packet().payload.be32(0);
    REQUIRE((waited == Approx(0).margin(0.001) || waited == Approx(12)));
    late += waited > 6 ? 1 : 0;
  }
  CHECK(late == Approx(100).margin(30));
}

TEST_CASE("some packets come twice") {
  const std::vector<Sent> sent =
      stream(one_rule(R"({"type":"duplicate","p":0.2,"delay_ms":1})"), 1000, 5, 100);
  CHECK(sent.size() == Approx(1200).margin(40));
  for (std::size_t i = 1; i < sent.size(); ++i) {
    if (sent[i].packet().payload.be32(0) != sent[i - 1].packet().payload.be32(0)) continue;
    REQUIRE(sent[i].bytes == sent[i - 1].bytes);
    REQUIRE(sent[i].ms == Approx(sent[i - 1].ms + 1));
  }
}
