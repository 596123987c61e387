// What --exit-code asks, and that counting keeps nothing from the sink behind.
#include "report/finding_tally.hpp"

#include "catch.hpp"
#include "fixtures.hpp"
#include "report/json_sink.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

TEST_CASE("only likely findings and above are alarming") {
  const Names names;
  Recorded file;
  JsonSink json(names, file.output());
  FindingTally tally(json);
  for (const Level level : {Level::indeterminate, Level::observed, Level::anomalous}) {
    tally.finding(plain_finding(level));
    CHECK_FALSE(tally.alarming());
  }
  SECTION("likely") { tally.finding(plain_finding(Level::likely)); }
  SECTION("confirmed") { tally.finding(plain_finding(Level::confirmed_pattern)); }
  CHECK(tally.alarming());
  CHECK(tally.count(Level::observed) == 1);
}

TEST_CASE("every record passes through") {
  const Names names;
  Recorded direct;
  Recorded behind;
  JsonSink plain(names, direct.output());
  JsonSink counted(names, behind.output());
  FindingTally tally(counted);
  CHECK(tally.complete());
  for (Sink* sink : {static_cast<Sink*>(&plain), static_cast<Sink*>(&tally)}) {
    sink->flow(plain_flow());
    sink->call(plain_call(1, "zoom"));
    sink->finding(plain_finding(Level::likely));
    sink->verdict(plain_verdict("zoom", Service::call, VerdictOutcome::ok));
    sink->flush();
    sink->capture({});
    sink->finish({});
  }
  CHECK(behind.text() == direct.text());
  CHECK(direct.text().find("\"type\":\"verdict\"") != std::string::npos);
}
