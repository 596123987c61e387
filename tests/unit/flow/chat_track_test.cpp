// What a text flow said around a time.
#include "flow/chat_track.hpp"

#include <array>

#include "catch.hpp"

using namespace deadair;
using flow::ChatBucket;
using flow::ChatCounts;
using flow::ChatTrack;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;
constexpr std::int64_t kDay = 1'763'769'600 * kSecond;  // begins a bucket

// The client says something and the server answers after `delay_ns`.
void exchange(ChatTrack& track, std::int64_t ts_ns, std::int64_t delay_ns) {
  track.add(true, 100, ts_ns);
  track.add(false, 100, ts_ns + delay_ns);
}

}  // namespace

TEST_CASE("Messages, replies and the fastest reply of a stretch") {
  ChatTrack track;
  exchange(track, kDay + 1 * kSecond, 80 * kMs);
  exchange(track, kDay + 15 * kSecond, 50 * kMs);
  track.add(false, 100, kDay + 16 * kSecond);  // unasked
  exchange(track, kDay + 35 * kSecond, 70 * kMs);
  const ChatCounts all = track.around(kDay, kDay + 60 * kSecond);
  CHECK(all.up == 3);
  CHECK(all.down == 4);
  CHECK(all.replies == 3);
  CHECK(all.rtt_ms == Approx(50));
  const ChatCounts last = track.around(kDay + 30 * kSecond, kDay + 39 * kSecond);
  CHECK(last.up == 1);
  CHECK(last.down == 1);
  CHECK(last.rtt_ms == Approx(70));
  const ChatCounts none = track.around(kDay + 20 * kSecond, kDay + 29 * kSecond);
  CHECK(none.up + none.down + none.replies == 0);
  CHECK(none.rtt_ms < 0);
}

TEST_CASE("A reply comes within 5 s, and once") {
  ChatTrack track;
  exchange(track, kDay, 5 * kSecond + 1);
  CHECK(track.around(kDay, kDay).replies == 0);
  exchange(track, kDay + 6 * kSecond, 2 * kSecond);
  track.add(false, 100, kDay + 9 * kSecond);
  CHECK(track.around(kDay, kDay).replies == 1);
  CHECK(track.around(kDay, kDay).rtt_ms == Approx(2000));
}

TEST_CASE("Of several requests the last before the reply counts") {
  ChatTrack track;
  track.add(true, 100, kDay);
  track.add(true, 100, kDay + kSecond);
  track.add(false, 100, kDay + kSecond + 30 * kMs);
  CHECK(track.around(kDay, kDay).replies == 1);
  CHECK(track.around(kDay, kDay).rtt_ms == Approx(30));
}

TEST_CASE("Keep-alive probes say nothing") {
  ChatTrack track;
  for (int i = 0; i < 5; ++i) track.add(true, static_cast<std::size_t>(i % 2), kDay + i * kSecond);
  CHECK(track.around(kDay, kDay).up == 0);
  CHECK_FALSE(track.burst_before(kDay + 5 * kSecond));
}

TEST_CASE("The ring reaches back 640 s and forgets what lies before") {
  ChatTrack track;
  track.add(true, 100, kDay);
  track.add(true, 100, kDay + 630 * kSecond);
  CHECK(track.around(kDay, kDay + 630 * kSecond).up == 2);
  track.add(true, 100, kDay + 640 * kSecond);
  CHECK(track.around(kDay, kDay + 640 * kSecond).up == 2);
  track.add(true, 100, kDay + 630 * kSecond);  // a little late
  CHECK(track.around(kDay, kDay + 640 * kSecond).up == 3);
  track.add(true, 100, kDay);  // too late
  CHECK(track.around(kDay, kDay + 640 * kSecond).up == 3);
  track.add(false, 100, kDay + 100'000 * kSecond);
  CHECK(track.around(kDay, kDay + 200'000 * kSecond).up == 0);
  CHECK(track.around(kDay, kDay + 200'000 * kSecond).down == 1);
}

TEST_CASE("Counts stop at their limit") {
  ChatTrack track;
  for (int i = 0; i < 70'000; ++i) track.add(true, 100, kDay + i);
  CHECK(track.around(kDay, kDay).up == 65535);
}

TEST_CASE("Times before 1970 have buckets too") {
  ChatTrack track;
  exchange(track, -15 * kSecond, 10 * kMs);
  exchange(track, -5 * kSecond, 10 * kMs);
  CHECK(track.around(-20 * kSecond, -11 * kSecond).up == 1);
  CHECK(track.around(-10 * kSecond, -1).up == 1);
  CHECK(track.around(-20 * kSecond, 0).up == 2);
}

TEST_CASE("A burst is three packets in the 10 s before") {
  ChatTrack track;
  track.add(true, 100, kDay + 1 * kSecond);
  track.add(true, 100, kDay + 2 * kSecond);
  CHECK_FALSE(track.burst_before(kDay + 3 * kSecond));
  track.add(false, 100, kDay + 8 * kSecond);
  CHECK(track.burst_before(kDay + 8 * kSecond));
  CHECK(track.burst_before(kDay + 11 * kSecond));
  CHECK_FALSE(track.burst_before(kDay + 11 * kSecond + 1));
  CHECK_FALSE(track.burst_before(kDay + 5 * kSecond));  // the third came later
}

TEST_CASE("A burst of long ago is told by buckets") {
  ChatTrack track;
  for (int i = 0; i < 3; ++i) track.add(true, 100, kDay + i * kSecond);
  for (int i = 0; i < 20; ++i) track.add(true, 100, kDay + 60 * kSecond + i * kSecond);
  CHECK(track.burst_before(kDay + 5 * kSecond));
  CHECK_FALSE(track.burst_before(kDay + 45 * kSecond));
}

TEST_CASE("The newest buckets that are not empty can be kept") {
  ChatTrack track;
  std::array<ChatBucket, 2> buckets;
  std::array<std::int32_t, 2> numbers{};
  CHECK(track.newest(buckets, numbers) == 0);
  for (const int s : {0, 100, 200}) exchange(track, kDay + s * kSecond, s * kMs + kMs);
  REQUIRE(track.newest(buckets, numbers) == 2);
  CHECK(numbers[0] == ChatBucket::number_of(kDay + 200 * kSecond));
  CHECK(numbers[1] == ChatBucket::number_of(kDay + 100 * kSecond));
  CHECK(buckets[1].counts().rtt_ms == Approx(101));
}
