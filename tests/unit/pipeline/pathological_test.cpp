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
  FakeSource source;
  add_flows(source, 400'000, 0);
  std::int64_t now = 0;
  for (int i = 0; i < 40'000; ++i) source.add(now -= 6 * kSecond, udp_frame(1, 2));
  CHECK(cost(source, without_witness()) < kBearable);
}

TEST_CASE("Evicting from a table of flows of one moment, while time goes on, stays cheap") {
  pipeline::RunOptions options = without_witness();
  options.max_flows = 200'000;
  options.timeouts.udp_s = 1e4;
  FakeSource source;
  add_flows(source, 200'000, 0);
  for (std::int64_t i = 1; i < 2000; ++i)
    source.add(i * 300 * kMs, udp_frame(static_cast<unsigned>(i), 10));
  CHECK(cost(source, options) < kBearable);
}

TEST_CASE("A packet at either end of time breaks nothing") {
  FakeSource source;
  source.add(std::numeric_limits<std::int64_t>::max(), udp_frame(1, 2))
      .add(std::numeric_limits<std::int64_t>::min(), udp_frame(1, 2))
      .add(std::numeric_limits<std::int64_t>::max(), udp_frame(1, 2))
      .add(0, udp_frame(1, 2));
  CHECK(run_all(source).packets() == 4);
}
