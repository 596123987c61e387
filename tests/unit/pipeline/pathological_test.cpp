// Input made to cost much: what it gives is checked here, and that it ends at all; ctest's time
// limit is the guard.
#include <limits>

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

// Flows reported by a run over the source.
std::uint64_t flows_of(FakeSource& source, const pipeline::RunOptions& options) {
  CountingSink sink;
  pipeline::run(source, options, sink, [](const pipeline::Progress&) { return true; });
  return sink.flows;
}

void add_flows(FakeSource& source, std::uint32_t count, std::int64_t ts_ns) {
  for (std::uint32_t i = 0; i < count; ++i)
    source.add(ts_ns, udp_frame(i & 0xffff, 9, 0, 0x0b00'0000 + (i >> 16)));
}

}  // namespace

TEST_CASE("Steps of a nanosecond make one flow, steps of a year one each") {
  FakeSource tiny, huge;
  for (int i = 0; i < 30'000; ++i) tiny.add(i, udp_frame(1, 2));
  for (std::int64_t i = 0; i < 30'000; ++i) huge.add(i * 100'000 * kSecond, udp_frame(1, 2));
  CHECK(flows_of(tiny, without_witness()) == 1);
  CHECK(flows_of(huge, without_witness()) == 30'000);
}

TEST_CASE("A clock that steps back again and again ends all flows once") {
  FakeSource source;
  add_flows(source, 300'000, 0);
  for (int i = 1; i <= 20'000; ++i) source.add(-i * 6 * kSecond, udp_frame(1, 2));
  CHECK(flows_of(source, without_witness()) == 320'000);
}

TEST_CASE("Evicting from a table of flows of one moment goes on while time does") {
  pipeline::RunOptions options = without_witness();
  options.max_flows = 200'000;
  options.timeouts.udp_s = 1e4;
  FakeSource source;
  add_flows(source, 200'000, 0);
  for (std::int64_t i = 1; i < 2000; ++i)
    source.add(kSecond + i * 300 * kMs, udp_frame(static_cast<unsigned>(i), 10));
  CHECK(flows_of(source, options) == 201'999);
}

TEST_CASE("A packet at either end of time breaks nothing") {
  FakeSource source;
  source.add(std::numeric_limits<std::int64_t>::max(), udp_frame(1, 2))
      .add(std::numeric_limits<std::int64_t>::min(), udp_frame(1, 2))
      .add(std::numeric_limits<std::int64_t>::max(), udp_frame(1, 2))
      .add(0, udp_frame(1, 2));
  CHECK(run_all(source).packets() == 4);
}
