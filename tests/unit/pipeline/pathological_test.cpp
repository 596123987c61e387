// Input made to cost much: it may be slow by a factor, never by its square.
#include <chrono>

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

// What each of these runs may take, in seconds: tens of times what they do take.
constexpr double kBearable = 15;

// Seconds that a run over the source takes.
double cost(FakeSource& source, const pipeline::RunOptions& options) {
  struct Nowhere final : report::Sink {
    [[nodiscard]] bool complete() const override { return false; }
    void flow(const report::Flow&) override {}
    void capture(const report::Capture&) override {}
    void finish(const report::Summary&) override {}
  } sink;
  const auto begin = std::chrono::steady_clock::now();
  pipeline::run(source, options, sink, [](const pipeline::Progress&) { return true; });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void add_flows(FakeSource& source, std::uint32_t count, std::int64_t ts_ns) {
  for (std::uint32_t i = 0; i < count; ++i)
    source.add(ts_ns, udp_frame(i & 0xffff, 9, 0, 0x0b00'0000 + (i >> 16)));
}

}  // namespace

TEST_CASE("Steps of a nanosecond and of a year cost the same") {
  FakeSource tiny, huge;
  for (int i = 0; i < 30'000; ++i) tiny.add(i, udp_frame(1, 2));
  for (std::int64_t i = 0; i < 30'000; ++i) huge.add(i * 100'000 * kSecond, udp_frame(1, 2));
  CHECK(cost(tiny, without_witness()) < kBearable);
  CHECK(cost(huge, without_witness()) < kBearable);
}

TEST_CASE("A clock that steps back again and again does not pay for flows long gone") {
  const auto add_steps = [](FakeSource& source) {
    for (int i = 1; i <= 20'000; ++i) source.add(-i * 6 * kSecond, udp_frame(1, 2));
  };
  FakeSource flows, steps, both;
  add_flows(flows, 300'000, 0);
  add_steps(steps);
  add_flows(both, 300'000, 0);
  add_steps(both);
  const double apart = cost(flows, without_witness()) + cost(steps, without_witness());
  CHECK(cost(both, without_witness()) < 3 * apart + 1);
}

TEST_CASE("Evicting from a table of flows of one moment costs the same while time goes on") {
  pipeline::RunOptions options = without_witness();
  options.max_flows = 200'000;
  options.timeouts.udp_s = 1e4;
  const auto evict = [&](std::int64_t pause_ns) {
    FakeSource source;
    add_flows(source, 200'000, 0);
    for (std::int64_t i = 1; i < 2000; ++i)
      source.add(kSecond + i * pause_ns, udp_frame(static_cast<unsigned>(i), 10));
    return cost(source, options);
  };
  const double at_once = evict(0);
  CHECK(evict(300 * kMs) < 3 * at_once + 2);
}

TEST_CASE("A packet at either end of time breaks nothing") {
  FakeSource source;
  source.add(std::numeric_limits<std::int64_t>::max(), udp_frame(1, 2))
      .add(std::numeric_limits<std::int64_t>::min(), udp_frame(1, 2))
      .add(std::numeric_limits<std::int64_t>::max(), udp_frame(1, 2))
      .add(0, udp_frame(1, 2));
  CHECK(run_all(source).packets() == 4);
}
