// The table of calls on the page: what a reader sees of each outcome, and that it stays bounded.
#include "report/text_calls.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "fixtures.hpp"
#include "pages.hpp"
#include "report/text_sink.hpp"
#include "report/utf8.hpp"

using namespace deadair;
using namespace deadair::report;
using namespace deadair::report::test;

namespace {

// The page of a run with these calls, one chat flow and one input of an hour.
std::string page_of(const std::vector<Call>& calls, const TextOptions& options = {}) {
  const Names names;
  Recorded file;
  TextSink sink(names, file.output(), options);
  sink.flow(known_flow("whatsapp", Service::text, 1200));
  for (const Call& call : calls) sink.call(call);
  Capture capture;
  capture.packets = 9;
  capture.span_ns = {kEvening, kEvening + 3600 * kSecond};
  sink.capture(capture);
  Summary summary;
  summary.flows = 1;
  sink.finish(summary);
  return file.text();
}

// The lines from the titles of the calls on, up to the empty line after them.
Lines table_of(const std::vector<Call>& calls, const TextOptions& options = {}) {
  const Lines lines = lines_of(page_of(calls, options));
  const auto begin = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.rfind("call  start", 0) == 0;
  });
  return {begin, std::find(begin, lines.end(), "")};
}

}  // namespace

TEST_CASE("a run without calls has no table of them, one with calls shows it before the flows") {
  CHECK(page_of({}).find("call  start") == std::string::npos);
  const std::string page = page_of({good_call(1, "facebook")});
  CHECK(page.find("flows, bytes") < page.find("call  start"));
  CHECK(page.find("call  start") < page.find("app       service"));
  CHECK(page.find("1 call:") == std::string::npos);
  CHECK(page_of({good_call(1, "facebook")}, {0, false, true}).rfind("call  start", 0) == 0);
}

TEST_CASE("a call that connected reads well") {
  const std::array relays = {kSilentRelay, kRelay};
  const std::array peers = {kPeer};
  Call call = good_call(2, "facebook");
  call.relays = relays;
  call.peers = peers;
  call.reason = "media both ways";
  const Lines lines = table_of({call});
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] ==
        "call  start     app       media  to media    talk  loss up/down  ~MOS up/down  outcome");
  CHECK(lines[1] == "      course (UTC)   why   from \u2192 to");
  CHECK(lines[2] ==
        "   2  20:16:40  facebook  voice     8.0 s  3m 04s    0.2 / 12 %     4.2 / 2.9  connected");
  CHECK(lines[3] ==
        "      set-up 2.0 s > ring 6.0 s > talk 3m 04s > end 20:19:52   media both ways");
  CHECK(lines[4] ==
        "      192.168.1.20:51518 \u2192 relay 31.13.86.48:3478 and 1 more, "
        "peer 198.51.100.65:9344");
}

TEST_CASE("a call that failed tells of the chat beside it, one that was not answered does not") {
  const std::array relays = {kSilentRelay};
  Call call = plain_call(1, "whatsapp");
  call.outcome = CallOutcome::setup_failed;
  call.relays = relays;
  call.reason = "the relay never answered";
  call.chat_flows = 2;
  call.chat_sent = 31;
  call.chat_received = 28;
  call.chat_rtt_ms = 42;
  const Lines lines = table_of({call});
  REQUIRE(lines.size() == 6);
  CHECK(lines[2] ==
        "   1  20:16:40  whatsapp  -             -       -             -             -  "
        "set-up failed");
  CHECK(lines[3] == "      set-up 15.0 s > end 20:16:55   the relay never answered");
  CHECK(lines[4] == "      192.168.1.20:51518 \u2192 relay 31.13.86.49:3478");
  CHECK(lines[5] ==
        "      chat beside it: 2 flows, 31 packets with data sent, 28 received, RTT 42.0 ms");
  call.outcome = CallOutcome::no_answer;
  CHECK(table_of({call}).size() == 5);
}

