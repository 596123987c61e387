// Streams that repair others, and such as only look alike.
#include "flow/rtp_repair.hpp"

#include "catch.hpp"

using deadair::flow::repairs;
using deadair::flow::RtpFacts;
namespace media_kind = deadair::flow::media_kind;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// A stream from `first_s` to `last_s` whose clock stood at `origin` when time began.
RtpFacts stream(std::uint32_t ssrc, std::uint8_t type, std::uint64_t packets, std::int64_t first_s,
                std::int64_t last_s, std::uint32_t origin, std::uint32_t clock = 90000) {
  RtpFacts facts;
  facts.ssrc = ssrc;
  facts.payload_type = type;
  facts.packets = packets;
  facts.clock = clock;
  facts.kinds = media_kind::kVideo;
  facts.first_ns = first_s * kSecond;
  facts.last_ns = last_s * kSecond;
  facts.first_timestamp = origin + static_cast<std::uint32_t>(first_s) * clock;
  facts.last_timestamp = origin + static_cast<std::uint32_t>(last_s) * clock;
  return facts;
}

const RtpFacts kPicture = stream(1, 96, 3000, 10, 70, 0xfff0'0000);

}  // namespace

TEST_CASE("Few packets of another type, stamped like the pictures, repair them") {
  RtpFacts again = stream(2, 97, 60, 20, 65, 0xfff0'0000);
  again.first_timestamp -= 9000;  // they come later than the first time
  again.last_timestamp -= 30000;
  CHECK(repairs(again, kPicture));
  CHECK_FALSE(repairs(kPicture, again));

  SECTION("though too short to know their clock") {
    again.clock = 0;
    CHECK(repairs(again, kPicture));
  }
  SECTION("or stamped with nothing before there was a picture") {
    again.first_timestamp = 0;
    again.first_ns = kPicture.first_ns - kSecond / 100;
    CHECK(repairs(again, kPicture));
    again.packets = 400;
    CHECK_FALSE(repairs(again, kPicture));
  }
  SECTION("but not when as many as half") {
    again.packets = 1500;
    CHECK_FALSE(repairs(again, kPicture));
  }
  SECTION("and not in the same type, for that is a second picture") {
    again.payload_type = 96;
    CHECK_FALSE(repairs(again, kPicture));
  }
  SECTION("nor when its last packet is far from what the pictures had come to") {
    again.last_timestamp -= 4 * 90000;
    CHECK_FALSE(repairs(again, kPicture));
  }
}

TEST_CASE("Sound beside pictures has a count of its own") {
  CHECK_FALSE(repairs(stream(2, 111, 500, 10, 70, 0x1234'5678, 48000), kPicture));
  // Both counts begin at the same number, but run at different clocks.
  CHECK_FALSE(repairs(stream(2, 111, 500, 10, 70, 0xfff0'0000, 48000), kPicture));
}

TEST_CASE("Padding with an SSRC of zero repairs whatever is beside it") {
  RtpFacts padding = stream(0, 97, 60, 10, 11, 0x1234'5678);
  padding.kinds = 0;
  CHECK(repairs(padding, kPicture));
  padding.kinds = media_kind::kVoice;
  CHECK_FALSE(repairs(padding, kPicture));
}
