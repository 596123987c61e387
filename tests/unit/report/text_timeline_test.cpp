// The phases of a call in words, for every way in which some of its times are missing.
#include "report/text_timeline.hpp"

#include <array>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

TEST_CASE("set-up and ring last until the first media") {
  Call call = good_call(1, "viber");
  CHECK(timeline(call) == "set-up 2.0 s > ring 6.0 s > talk 3m 04s > end 20:19:52");
  call.ring_ns.reset();
  CHECK(timeline(call) == "set-up 8.0 s > talk 3m 04s > end 20:19:52");
  call.ring_ns = 8 * kSecond;
  CHECK(timeline(call) == "ring 8.0 s > talk 3m 04s > end 20:19:52");
  call.ring_ns = 9 * kSecond;
  CHECK(timeline(call) == "ring 8.0 s > talk 3m 04s > end 20:19:52");
}

TEST_CASE("a ring tone of the callee's side is not talk yet") {
  const std::array<CallStretch, 2> stretches = {
      {{media::kVoice, false, kEvening + 3 * kSecond, kEvening + 192 * kSecond},
       {media::kVoice, true, kEvening + 8 * kSecond, kEvening + 192 * kSecond}}};
  Call call = good_call(1, "sip");
  call.ts_media_ns = kEvening + 3 * kSecond;
  call.setup_ns = 3 * kSecond;
  call.stretches = stretches;
  CHECK(timeline(call) == "set-up 2.0 s > ring 6.0 s > talk 3m 04s > end 20:19:52");
}

TEST_CASE("without media they last until the end") {
  Call call = plain_call(1, "viber");
  CHECK(timeline(call) == "set-up 15.0 s > end 20:16:55");
  call.ring_ns = 11 * kSecond;
  CHECK(timeline(call) == "set-up 4.0 s > ring 11.0 s > end 20:16:55");
  call.outcome = CallOutcome::cancelled;
  CHECK(timeline(call) == "set-up 4.0 s > ring 11.0 s > cancelled 20:16:55");
  call.ts_end_ns = call.ts_start_ns;
  call.ring_ns.reset();
  CHECK(timeline(call) == "set-up 0 ms > cancelled 20:16:40");
}

TEST_CASE("what the capture does not hold is not invented") {
  Call call = good_call(1, "viber");
  call.setup_ns.reset();
  call.running_on = true;
  CHECK(timeline(call) == "no set-up seen > talk 3m 04s > still up at 20:19:52");
  call.talk_ns.reset();
  CHECK(timeline(call) == "no set-up seen > media 3m 04s > still up at 20:19:52");
  call.up.packets = 0;
  CHECK(timeline(call) == "no set-up seen > media down only 3m 04s > still up at 20:19:52");
  call.setup_ns = kSecond;
  call.begun_before = true;
  CHECK(timeline(call).rfind("no set-up seen > ", 0) == 0);
}

TEST_CASE("the end says how it came") {
  Call call = good_call(1, "viber");
  call.outcome = CallOutcome::cut;
  CHECK(timeline(call).substr(40) == "> cut 20:19:52");
  call.outcome = CallOutcome::degraded;
  CHECK(timeline(call).substr(40) == "> end 20:19:52");
}

TEST_CASE("a camera that is on throughout is no change, one that goes on is") {
  const std::int64_t begin = kEvening + 8 * kSecond;
  const std::int64_t end = kEvening + 192 * kSecond;
  std::array<CallStretch, 3> stretches = {{{media::kVoice, true, begin, end},
                                           {media::kVideo, true, begin, end},
                                           {media::kVideo, false, begin + kSecond, end - kSecond}}};
  Call call = good_call(1, "viber");
  call.stretches = stretches;
  CHECK(media_changes(call).empty());
  stretches[1].from_ns = begin + 22 * kSecond;
  CHECK(media_changes(call) ==
        std::vector<std::string>{"video up from 20:17:10", "video down throughout"});
  stretches[2].to_ns = begin + 82 * kSecond;
  CHECK(media_changes(call) ==
        std::vector<std::string>{"video up from 20:17:10", "video down until 20:18:10"});
  stretches[1].to_ns = end - 60 * kSecond;
  CHECK(media_changes(call).front() == "video up 20:17:10 to 20:18:52");
}

TEST_CASE("many changes are counted") {
  std::vector<CallStretch> stretches;
  for (int i = 0; i < 6; ++i) {
    const std::int64_t from = kEvening + (20 + 20 * i) * kSecond;
    stretches.push_back({media::kVideo, true, from, from + 10 * kSecond});
  }
  Call call = good_call(1, "viber");
  call.stretches = stretches;
  CHECK(media_changes(call) ==
        std::vector<std::string>{"video up 20:17:00 to 20:17:10, 20:17:20 to 20:17:30, "
                                 "20:17:40 to 20:17:50, +3 more",
                                 "no media 20:17:10 to 20:17:20", "no media 20:17:30 to 20:17:40",
                                 "no media 20:17:50 to 20:18:00", "+2 more"});
}

TEST_CASE("a silence of one side alone is no pause") {
  const std::array<CallStretch, 3> stretches = {
      {{media::kVoice, true, kEvening + 8 * kSecond, kEvening + 60 * kSecond},
       {media::kVoice, true, kEvening + 90 * kSecond, kEvening + 192 * kSecond},
       {media::kVoice, false, kEvening + 8 * kSecond, kEvening + 192 * kSecond}}};
  Call call = good_call(1, "viber");
  call.stretches = stretches;
  CHECK(media_changes(call).empty());
  call.stretches = std::span(stretches).first(2);
  CHECK(media_changes(call) == std::vector<std::string>{"no media 20:17:40 to 20:18:10"});
}