TEST_CASE("-v adds the media of each direction, relays, peers and chat") {
  const std::array relays = {kRelay, kSilentRelay};
  const std::array peers = {kPeer};
  Call call = good_call(2, "facebook");
  call.relays = relays;
  call.peers = peers;
  call.up.freezes = 2;
  call.up.frozen_ns = 800'000'000;
  call.up.delay_trend_ms = 35;
  call.up.reported_loss = 0.004;
  call.up.reported_jitter_ms = 4;
  call.down.proxy = true;
  call.down.loss = call.down.jitter_ms = call.down.mos = std::nullopt;
  call.chat_flows = 1;
  const std::array<std::string_view, 2> flows = {"1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
                                                 "1:P3EtSBbR65CnGhsjyjjvfEfUS3g="};
  call.flows = flows;
  const Lines lines = table_of({call}, {1, false, false});
  const Lines expected = {
      "      start  frame 12, 2 flows",
      "      up     9,200 packets, 31.2 kbit/s, 0.21 % lost, jitter 3.2 ms, MOS about 4.25,",
      "             2 freezes (800 ms), delay +35 ms from start to end,",
      "             the receiver reported 0.40 % lost and jitter 4.0 ms",
      "      down   9,100 packets, 29.0 kbit/s, by packet rate only",
      "      relays 31.13.86.48:3478 asked 7 answered 7   31.13.86.49:3478 asked 7 answered 0",
      "      peers  198.51.100.65:9344 asked 5 answered 4",
      "      chat   1 flow, 0 packets with data sent, 0 received"};
  REQUIRE(lines.size() == 5 + expected.size());
  CHECK(Lines(lines.begin() + 5, lines.end()) == expected);
}

TEST_CASE("-v says which way had no media") {
  Call call = good_call(1, "signal");
  call.outcome = CallOutcome::one_way;
  call.up.delay_trend_ms = -4.9;
  call.talk_ns.reset();
  call.down = {};
  const Lines lines = table_of({call}, {1, false, false});
  CHECK(lines.back() == "      down   no media");
  CHECK(lines[lines.size() - 2] ==
        "      up     9,200 packets, 31.2 kbit/s, 0.21 % lost, jitter 3.2 ms, MOS about 4.25");
  const std::array peers = {CallTarget{kPeer.ip, kPeer.port, 0, 0}};
  call.peers = peers;
  CHECK(table_of({call}, {1, false, false}).back() == "      peers  198.51.100.65:9344");
  CHECK(lines[3] == "      set-up 2.0 s > ring 6.0 s > media up only 3m 04s > end 20:19:52");
}

TEST_CASE("of many calls 40 are shown, those that went wrong among them, and the rest is counted") {
  std::vector<Call> calls;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    calls.push_back(good_call(i, "viber"));
    calls.back().ts_start_ns += static_cast<std::int64_t>(i) * kSecond;
    if (i % 100 == 0) calls.back().outcome = CallOutcome::cut;
    if (i % 100 == 1) calls.back().outcome = CallOutcome::no_answer;
  }
  const Lines lines = lines_of(page_of(calls));
  const auto is_row = [](const std::string& line) {
    return line.find("  viber ") != std::string::npos;
  };
  CHECK(std::count_if(lines.begin(), lines.end(), is_row) == 40);
  CHECK(std::count(lines.begin(), lines.end(),
                   "1,000 calls: 980 connected, 10 no answer, 10 cut") == 1);
  CHECK(std::count(lines.begin(), lines.end(),
                   "\u2026 960 more calls: 951 connected, 9 no answer") == 1);
  Lines rows;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(rows), is_row);
  CHECK(rows.front().rfind("   1  20:16:41", 0) == 0);
  CHECK(rows[29].rfind("  30  20:17:10", 0) == 0);
  CHECK(rows[30].rfind(" 100  20:18:20", 0) == 0);
  CHECK(rows.back().rfind("1000  20:33:20", 0) == 0);
}

TEST_CASE("a long list of outcomes goes on below itself") {
  std::vector<Call> calls;
  for (std::uint64_t i = 0; i < kCallOutcomes; ++i) {
    calls.push_back(plain_call(i + 1, "viber"));
    calls.back().outcome = static_cast<CallOutcome>(i);
  }
  const Lines lines = lines_of(page_of(calls));
  const auto at = std::find(lines.begin(), lines.end(),
                            "8 calls: 1 connected, 1 no answer, 1 set-up failed, 1 one way, 1 cut, "
                            "1 degraded, 1 cancelled,");
  REQUIRE(at != lines.end());
  CHECK(at[1] == "  1 not observable");
}

