// Few and many ended flows come out as a comparison sort would put them.
#include "pipeline/end_order.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <tuple>

#include "catch.hpp"
#include "wire/raw_packet.hpp"

using namespace deadair;

namespace {

struct Ended {
  std::int64_t end_ns = 0;
  wire::FrameRef frame_first;
  std::uint32_t index = 0;
};

// `span_ns`: how far the ends lie apart; few of them when it is small.
void check_order(std::size_t count, std::int64_t from_ns, std::int64_t span_ns) {
  std::mt19937_64 random(count);
  std::vector<Ended> ended, scratch;
  for (std::uint32_t i = 0; i < count; ++i)
    ended.push_back(
        {from_ns + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span_ns)),
         {0, random() % 100'000 + 1},
         i});
  std::vector<Ended> expected = ended;
  const auto key = [](const Ended& each) { return std::tuple(each.end_ns, each.frame_first); };
  std::ranges::stable_sort(expected, {}, key);
  pipeline::order_by_end(ended, scratch);
  REQUIRE(ended.size() == count);
  CHECK(std::ranges::equal(ended, expected, {}, key, key));
}

}  // namespace

TEST_CASE("Flows leave by their ends, those of one moment by their first packets") {
  constexpr std::int64_t kTick = 250'000'000, kDay = 86'400'000'000'000;
  for (const std::size_t count : {0U, 1U, 2U, 255U, 256U, 5000U}) {
    check_order(count, 1'700'000'000'000'000'000, kTick);
    check_order(count, 0, kDay);
    check_order(count, -kDay, 3);
    check_order(count, -kDay, 2 * kDay);
  }
}

TEST_CASE("The earliest and the latest time there is are put in order") {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(),
                         kMost = std::numeric_limits<std::int64_t>::max();
  std::vector<Ended> ended(300), scratch;
  for (std::uint32_t i = 0; i < ended.size(); ++i)
    ended[i] = {i % 2 == 0 ? kMost : kLeast, {0, i + 1}, i};
  pipeline::order_by_end(ended, scratch);
  CHECK(ended.front().end_ns == kLeast);
  CHECK(ended[149].end_ns == kLeast);
  CHECK(ended[150].end_ns == kMost);
  CHECK(ended.back().end_ns == kMost);
}
