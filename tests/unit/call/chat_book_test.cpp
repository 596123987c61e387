// Text flows of a client and application around a call.
#include "call/chat_book.hpp"

#include <vector>

#include "catch.hpp"

using namespace deadair;
using call::ChatBook;
using call::ChatFlow;
using call::ChatSummary;
using flow::ChatTrack;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;
constexpr std::uint32_t kApp = 3;

const IpAddress kClient = IpAddress::v4(0x0a000002);
const IpAddress kOther = IpAddress::v4(0x0a000003);

void talk(ChatTrack& track, std::int64_t ts_ns, int times, std::int64_t delay_ns) {
  for (int i = 0; i < times; ++i) {
    track.add(true, 100, ts_ns + i * kSecond);
    track.add(false, 100, ts_ns + i * kSecond + delay_ns);
  }
}

}  // namespace

TEST_CASE("Flows of one client and application are added up") {
  ChatBook book(7);
  ChatTrack one, two, foreign;
  book.begin(kClient, kApp, one, 0);
  book.begin(kClient, kApp, two, 0);
  book.begin(kClient, kApp + 1, foreign, 0);
  book.begin(kOther, kApp, foreign, 0);
  talk(one, 10 * kSecond, 3, 40 * kMs);
  talk(two, 12 * kSecond, 2, 25 * kMs);
  talk(foreign, 12 * kSecond, 9, 5 * kMs);
  const ChatSummary summary = book.around(kClient, kApp, 0, 60 * kSecond);
  CHECK(summary.flows == 2);
  CHECK(summary.sent == 5);
  CHECK(summary.received == 5);
  CHECK(summary.replies == 5);
  CHECK(summary.rtt_ms == Approx(25));
  CHECK(book.around(kOther, kApp + 1, 0, 60 * kSecond).flows == 0);
}

TEST_CASE("A flow counts as alive from its beginning to its end") {
  ChatBook book(7);
  ChatTrack track;
  const ChatFlow flow = book.begin(kClient, kApp, track, 100 * kSecond);
  CHECK(book.around(kClient, kApp, 0, 99 * kSecond).flows == 0);
  CHECK(book.around(kClient, kApp, 500 * kSecond, 600 * kSecond).flows == 1);
  CHECK(book.around(kClient, kApp, 500 * kSecond, 600 * kSecond).rtt_ms < 0);
  book.end(flow, 300 * kSecond);
  CHECK(book.around(kClient, kApp, 500 * kSecond, 600 * kSecond).flows == 0);
  CHECK(book.around(kClient, kApp, 300 * kSecond, 600 * kSecond).flows == 1);
}

TEST_CASE("What an ended flow said is known for 30 minutes") {
  ChatBook book(7);
  {
    ChatTrack track;
    const ChatFlow flow = book.begin(kClient, kApp, track, 0);
    talk(track, 10 * kSecond, 4, 30 * kMs);
    talk(track, 100 * kSecond, 1, 20 * kMs);
    book.end(flow, 110 * kSecond);
    book.end(flow, 111 * kSecond);  // once is enough
  }
  const ChatSummary early = book.around(kClient, kApp, 0, 60 * kSecond);
  CHECK(early.sent == 4);
  CHECK(early.received == 4);
  CHECK(early.rtt_ms == Approx(30));
  CHECK(book.around(kClient, kApp, 0, 110 * kSecond).sent == 5);
  CHECK(book.burst_before(kClient, kApp, 15 * kSecond));
  CHECK_FALSE(book.burst_before(kClient, kApp, 60 * kSecond));
  ChatTrack later;
  book.begin(kOther, kApp, later, 1900 * kSecond);
  CHECK(book.held() == 2);
  book.begin(kOther, kApp, later, 1911 * kSecond);
  CHECK(book.held() == 2);  // the first one was forgotten
  CHECK(book.around(kClient, kApp, 0, 60 * kSecond).flows == 0);
}

TEST_CASE("A burst on any live flow counts") {
  ChatBook book(7);
  ChatTrack quiet, busy;
  book.begin(kClient, kApp, quiet, 0);
  book.begin(kClient, kApp, busy, 0);
  talk(busy, 10 * kSecond, 2, 10 * kMs);
  CHECK(book.burst_before(kClient, kApp, 12 * kSecond));
  CHECK_FALSE(book.burst_before(kClient, kApp, 30 * kSecond));
  CHECK_FALSE(book.burst_before(kOther, kApp, 12 * kSecond));
}

TEST_CASE("With no room left ended flows go first, then the oldest") {
  ChatBook book(7, 3);
  std::vector<ChatTrack> tracks(5);
  const ChatFlow first = book.begin(kClient, 0, tracks[0], 0);
  const ChatFlow second = book.begin(kClient, 1, tracks[1], 0);
  book.begin(kClient, 2, tracks[2], 0);
  book.end(second, kSecond);
  book.begin(kClient, 3, tracks[3], 2 * kSecond);
  CHECK(book.held() == 3);
  CHECK(book.around(kClient, 0, 0, kSecond).flows == 1);
  CHECK(book.around(kClient, 1, 0, kSecond).flows == 0);
  book.begin(kClient, 4, tracks[4], 3 * kSecond);
  CHECK(book.around(kClient, 0, 0, kSecond).flows == 0);
  CHECK(book.around(kClient, 2, 0, kSecond).flows == 1);
  book.end(first, 4 * kSecond);  // already gone: nothing happens
  CHECK(book.held() == 3);
}

TEST_CASE("Many flows of one client stay cheap to ask") {
  ChatBook book(7, 1024);
  ChatTrack track;
  talk(track, 10 * kSecond, 1, 10 * kMs);
  for (int i = 0; i < 5000; ++i) book.begin(kClient, kApp, track, 0);
  CHECK(book.held() == 1024);
  CHECK(book.around(kClient, kApp, 0, 60 * kSecond).flows == ChatBook::kMostFlows);
}

TEST_CASE("Seconds in which a server said something, of flows that live and that ended") {
  ChatBook book(7);
  ChatTrack track;
  const ChatFlow flow = book.begin(kClient, kApp, track, 0);
  talk(track, 23 * kSecond, 2, 40 * kMs);
  track.add(true, 100, 27 * kSecond);
  const auto heard = [&](std::int64_t from_s, std::int64_t to_s) {
    std::vector<std::int64_t> seconds;
    book.each_heard(kClient, kApp, from_s * kSecond, to_s * kSecond,
                    [&](std::int64_t ts_ns) { seconds.push_back(ts_ns / kSecond); });
    return seconds;
  };
  const std::vector<std::int64_t> said = {23, 24};
  CHECK(heard(20, 29) == said);
  CHECK(heard(30, 60).empty());
  book.end(flow, 60 * kSecond);
  CHECK(heard(15, 40) == said);
}
