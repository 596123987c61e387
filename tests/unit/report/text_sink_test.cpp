// The page people read: never wider than 100 columns, never unsafe, never longer than it should be.
#include "report/text_sink.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "catch.hpp"
#include "fixtures.hpp"
#include "pages.hpp"

using namespace deadair;
using namespace deadair::report;
using namespace deadair::report::test;

namespace {

struct Page {
  std::vector<Flow> flows;
  Capture capture;
  Summary summary;

  [[nodiscard]] std::string text(const TextOptions& options = {}) const {
    const Names names;
    Recorded file;
    TextSink sink(names, file.output(), options);
    for (const Flow& flow : flows) sink.flow(flow);
    sink.capture(capture);
    Summary counted = summary;
    counted.flows = flows.size();
    sink.finish(counted);
    return file.text();
  }
};

Page page_of(std::size_t flows) {
  Page page;
  for (std::size_t i = 0; i < flows; ++i) {
    Flow flow = plain_flow();
    flow.frame_first = {0, i + 1};
    page.flows.push_back(flow);
  }
  page.capture.packets = flows;
  page.capture.span_ns = {kStart, kStart + 90'000'000'000};
  return page;
}

const std::string kHuge(500, 'w');

Flow absurd_flow(const std::vector<Signal>& signals, const std::vector<RtpStream>& rtp,
                 const std::vector<Flow::Closing>& closings) {
  Flow flow = known_flow(kHuge, Service::transfer, ~0ULL / 2);
  flow.ts_first_ns = std::numeric_limits<std::int64_t>::min() / 2;
  flow.ts_last_ns = std::numeric_limits<std::int64_t>::max() / 2;
  flow.frame_last = {1, ~0ULL};
  flow.client_ip = {0x20010db8aaaabbbb, 0xccccddddeeeeffff};
  flow.server_ip = {0x20010db8aaaabbbb, 0x1111222233334444};
  flow.client_port = flow.server_port = 65535;
  flow.packets_up = flow.packets_down = ~0ULL;
  flow.media = media::kVoice | media::kVideo | media::kUndecided;
  flow.signals = signals;
  flow.rtp = rtp;
  flow.closings = closings;
  flow.ndpi = flow.rules = flow.tcp_state = flow.community_id = kHuge;
  flow.rtt_ms = flow.data_rtt_ms = 1e12;
  flow.retransmitted_up = flow.out_of_order = flow.zero_windows = flow.missed_bytes = ~0ULL;
  return flow;
}

}  // namespace

TEST_CASE("nothing to report takes three lines") {
  const Lines lines = lines_of(page_of(3).text());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "a.pcap   2017-05-12 08:10:31 to 08:12:01 UTC (1m 30s)");
  CHECK(lines[1] == "3 packets   0 B   3 flows   capture complete");
  CHECK(lines[2] == "No application recognised in 3 flows; -v shows them, -o json writes all.");
  CHECK(lines_of(Page{}.text()).size() == 3);
  CHECK(lines_of(Page{}.text())[0] == "a.pcap   no packets");
}

TEST_CASE("-v and -q show the unknown flows all the same") {
  CHECK(page_of(3).text({1, false, false}).find("10.0.0.5:40000 \u2192 198.51.100.2:53") !=
        std::string::npos);
  CHECK(lines_of(page_of(3).text({0, false, true})).size() == 2 + 3);
}

