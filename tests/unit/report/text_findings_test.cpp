// Findings and verdicts on the page: what leads, what stands below each, and that it stays bounded.
#include "report/text_findings.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "findings_page.hpp"
#include "report/text_verdicts.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

namespace {

// The lines from `first` up to the next empty one.
Lines part(const Lines& lines, const std::string& first) {
  const auto begin = std::find(lines.begin(), lines.end(), first);
  REQUIRE(begin != lines.end());
  return {begin, std::find(begin, lines.end(), "")};
}

Finding rich_finding() {
  Finding finding = plain_finding(Level::likely);
  finding.score = 4.25;
  finding.flow = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";
  finding.trigger = {"TLS_SNI", "chat.example", {0, 7}};
  finding.measured.after_ms = 15'200;
  finding.items = {{"ttl_differs", "HDR", 2.5, std::int64_t{46}, {0, 12}},
                   {"text_alive", "", -0.5, std::string("212 messages"), {1, 9}},
                   {"lossless", "CTRL", 1.5, true, {}}};
  finding.alternatives = {{"dead_link", true, "TCP alive"},
                          {"relay outage", false, "no second vantage"},
                          {"callee", true, ""}};
  finding.gates = {"GATE.MIDFLOW"};
  finding.baseline = {{49, 50}, "counter", 12.34};
  finding.tests = 1'017;
  return finding;
}

Verdict blocked(std::string_view app) {
  Verdict verdict = plain_verdict(app, Service::call, VerdictOutcome::blocked);
  verdict.level = Level::likely;
  verdict.text = "Calls failed in 5 of 5 attempts.";
  verdict.attempts = verdict.failed = 5;
  verdict.connected = 0;
  verdict.bound = "0 of 5 connected: true success <= 0.45";
  verdict.findings = {{"DIFF.CALLS_BLOCKED", 1}, {"DROP.STUN.RELAY", 5}};
  verdict.alternatives = {{"dead_link", true, "TCP alive"}, {"relay outage", false, ""}};
  return verdict;
}

}  // namespace

TEST_CASE("verdicts lead the page, findings stand between calls and flows") {
  Page page;
  page.calls = {good_call(1, "whatsapp")};
  page.findings = {rich_finding()};
  page.verdicts = {blocked("whatsapp")};
  const std::string text = page.text();
  const auto at = [&](const char* part) { return text.find(part); };
  CHECK(lines_of(text)[2].empty());
  CHECK(lines_of(text)[3].rfind("whatsapp  calls", 0) == 0);
  CHECK(at("BLOCKED (likely)") < at("flows, bytes"));
  CHECK(at("flows, bytes") < at("call  start"));
  CHECK(at("call  start") < at("1 finding: 1 likely"));
  CHECK(at("1 finding: 1 likely") < at("app       service"));
  CHECK(at("app       service") != std::string::npos);
  CHECK(text.find("\n\n\n") == std::string::npos);
}

TEST_CASE("a page with verdicts fits a screen whatever it is about; -v shows the rest") {
  Page page;
  page.verdicts = {plain_verdict("whatsapp", Service::call, VerdictOutcome::ok)};
  for (unsigned i = 1; i <= 100; ++i) page.calls.push_back(good_call(i, "whatsapp"));
  const std::size_t lines = lines_of(page.text()).size();
  CHECK(lines <= TextSink::kScreenLines + 6);
  CHECK(page.text().find("95 more calls") != std::string::npos);
  CHECK(lines_of(page.text({1, false, false})).size() > 2 * lines);
}

TEST_CASE(
    "an answer is one row with its sentence; what is blocked tells how sure and what is open") {
  Page page;
  page.verdicts = {plain_verdict("viber", Service::text, VerdictOutcome::ok),
                   plain_verdict("whatsapp", Service::text, VerdictOutcome::not_observable),
                   plain_verdict("skype", Service::call, VerdictOutcome::inconclusive),
                   blocked("whatsapp")};
  const Lines lines = page.lines();
  CHECK(lines[3] == "whatsapp  calls    BLOCKED (likely)  Calls failed in 5 of 5 attempts.");
  CHECK(lines[4] == "                                     0 of 5 connected: true success <= 0.45");
  CHECK(lines[5] == "                                     open: relay outage");
  CHECK(lines[6] == "          text     not observable    5 of 5 attempts went as they do.");
  CHECK(lines[7] == "skype     calls    inconclusive      5 of 5 attempts went as they do.");
  CHECK(lines[8] == "viber     text     ok                5 of 5 attempts went as they do.");
  CHECK(lines[9].empty());
}