TEST_CASE("calls of several days come under their dates, in order of their start") {
  Call later = plain_call(1, "zoom");
  later.ts_start_ns += 24 * 3600 * kSecond;
  later.ts_end_ns += 24 * 3600 * kSecond;
  const Lines lines = table_of({later, plain_call(2, "zoom")});
  CHECK(lines[2] == "2017-05-12");
  CHECK(lines[3].rfind("   2  20:16:40", 0) == 0);
  CHECK(lines[6] == "2017-05-13");
  CHECK(lines[7].rfind("   1  20:16:40", 0) == 0);
}

TEST_CASE("a call stands apart from the head also where no flow was recognised") {
  const Names names;
  Recorded file;
  TextSink sink(names, file.output(), {});
  sink.call(plain_call(1, "zoom"));
  sink.capture({});
  sink.finish({});
  const Lines lines = lines_of(file.text());
  REQUIRE(lines.size() == 8);
  CHECK(lines[2].empty());
  CHECK(lines[3].rfind("call  start", 0) == 0);
  CHECK(lines[7] == "      192.168.1.20:51518");
}

TEST_CASE("with several inputs -v names that of the first packet") {
  const Names names;
  Recorded file;
  TextSink sink(names, file.output(), {1, false, false});
  Call call = plain_call(1, "zoom");
  call.frame_start = {1, 7};
  sink.call(call);
  sink.capture({});
  sink.capture({});
  sink.finish({});
  CHECK(file.text().find("      start  frame 7 of b.pcap\n") != std::string::npos);
}

TEST_CASE("absurd calls stay within the page") {
  const std::string huge = "\x1b[2J\u202e" + std::string(500, 'w');
  const IpAddress wide{0x20010db8aaaabbbb, 0xccccddddeeeeffff};
  const std::vector<CallTarget> targets(50, {wide, 65535, ~0ULL, ~0ULL});
  const std::vector<CallStretch> stretches = {
      {7, true, std::numeric_limits<std::int64_t>::min() / 2, 0},
      {7, false, std::numeric_limits<std::int64_t>::max() / 2, 0},
      {2, true, kEvening, kEvening - 1}};
  Call call = good_call(~0ULL, huge);
  call.client_ip = wide;
  call.reason = huge;
  call.relays = call.peers = targets;
  call.stretches = stretches;
  call.ts_start_ns = std::numeric_limits<std::int64_t>::min() / 2;
  call.ts_end_ns = std::numeric_limits<std::int64_t>::max() / 2;
  call.ring_ns = call.talk_ns = call.setup_ns = std::numeric_limits<std::int64_t>::max();
  call.media = 7;
  call.up = {~0ULL, 1e9, 1e12, 1e9, 1e12, true, ~0U, std::numeric_limits<std::int64_t>::max(),
             1e12,  1e9, 1e12};
  call.down = call.up;
  call.chat_flows = ~0U;
  call.chat_sent = call.chat_received = ~0ULL;
  call.chat_rtt_ms = 1e12;
  for (std::uint8_t outcome = 0; outcome < kCallOutcomes; ++outcome) {
    call.outcome = static_cast<CallOutcome>(outcome);
    for (const unsigned verbosity : {0U, 1U}) {
      for (const std::string& line : lines_of(page_of({call, call}, {verbosity, false, false}))) {
        INFO(line);
        CHECK(display_width(line) <= 100);
        CHECK((line.empty() || line.back() != ' '));
        CHECK(std::none_of(line.begin(), line.end(), [](char c) { return c >= 0 && c < 0x20; }));
      }
    }
  }
}

TEST_CASE("colour changes nothing but attributes of calls, and marks those that went wrong") {
  Call cut = good_call(2, "signal");
  cut.outcome = CallOutcome::cut;
  const std::vector<Call> calls = {good_call(1, "viber"), cut};
  std::string coloured = page_of(calls, {1, true, false});
  CHECK(coloured.find("\x1b[33mcut\x1b[0m") != std::string::npos);
  CHECK(coloured.find("\x1b[33mconnected") == std::string::npos);
  for (std::size_t at = 0; (at = coloured.find('\x1b', at)) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  CHECK(coloured == page_of(calls, {1, false, false}));
}
