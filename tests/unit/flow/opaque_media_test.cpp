// Kind of media whose headers cannot be read.
#include "flow/opaque_media.hpp"

#include "catch.hpp"

using deadair::flow::OpaqueMedia;
using deadair::flow::media_kind::kVideo;
using deadair::flow::media_kind::kVoice;

namespace {

constexpr std::int64_t kMs = 1'000'000;

std::uint8_t kinds_of(int count, std::int64_t gap_ms, std::size_t size, std::uint8_t kind) {
  OpaqueMedia media;
  for (int i = 0; i < count; ++i) media.add(size, kind, i * gap_ms * kMs);
  return media.kinds();
}

}  // namespace

TEST_CASE("What the framing says is believed, once there is enough of it") {
  CHECK(kinds_of(100, 20, 1000, kVoice) == kVoice);
  CHECK(kinds_of(100, 20, 50, kVideo) == kVideo);
  CHECK(kinds_of(4, 20, 50, kVideo) == 0);
  CHECK(kinds_of(100, 1000, 50, kVideo) == 0);
}

TEST_CASE("Sizes tell video from voice where the framing does not") {
  CHECK(kinds_of(100, 20, 120, 0) == kVoice);
  CHECK(kinds_of(100, 20, 1000, 0) == kVideo);
  CHECK(kinds_of(100, 20, 350, 0) == 0);
  CHECK(kinds_of(100, 200, 120, 0) == 0);
}

TEST_CASE("A picture's packets among small ones are video, and the small ones then say nothing") {
  OpaqueMedia media;
  for (int i = 0; i < 400; ++i) media.add(i % 8 == 0 ? 1112 : 91, 0, i * 12 * kMs);
  CHECK(media.kinds() == kVideo);
}

TEST_CASE("Media flows from the fourth packet on") {
  OpaqueMedia media;
  for (int i = 0; i < 3; ++i) media.add(100, 0, i * kMs);
  CHECK_FALSE(media.flowing());
  media.add(100, 0, 3 * kMs);
  CHECK(media.flowing());
}

TEST_CASE("A camera switched on later is seen beside the voice") {
  OpaqueMedia media;
  for (int i = 0; i < 300; ++i) media.add(100, 0, i * 20 * kMs);
  REQUIRE(media.kinds() == kVoice);
  for (int i = 300; i < 900; ++i) media.add(1000, 0, i * 20 * kMs);
  CHECK(media.kinds() == (kVoice | kVideo));
}
