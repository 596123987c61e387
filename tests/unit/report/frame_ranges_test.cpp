// Runs of frames, those of other inputs, and how a full line ends.
#include "report/frame_ranges.hpp"

#include <vector>

#include "catch.hpp"
#include "fixtures.hpp"
#include "report/utf8.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

namespace {

std::string text_of(const std::vector<Frame>& frames, std::size_t width = 80) {
  const Names names;
  return frame_ranges(frames, 0, names, width);
}

}  // namespace

TEST_CASE("neighbours are joined, in one input only") {
  CHECK(text_of({}).empty());
  CHECK(text_of({{0, 7}}) == "frame 7");
  CHECK(text_of({{0, 7}, {0, 8}}) == "frames 7-8");
  CHECK(text_of({{0, 7}, {0, 9}, {0, 10}, {0, 11}}) == "frames 7, 9-11");
  CHECK(text_of({{0, 7}, {1, 8}, {1, 9}}) == "frames 7, 8-9 of b.pcap");
  CHECK(text_of({{1, 8}}) == "frame 8 of b.pcap");
}

TEST_CASE("what does not fit is counted, in frames, but one run is always there") {
  std::vector<Frame> frames;
  for (std::uint64_t i = 1; i <= 1000; ++i) frames.push_back({0, 10 * i});
  const std::string text = text_of(frames, 50);
  CHECK(text == "frames 10, 20, 30, 40, 50, 60 and 994 more");
  CHECK(display_width(text) <= 50);
  CHECK(text_of(frames, 1) == "frames 10 and 999 more");
  CHECK(text_of({{0, 7}, {0, 9}}, 12) == "frames 7, 9");
}
