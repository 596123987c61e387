// RTP continuity, and voice or video by windows.
#include "flow/media_track.hpp"

#include "catch.hpp"

using namespace deadair;
using flow::MediaTrack;
using flow::Side;

namespace {

constexpr std::int64_t kMs = 1'000'000;

struct Sender {
  MediaTrack& track;
  Side side = Side::a;
  std::uint16_t sequence = 65530;  // wraps on the way

  void send(std::size_t size, std::uint8_t type, std::uint32_t ssrc, std::int64_t ts_ns) {
    proto::rtp::Header header;
    header.payload_type = type;
    header.ssrc = ssrc;
    header.sequence = sequence++;
    header.payload_size = size;
    track.update(side, header, ts_ns);
  }
};

}  // namespace

TEST_CASE("Small packets that go on are voice") {
  MediaTrack track;
  Sender sender{track};
  for (int i = 0; i < 200; ++i) sender.send(160, 0, 7, i * 20 * kMs);
  CHECK(track.flowing());
  CHECK(track.kinds() == flow::media_kind::kVoice);
}

TEST_CASE("Large packets are video, with voice beside them when it has a type of its own") {
  MediaTrack video;
  Sender sender{video};
  for (int i = 0; i < 100; ++i) sender.send(900, 97, 7, i * 30 * kMs);
  CHECK(video.kinds() == flow::media_kind::kVideo);

  MediaTrack both;
  Sender picture{both};
  Sender sound{both, Side::a, 100};
  for (int i = 0; i < 100; ++i) {
    picture.send(900, 97, 7, i * 30 * kMs);
    picture.send(900, 97, 7, i * 30 * kMs);
    sound.send(120, 120, 8, i * 30 * kMs);
  }
  CHECK(both.kinds() == (flow::media_kind::kVideo | flow::media_kind::kVoice));
}

TEST_CASE("A camera switched on later adds video to voice") {
  MediaTrack track;
  Sender sender{track};
  for (int i = 0; i < 200; ++i) sender.send(100, 120, 7, i * 20 * kMs);
  CHECK(track.kinds() == flow::media_kind::kVoice);
  for (int i = 200; i < 500; ++i) sender.send(1000, 97, 7, i * 20 * kMs);
  CHECK(track.kinds() == (flow::media_kind::kVideo | flow::media_kind::kVoice));
}

TEST_CASE("Too few packets leave the kind undecided") {
  MediaTrack track;
  Sender sender{track};
  for (int i = 0; i < 4; ++i) sender.send(160, 0, 7, i * 20 * kMs);
  CHECK(track.flowing());
  CHECK(track.kinds() == flow::media_kind::kUndecided);
}

TEST_CASE("Packets that continue nothing are not RTP") {
  MediaTrack track;
  Sender sender{track};
  for (std::uint32_t i = 0; i < 100; ++i) {
    sender.sequence = static_cast<std::uint16_t>(i * 7919);
    sender.send(160, 0, i * 2654435761U, i * 20 * kMs);
  }
  CHECK_FALSE(track.flowing());
  CHECK(track.kinds() == 0);
}
