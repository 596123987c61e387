// Which findings are kept for the page, in which order, and that all are counted.
#include "report/top_findings.hpp"

#include "catch.hpp"
#include "fixtures.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

namespace {

Finding scored(Level level, double score, std::uint64_t call) {
  Finding finding = plain_finding(level);
  finding.score = score;
  finding.call = call;
  return finding;
}

std::vector<std::uint64_t> calls_of(const TopFindings& findings) {
  std::vector<std::uint64_t> calls;
  for (const Finding& finding : findings.ranked()) calls.push_back(finding.call);
  return calls;
}

using Calls = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("the gravest come first, then the higher score, then the earlier") {
  TopFindings findings(10, 10);
  findings.add(scored(Level::indeterminate, 9, 1));
  findings.add(scored(Level::likely, 3, 2));
  findings.add(scored(Level::observed, 0, 3));
  findings.add(scored(Level::likely, 4, 4));
  findings.add(scored(Level::likely, 3, 5));
  findings.add(scored(Level::confirmed_pattern, 5, 6));
  findings.add(scored(Level::anomalous, 1, 7));
  CHECK(calls_of(findings) == Calls{6, 4, 2, 5, 7, 3, 1});
}

TEST_CASE("of more than fit the weakest give way, whatever the order") {
  TopFindings rising(3, 10);
  TopFindings falling(3, 10);
  for (std::uint64_t i = 1; i <= 9; ++i) {
    rising.add(scored(Level::likely, static_cast<double>(i), i));
    falling.add(scored(Level::likely, static_cast<double>(10 - i), 10 - i));
  }
  CHECK(calls_of(rising) == Calls{9, 8, 7});
  CHECK(calls_of(falling) == Calls{9, 8, 7});
  CHECK(rising.total(Level::likely) == 9);
  CHECK(rising.counts(Level::likely).at("DROP.STUN.RELAY") == 9);
}

TEST_CASE("one stands for those alike, of another application or name another") {
  TopFindings findings(10, 1);
  findings.add(scored(Level::anomalous, 2, 1));
  findings.add(scored(Level::likely, 3, 2));
  findings.add(scored(Level::anomalous, 1, 3));
  CHECK(calls_of(findings) == Calls{2});
  Finding other = scored(Level::likely, 3, 4);
  other.app = "viber";
  findings.add(other);
  other.trigger = {"TLS_SNI", "a.example", {0, 7}};
  other.call = 5;
  findings.add(other);
  other.id = "DROP.TURN.ALLOC";
  other.call = 6;
  findings.add(other);
  other.call = 7;
  findings.add(other);
  CHECK(calls_of(findings) == Calls{2, 4, 5, 6});
}

TEST_CASE("only from anomalous up a finding speaks of interference") {
  TopFindings findings(1, 1);
  CHECK_FALSE(findings.suspicious());
  findings.add(plain_finding(Level::indeterminate));
  findings.add(plain_finding(Level::observed));
  CHECK_FALSE(findings.suspicious());
  findings.add(plain_finding(Level::anomalous));
  CHECK(findings.suspicious());
  CHECK(findings.total(Level::observed) == 1);
  CHECK(findings.total(Level::likely) == 0);
}

TEST_CASE("what another finding tells of is passed over, and one for many counts as many") {
  TopFindings findings(10, 10);
  Finding lead = scored(Level::likely, 3, 1);
  lead.fold.times = 3;
  Finding hidden = scored(Level::likely, 9, 2);
  hidden.fold.hidden = true;
  findings.add(lead);
  findings.add(hidden);
  CHECK(calls_of(findings) == Calls{1});
  CHECK(findings.total(Level::likely) == 3);
}