TEST_CASE("the matrix counts flows and bytes by application and service") {
  Page page = page_of(2);
  page.flows.push_back(known_flow("whatsapp", Service::call, 1'200'000));
  page.flows.push_back(known_flow("whatsapp", Service::text, 40));
  page.flows.push_back(known_flow("facebook", Service::web, 999'940));
  page.flows.push_back(known_flow("facebook", Service::web, 999'940));
  const Lines lines = lines_of(page.text());
  CHECK(lines[3] == "flows, bytes            text          call           web");
  CHECK(lines[4] == "whatsapp           1   100 B     1  1.2 MB             -");
  CHECK(lines[5] == "facebook                   -             -     2  2.0 MB");
}

TEST_CASE("of many flows 40 are shown and the rest is counted") {
  Page page = page_of(5000);
  for (std::uint64_t i = 0; i < 50; ++i) {
    page.flows.push_back(known_flow("skype", Service::text, i));
  }
  const std::string text = page.text();
  const Lines lines = lines_of(text);
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return line.find("\u2192 198.51.100.2") != std::string::npos;
        }) == 40);
  CHECK(lines.back() == "\u2026 5,010 more flows: skype 10 (645 B), unknown 5,000 (300 kB)");
  check_page(text);
}

TEST_CASE("beside recognised flows only a few unknown ones are shown") {
  Page page = page_of(100);
  page.flows.push_back(known_flow("skype", Service::text, 1));
  CHECK(lines_of(page.text()).back() == "\u2026 92 more flows: unknown 92 (5.5 kB)");
}

TEST_CASE("one certain flow reads well") {
  const std::vector<Signal> signals = {{"WA.RELAY.ALLOCATE", {0, 12}}, {"WA.MEDIA.RTP", {1, 30}}};
  Page page = page_of(0);
  page.flows.push_back(known_flow("whatsapp", Service::call, 3'400'000));
  page.flows.back().media = media::kVoice;
  page.flows.back().signals = signals;
  const Lines lines = lines_of(page.text());
  CHECK(lines[6] == "app       service     proto   bytes  duration  client \u2192 server");
  CHECK(lines[7] == "          sure        why");
  CHECK(lines[8] ==
        "whatsapp  call voice  udp    3.4 MB      0 ms  10.0.0.5:40000 \u2192 198.51.100.2:53");
  CHECK(lines[9] ==
        "          likely      WA.RELAY.ALLOCATE frame 12, WA.MEDIA.RTP frame 30 of b.pcap");
}

TEST_CASE("absurd records stay within the page") {
  const std::vector<Signal> signals(50, Signal{kHuge, {1, ~0ULL}});
  const std::vector<RtpStream> rtp(3, {~0U, true, 127, 7, ~0ULL, ~0ULL, 1e12, 1e12});
  const std::vector<Flow::Closing> closings(9, {"RST", true, {1, ~0ULL}, 0});
  Page page = page_of(50);
  page.flows.push_back(absurd_flow(signals, rtp, closings));
  page.flows.push_back(page.flows.back());
  page.flows.back().host = kHuge;
  for (std::uint8_t service = 0; service < 6; ++service) {
    page.flows.push_back(known_flow(kHuge, static_cast<Service>(service), ~0ULL / 16));
  }
  page.capture.problem = kHuge;
  page.capture.truncated = true;
  for (int i = 0; i < 30; ++i)
    page.capture.undecoded.emplace_back("reason_" + std::to_string(i), 9);
  page.capture.kernel_drops = page.capture.interface_drops = ~0ULL / 2;
  page.capture.missed_bytes = page.capture.evicted_flows = ~0ULL;
  page.summary.clients = page.summary.skipped_files = ~0ULL;
  for (const unsigned verbosity : {0U, 1U}) check_page(page.text({verbosity, false, false}));
}

TEST_CASE("what packets say cannot drive the terminal") {
  Page page = page_of(0);
  page.flows.push_back(known_flow("skype", Service::text, 1));
  page.flows.back().host = "\x1b]0;owned\x07\u202e\xff.example";
  page.flows.back().ndpi = "\x1b[2J";
  page.capture.problem = "a\x1b[31m.pcap: damaged";
  for (const unsigned verbosity : {0U, 1U}) check_page(page.text({verbosity, false, false}));
  CHECK(page.text().find("\\x07") != std::string::npos);
}

TEST_CASE("losses and damage are told before anything else") {
  Page page = page_of(4);
  page.capture.undecoded = {{"not_ip", 3}, {"unknown_link_type", 1200}};
  page.capture.problem = "a.pcap: ends in mid-packet";
  page.capture.truncated = true;
  page.capture.kernel_drops = 7;
  page.capture.missed_bytes = 1460;
  page.capture.evicted_flows = 1;
  page.summary.skipped_files = 2;
  const Lines lines = lines_of(page.text());
  CHECK(lines[1] == "4 packets   0 B   4 flows   capture incomplete");
  CHECK(lines[2] == "  damaged       a.pcap: ends in mid-packet");
  CHECK(lines[3] == "  dropped       7 packets by the kernel, 0 by the interface");
  CHECK(lines[4] == "  missed        1.5 kB acknowledged but not in the capture");
  CHECK(lines[5] == "  ended early   1 flow for lack of room (see --max-flows)");
  CHECK(lines[6] == "  not decoded   1,203 packets: unknown link type 1,200, not ip 3");
  CHECK(lines[7] == "  skipped       2 files: not a capture");
}

TEST_CASE("colour changes nothing but attributes") {
  Page page = page_of(3);
  page.capture.kernel_drops = 1;
  page.flows.push_back(known_flow("skype", Service::text, 1));
  const std::string plain = page.text();
  std::string coloured = page.text({0, true, false});
  CHECK(coloured.find("\x1b[1ma.pcap\x1b[0m") != std::string::npos);
  CHECK(coloured.find("\x1b[33mcapture incomplete\x1b[0m") != std::string::npos);
  for (std::size_t at = 0; (at = coloured.find('\x1b', at)) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  CHECK(coloured == plain);
}

TEST_CASE("the text asks for Community IDs only when it shows them") {
  const Names names;
  Recorded file;
  CHECK_FALSE(TextSink(names, file.output(), {}).complete());
  CHECK(TextSink(names, file.output(), {1, false, false}).complete());
}

TEST_CASE("with several inputs the reasons name theirs") {
  const std::vector<Signal> signals = {{"WA.RELAY.ALLOCATE", {0, 12}}};
  const Names names;
  Recorded file;
  TextSink sink(names, file.output(), {});
  Flow flow = known_flow("whatsapp", Service::call, 1);
  flow.signals = signals;
  sink.flow(flow);
  sink.capture({});
  Capture second;
  second.input = 1;
  sink.capture(second);
  sink.finish({});
  CHECK(lines_of(file.text())[0] == "a.pcap and 1 more   no packets");
  CHECK(file.text().find("WA.RELAY.ALLOCATE frame 12 in a.pcap\n") != std::string::npos);
}
