// Putting the first bytes of a stream in order.
#include "flow/stream_head.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"

using deadair::ByteView;
using deadair::flow::StreamHead;

TEST_CASE("Segments in order join") {
  StreamHead head;
  CHECK(head.add(0, ByteView::of("abc")));
  CHECK(head.add(3, ByteView::of("def")));
  CHECK(head.contiguous().text() == "abcdef");
}

TEST_CASE("A segment beyond a gap waits for it") {
  StreamHead head;
  CHECK_FALSE(head.add(6, ByteView::of("ghi")));
  CHECK(head.contiguous().empty());
  CHECK_FALSE(head.add(3, ByteView::of("def")));
  CHECK(head.add(0, ByteView::of("abc")));
  CHECK(head.contiguous().text() == "abcdefghi");
}

TEST_CASE("The first copy of a byte wins") {
  StreamHead head;
  CHECK(head.add(0, ByteView::of("abcd")));
  CHECK(head.add(2, ByteView::of("XYef")));
  CHECK(head.contiguous().text() == "abcdef");
  CHECK_FALSE(head.add(0, ByteView::of("zzzz")));
  CHECK(head.contiguous().text() == "abcdef");
}

TEST_CASE("What lies beyond the bound is ignored") {
  StreamHead head;
  CHECK_FALSE(head.add(StreamHead::kMost, ByteView::of("x")));
  CHECK_FALSE(head.add(0xffff'ff00, ByteView::of("before the start")));
  const std::string large(StreamHead::kMost + 100, 'x');
  CHECK(head.add(0, ByteView::of(large)));
  CHECK(head.contiguous().size() == StreamHead::kMost);
  CHECK(head.full());
}

TEST_CASE("Any order of eight segments gives the same head") {
  const std::string text = "It came and went, on certain days and hours.";
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < text.size(); at += 6) starts.push_back(at);
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(starts.begin(), starts.end(), random);
    StreamHead head;
    for (const std::size_t at : starts)
      head.add(static_cast<std::uint32_t>(at), ByteView::of(std::string_view(text).substr(at, 6)));
    CHECK(head.contiguous().text() == text);
  }
}