TEST_CASE("-v tells of each answer what it rests on") {
  Page page;
  page.verdicts = {blocked("whatsapp"), plain_verdict("viber", Service::web, VerdictOutcome::ok)};
  page.verdicts[1].attempts = 1;
  const Lines lines = page.lines(kDetailed);
  const Lines expected = {
      "whatsapp  calls    BLOCKED (likely)  Calls failed in 5 of 5 attempts.",
      "                                     5 attempts, 5 failed, 0 connected",
      "                                     0 of 5 connected: true success <= 0.45",
      "                                     rests on: DIFF.CALLS_BLOCKED 1, DROP.STUN.RELAY 5",
      "                                     excluded: dead link (TCP alive)",
      "                                     open: relay outage",
      "viber     web      ok                5 of 5 attempts went as they do.",
      "                                     1 attempt"};
  CHECK(part(lines, expected[0]) == expected);
}

TEST_CASE("of many answers 12 are shown, the worst among them, and the rest is counted") {
  Page page;
  for (int i = 0; i < 20; ++i) {
    page.verdicts.push_back(
        plain_verdict("app" + std::to_string(i), Service::web, VerdictOutcome::ok));
  }
  page.verdicts.push_back(blocked("last"));
  const Lines lines = page.lines();
  CHECK(lines[3].rfind("last", 0) == 0);
  CHECK(has(lines, "\u2026 9 more answers: 9 ok"));
  CHECK(page.text(kDetailed).find("more answer") == std::string::npos);
}

TEST_CASE("a finding tells what happened, where, and what else could explain it") {
  Page page;
  page.findings = {rich_finding()};
  const Lines expected = {
      "1 finding: 1 likely",
      "likely      DROP.STUN.RELAY  whatsapp  call 1   TLS SNI chat.example   after 15.2 s",
      "            frames 12-14, 20",
      "            8 relays were asked 3 times each and none answered.",
      "            excluded: dead link (TCP alive); callee",
      "            open: relay outage (no second vantage)",
      "            limited by: GATE.MIDFLOW"};
  CHECK(part(page.lines(), expected[0]) == expected);
  page.captures.push_back({});
  page.captures.back().input = 1;
  CHECK(has(page.lines(), "            frames 12-14, 20 in a.pcap"));
}

TEST_CASE("one entry tells of all findings about the same packets, and of events alike") {
  Page page;
  Finding lead = plain_finding(Level::likely);
  lead.frames = {{0, 5}};
  lead.fold = {false, {"INJ.TTL", "RST.PSH.R"}, 3, {{0, 5}, {0, 17}, {0, 18}}};
  Finding hidden = plain_finding(Level::likely);
  hidden.id = "INJ.TTL";
  hidden.fold.hidden = true;
  page.findings = {lead, hidden};
  const std::string text = page.text();
  CHECK(text.find("3 findings: 3 likely") != std::string::npos);
  CHECK(text.find("3 times   frames 5, 17-18") != std::string::npos);
  CHECK(text.find("also shown by INJ.TTL, RST.PSH.R") != std::string::npos);
  CHECK(text.find("not shown") == std::string::npos);
}

TEST_CASE("explanations that stand above are not told again, unless they differ") {
  Page page;
  page.findings = {rich_finding(), rich_finding()};
  page.findings[1].id = "CALL.LOOP";
  page.findings[1].alternatives[0].why = "another reason";
  const std::string above = "          excluded and open: as above";
  CHECK(page.text().find(above) != std::string::npos);
  CHECK(page.text(kDetailed).find(above) == std::string::npos);
  page.findings[1].alternatives[0].excluded = !page.findings[1].alternatives[0].excluded;
  CHECK(page.text().find(above) == std::string::npos);
}

