// Streams of a flow, proof that RTP flows, and what all of them carry.
#include "flow/media_track.hpp"

#include <array>
#include <vector>

#include "catch.hpp"
#include "unit/flow/rtp_sender.hpp"

using namespace deadair;
using flow::MediaTrack;
using flow::Side;
using flow::media_kind::kUndecided;
using flow::media_kind::kVideo;
using flow::media_kind::kVoice;
using test::RtpSender;

namespace {

bool send(MediaTrack& track, Side side, const flow::RtpArrival& packet) {
  proto::rtp::Header header;
  header.ssrc = packet.ssrc;
  header.timestamp = packet.timestamp;
  header.sequence = packet.sequence;
  header.payload_size = packet.size;
  header.payload_type = packet.payload_type;
  return track.update(side, header, packet.ts_ns);
}

std::vector<MediaTrack::Stream> streams_of(const MediaTrack& track) {
  std::vector<MediaTrack::Stream> streams;
  track.streams(streams);
  return streams;
}

RtpSender voice_sender(std::uint32_t ssrc) { return {.ssrc = ssrc, .type = 120, .clock = 16000}; }
RtpSender video_sender(std::uint32_t ssrc) { return {.ssrc = ssrc, .type = 97, .clock = 90000}; }

// 20 ms of a call with its camera on.
void both(MediaTrack& track, RtpSender& sound, RtpSender& picture, int packets = 2) {
  send(track, Side::a, sound.packet(110, 20));
  for (int i = 0; i < packets; ++i) send(track, Side::a, picture.packet(950, 0));
  picture.pass(20);
}

}  // namespace

TEST_CASE("Small packets that go on are voice") {
  MediaTrack track;
  RtpSender sound = voice_sender(7);
  int proofs = 0;
  for (int i = 0; i < 200; ++i) proofs += send(track, Side::a, sound.packet(160, 20)) ? 1 : 0;
  CHECK(proofs == 1);
  CHECK(track.flowing());
  CHECK(track.kinds() == kVoice);
  CHECK(streams_of(track).size() == 1);
}

TEST_CASE("Only the first proof of a flow is told") {
  MediaTrack track;
  RtpSender up = voice_sender(7);
  RtpSender down = voice_sender(8);
  int proofs = 0;
  for (int i = 0; i < 50; ++i) {
    proofs += send(track, Side::a, up.packet(160, 20)) ? 1 : 0;
    proofs += send(track, Side::b, down.packet(160, 20)) ? 1 : 0;
  }
  CHECK(proofs == 1);
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 2);
  CHECK(streams[0].from == Side::a);
  CHECK(streams[0].facts.ssrc == 7);
  CHECK(streams[1].from == Side::b);
  CHECK(streams[1].facts.packets == 50);
}

TEST_CASE("Sound and picture side by side are both") {
  MediaTrack track;
  RtpSender sound = voice_sender(7);
  RtpSender picture = video_sender(8);
  for (int i = 0; i < 300; ++i) both(track, sound, picture);
  CHECK(track.kinds() == (kVoice | kVideo));
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 2);
  for (const auto& [from, facts] : streams) {
    CHECK(facts.kinds == (facts.ssrc == 7 ? kVoice : kVideo));
    CHECK(facts.packets == (facts.ssrc == 7 ? 300 : 600));
    CHECK(facts.lost == 0);
  }
}

TEST_CASE("Streams that alternate from the first packet on are found") {
  MediaTrack track;
  RtpSender sound = voice_sender(7);
  RtpSender picture = video_sender(8);
  for (int i = 0; i < 300; ++i) both(track, sound, picture, 1);
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 2);
  for (const auto& [from, facts] : streams) {
    CHECK(facts.packets == 300);
    CHECK(facts.lost == 0);
  }
}

TEST_CASE("Three streams in turns from the first packet on are found") {
  MediaTrack track;
  std::array<RtpSender, 3> senders = {voice_sender(7), video_sender(8), voice_sender(9)};
  for (int i = 0; i < 300; ++i)
    for (RtpSender& sender : senders) send(track, Side::a, sender.packet(110, 20));
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 3);
  for (const auto& [from, facts] : streams) {
    CHECK(facts.packets == 300);
    CHECK(facts.lost == 0);
  }
}

TEST_CASE("A camera switched on later adds video, and off again takes nothing away") {
  MediaTrack track;
  RtpSender sound = voice_sender(7);
  for (int i = 0; i < 300; ++i) send(track, Side::a, sound.packet(100, 20));
  CHECK(track.kinds() == kVoice);
  RtpSender picture = video_sender(8);
  picture.now_ns = sound.now_ns;
  for (int i = 0; i < 300; ++i) both(track, sound, picture);
  CHECK(track.kinds() == (kVoice | kVideo));
  for (int i = 0; i < 500; ++i) send(track, Side::a, sound.packet(100, 20));
  CHECK(track.kinds() == (kVoice | kVideo));
  for (const auto& [from, facts] : streams_of(track)) CHECK(facts.lost == 0);
}

