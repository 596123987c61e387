// What the page says where nothing points to interference, and how explanations keep to their room.
#include "catch.hpp"
#include "findings_page.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

TEST_CASE("a capture with nothing to report says so in a line, if it was looked at") {
  Page page;
  page.verdicts = {plain_verdict("whatsapp", Service::text, VerdictOutcome::ok)};
  const std::string line = "Nothing points to interference.";
  CHECK(page.lines()[4] == line);
  page.judged = false;
  CHECK_FALSE(has(page.lines(), line));
  page.judged = true;
  page.verdicts[0].outcome = VerdictOutcome::inconclusive;
  CHECK_FALSE(has(page.lines(), line));
  page.verdicts.clear();
  CHECK(page.lines()[3] == line);
  page.findings = {plain_finding(Level::observed)};
  const std::string seen =
      "Nothing points to interference; seen, but no evidence of it: 1 DROP.STUN.RELAY.";
  CHECK(page.lines()[3] == seen);
  CHECK_FALSE(has(page.lines(), line));
  CHECK(has(page.lines(kDetailed), line));
  // Beside an answer in doubt it is said by itself.
  page.verdicts.push_back(plain_verdict("whatsapp", Service::text, VerdictOutcome::inconclusive));
  CHECK_FALSE(has(page.lines(), seen));
  CHECK(has(page.lines(), "Seen, but no evidence of interference: 1 DROP.STUN.RELAY."));
  page.verdicts.clear();
  page.findings = {plain_finding(Level::indeterminate)};
  CHECK(has(page.lines(), "This capture cannot decide: 1 DROP.STUN.RELAY."));
  for (const Level level : {Level::indeterminate, Level::anomalous}) {
    page.findings = {plain_finding(level)};
    CHECK_FALSE(has(page.lines(), line));
  }
}

TEST_CASE("nothing recognised and nothing found still takes three lines") {
  Page page;
  page.flows = {plain_flow(), plain_flow()};
  const Lines lines = page.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[2] ==
        "Nothing points to interference; 2 flows, no application recognised; -v lists them.");
  page.findings = {plain_finding(Level::observed)};
  CHECK(page.lines().size() == 5);
  CHECK(page.lines()[4] ==
        "No application recognised in 2 flows; -v shows them, -o json writes all.");
  page.findings = {plain_finding(Level::likely)};
  CHECK(page.lines().back() ==
        "No application recognised in 2 flows; -v shows them, -o json writes all.");
}

TEST_CASE("explanations lose their reasons before they lose their names") {
  Page page;
  page.findings = {plain_finding(Level::likely)};
  auto& considered = page.findings[0].alternatives;
  const std::string why(80, 'x');
  considered = {{"LOCAL_UDP_BLOCK", false, why}, {"CLIENT_OFFLINE", false, why}};
  CHECK(has(page.lines(), "            open: local UDP block"));
  for (int i = 0; i < 4; ++i) considered.push_back({"PATH_MTU", false, why});
  CHECK(has(page.lines(),
            "            open: local UDP block, client offline, path MTU, path MTU, "
            "path MTU, path MTU"));
}