TEST_CASE("-v adds the evidence with its weights and what is usual") {
  Page page;
  page.findings = {rich_finding()};
  const Lines expected = {
      "likely      DROP.STUN.RELAY  whatsapp  call 1   TLS SNI chat.example   after 15.2 s",
      "            frames 12-14, 20",
      "            8 relays were asked 3 times each and none answered.",
      "            +2.5 ttl differs (HDR): 46, frame 12",
      "            -0.5 text alive: 212 messages, frame 9 of b.pcap",
      "            +1.5 lossless (CTRL): yes",
      "            score 4.2, 1,017 hypotheses tested in this run, by drops 1.0",
      "            usual of this sender: TTL 49, 50; IP-ID counter; RTT 12.3 ms",
      "            flow 1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
      "            excluded: dead link (TCP alive); callee",
      "            open: relay outage (no second vantage)",
      "            limited by: GATE.MIDFLOW"};
  CHECK(part(page.lines(kDetailed), expected[0]) == expected);
}

TEST_CASE("what was measured is told in words") {
  Page page;
  page.findings = {plain_finding(Level::anomalous)};
  page.findings[0].call = 0;
  page.findings[0].measured = {128'000, 65'536, 40.0, 12, std::nullopt};
  page.findings[0].app.clear();
  CHECK(has(page.lines(),
            "anomalous   DROP.STUN.RELAY  -  128.0 kbit/s   bursts of 66 kB   delay 40 ms   "
            "after 12 packets"));
}

TEST_CASE("one finding stands for all alike, and what was only observed is counted") {
  Page page;
  for (int i = 0; i < 5; ++i) page.findings.push_back(plain_finding(Level::likely));
  page.findings.push_back(plain_finding(Level::anomalous));
  page.findings.push_back(plain_finding(Level::observed));
  page.findings.back().id = "RST.PSH.R";
  const Lines lines = page.lines();
  CHECK(has(lines, "7 findings: 5 likely, 1 anomalous, 1 observed"));
  CHECK(has(lines,
            "\u2026 not shown: 4 likely DROP.STUN.RELAY, 1 anomalous DROP.STUN.RELAY, "
            "1 observed RST.PSH.R"));
  const std::string detailed = page.text(kDetailed);
  CHECK(detailed.find("not shown") == std::string::npos);
  CHECK(detailed.find("observed    RST.PSH.R") != std::string::npos);
}

TEST_CASE("of many findings 8 are shown, with -v 20, and the rest is counted by id") {
  Page page;
  for (int i = 0; i < 100; ++i) {
    page.findings.push_back(plain_finding(Level::likely));
    page.findings.back().trigger = {"TLS_SNI", std::to_string(i) + ".example", {}};
  }
  CHECK(has(page.lines(), "\u2026 not shown: 92 likely DROP.STUN.RELAY"));
  CHECK(has(page.lines(kDetailed), "\u2026 not shown: 80 likely DROP.STUN.RELAY"));
}

TEST_CASE("beside findings the page has fewer calls and flows") {
  Page page;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    page.flows.push_back(known_flow("viber", Service::text, i));
    page.flows.push_back(plain_flow());
    page.calls.push_back(good_call(i, "viber"));
    page.calls.back().outcome = i == 50 ? CallOutcome::cut : CallOutcome::connected;
    page.calls.back().reason = "media both ways";
  }
  page.verdicts = {blocked("viber")};
  const auto flows_in = [](const Lines& all) {
    return std::count_if(all.begin(), all.end(), [](const std::string& row) {
      return row.find(" → ") != std::string::npos && row.find("udp") != std::string::npos;
    });
  };
  const auto usual = flows_in(page.lines());
  page.findings = {rich_finding()};
  const Lines lines = page.lines();
  CHECK(flows_in(lines) < usual);
  CHECK(lines.size() < 50);
  CHECK(has(lines, "\u2026 45 more calls: 45 connected"));
  CHECK(has(lines, "      course (UTC)   why"));
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& row) {
          return row.find("  cut") != std::string::npos;
        }) == 1);
  CHECK(lines.back().rfind("\u2026 97 more flows: viber 47 (", 0) == 0);
  CHECK(std::none_of(lines.begin(), lines.end(),
                     [](const std::string& row) { return row.rfind("unknown", 0) == 0; }));
  page.findings[0].level = Level::observed;
  CHECK(flows_in(page.lines()) > flows_in(lines));
}