TEST_CASE("A stream that takes over is followed at once") {
  MediaTrack track;
  RtpSender first = voice_sender(7);
  for (int i = 0; i < 300; ++i) send(track, Side::a, first.packet(100, 20));
  RtpSender second = voice_sender(9);
  second.now_ns = first.now_ns;
  for (int i = 0; i < 200; ++i) send(track, Side::a, second.packet(100, 20));
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 2);
  CHECK(streams[0].facts.ssrc == 7);
  CHECK(streams[0].facts.packets == 300);
  CHECK(streams[1].facts.ssrc == 9);
  CHECK(streams[1].facts.packets == 200);
}

TEST_CASE("No more than eight streams are kept, and the full ones stay") {
  MediaTrack track;
  RtpSender sound = voice_sender(1000);
  for (int i = 0; i < 300; ++i) send(track, Side::a, sound.packet(100, 20));
  for (std::uint32_t ssrc = 1; ssrc <= 100; ++ssrc) {
    RtpSender other = voice_sender(ssrc);
    other.now_ns = sound.now_ns;
    for (int i = 0; i < 10; ++i) {
      send(track, Side::a, other.packet(100, 20));
      send(track, Side::a, sound.packet(100, 20));
    }
  }
  const auto streams = streams_of(track);
  CHECK(streams.size() <= MediaTrack::kMostStreams);
  CHECK(streams[0].facts.ssrc == 1000);
  CHECK(streams[0].facts.packets == 1300);
}

TEST_CASE("Too few packets leave the kind undecided") {
  MediaTrack track;
  RtpSender sound = voice_sender(7);
  for (int i = 0; i < 4; ++i) send(track, Side::a, sound.packet(160, 20));
  CHECK(track.flowing());
  CHECK(track.kinds() == kUndecided);
}

TEST_CASE("Packets that continue nothing are not RTP") {
  MediaTrack track;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    RtpSender noise{.ssrc = i * 2654435761U, .sequence = static_cast<std::uint16_t>(i * 7919)};
    CHECK_FALSE(send(track, Side::a, noise.packet(160, 20)));
  }
  CHECK_FALSE(track.flowing());
  CHECK(track.kinds() == 0);
  CHECK(streams_of(track).empty());
}

TEST_CASE("A stream whose SSRC is zero is a stream") {
  MediaTrack track;
  RtpSender sound{.ssrc = 0, .type = 0, .clock = 8000, .sequence = 1};
  for (int i = 0; i < 100; ++i) send(track, Side::b, sound.packet(160, 20));
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 1);
  CHECK(streams[0].facts.packets == 100);
  CHECK(streams[0].facts.kbps == Approx(64).epsilon(0.02));
  CHECK(track.kinds() == kVoice);
}

TEST_CASE("Retransmissions are told from what they repair, each way by itself") {
  MediaTrack track;
  RtpSender picture = video_sender(8);
  RtpSender sound = voice_sender(7);
  RtpSender back = voice_sender(9);
  RtpSender again{.ssrc = 10, .type = 98, .sequence = 100};
  for (int i = 0; i < 300; ++i) {
    both(track, sound, picture);
    send(track, Side::b, back.packet(110, 20));
    if (i % 20 != 10) continue;
    flow::RtpArrival packet = again.packet(950, 0);
    packet.ts_ns = picture.now_ns;
    packet.timestamp = picture.timestamp - 9000;
    send(track, Side::a, packet);
    packet = again.packet(950, 0);
    packet.ts_ns = picture.now_ns;
    packet.timestamp = picture.timestamp - 9000;
    send(track, Side::a, packet);
  }
  const auto streams = streams_of(track);
  REQUIRE(streams.size() == 4);
  for (const auto& [from, facts] : streams) CHECK(facts.repair == (facts.ssrc == 10));
}

TEST_CASE("The pace of media without RTP is told for each side") {
  MediaTrack track;
  CHECK(track.opaque(Side::a).packets == 0);
  for (int i = 0; i < 100; ++i) track.update_opaque(Side::b, 80, 0, i * 20 * test::kMs);
  CHECK(track.opaque(Side::a).packets == 0);
  CHECK(track.opaque(Side::b).packets == 100);
  CHECK(track.opaque(Side::b).lively);
  CHECK(track.opaque(Side::b).last_ns == 99 * 20 * test::kMs);
}

TEST_CASE("Media without RTP flows and has a kind, too") {
  MediaTrack track;
  for (int i = 0; i < 100; ++i) track.update_opaque(Side::b, 80, 0, i * 20 * test::kMs);
  CHECK(track.flowing());
  CHECK(track.kinds() == kVoice);
  for (int i = 100; i < 200; ++i) track.update_opaque(Side::b, 800, kVideo, i * 20 * test::kMs);
  CHECK(track.kinds() == (kVoice | kVideo));

  MediaTrack middling;
  for (int i = 0; i < 100; ++i) middling.update_opaque(Side::b, 350, 0, i * 20 * test::kMs);
  CHECK(middling.kinds() == kUndecided);
}