TEST_CASE("-q shows answers, calls and findings in full") {
  Page page;
  page.findings = {rich_finding()};
  page.verdicts = {blocked("whatsapp")};
  const Lines lines = page.lines({0, false, true});
  CHECK(lines[0].rfind("whatsapp  calls", 0) == 0);
  CHECK(has(lines, "1 finding: 1 likely"));
}

TEST_CASE("the gates of the inputs are told at the head, each once") {
  Page page;
  page.captures = {Capture{}, Capture{}};
  page.captures[0].gates = {"GATE.SNAP", "GATE.END"};
  page.captures[1].gates = {"GATE.SNAP"};
  // GATE.END is in nearly every capture; the record has it.
  CHECK(page.lines()[2] == "  limits        GATE.SNAP");
}

TEST_CASE("absurd findings and verdicts stay within the page and cannot drive the terminal") {
  const std::string huge(500, 'w');
  const std::string bad = "\x1b]0;owned\x07 \u202e\xff " + huge;
  Page page;
  for (const Level level : {Level::confirmed_pattern, Level::likely, Level::observed}) {
    Finding finding = plain_finding(level);
    finding.input = 1;
    finding.id = finding.app = finding.flow = finding.rules = finding.text = bad;
    finding.score = 1e300;
    finding.call = ~0ULL;
    finding.frames.assign(3000, {1, ~0ULL});
    finding.trigger = {bad, bad, {0, ~0ULL}};
    finding.items.assign(50, {bad, bad, -1e300, bad, {0, ~0ULL}});
    finding.items[1].value = std::numeric_limits<double>::quiet_NaN();
    finding.alternatives.assign(50, {bad, true, bad});
    finding.alternatives.resize(100, {bad, false, bad});
    finding.gates.assign(50, bad);
    finding.baseline = {std::vector<std::uint8_t>(256, 255), bad, 1e300};
    finding.tests = ~0ULL;
    finding.measured = {~0ULL, ~0ULL, 1e300, ~0ULL, -1e300};
    page.findings.push_back(finding);
  }
  Verdict verdict = blocked(bad);
  verdict.level = Level::confirmed_pattern;
  verdict.text = verdict.bound = bad;
  verdict.attempts = verdict.failed = verdict.connected = ~0ULL;
  verdict.findings.assign(50, {bad, ~0ULL});
  verdict.alternatives.assign(50, {bad, false, bad});
  page.verdicts = {verdict, verdict};
  page.captures = {Capture{}, Capture{}};
  page.captures[0].gates = {bad};
  for (const unsigned verbosity : {0U, 1U}) check_page(page.text({verbosity, false, false}));
  CHECK(page.lines().size() < 80);
}

TEST_CASE("colour changes nothing but attributes of findings and verdicts") {
  Page page;
  page.findings = {rich_finding(), plain_finding(Level::anomalous)};
  page.verdicts = {blocked(std::string(40, 'x')), blocked("whatsapp")};
  std::string coloured = page.text({0, true, false});
  CHECK(coloured.find("\x1b[33mBLOCKED (likely)\x1b[0m") != std::string::npos);
  CHECK(coloured.find("\x1b[33mlikely\x1b[0m") != std::string::npos);
  CHECK(coloured.find("\x1b[1mDROP.STUN.RELAY\x1b[0m") != std::string::npos);
  CHECK(coloured.find("\x1b[1mwhatsapp\x1b[0m") != std::string::npos);
  for (std::size_t at = 0; (at = coloured.find('\x1b', at)) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  CHECK(coloured == page.text());
}
