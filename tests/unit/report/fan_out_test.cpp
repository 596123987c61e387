// Every sink gets every record, and one that fails is not hidden by the others.
#include "report/fan_out.hpp"

#include "bytes/error.hpp"
#include "catch.hpp"
#include "fixtures.hpp"
#include "report/json_sink.hpp"
#include "report/text_sink.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

TEST_CASE("records reach all sinks") {
  const Names names;
  Recorded text;
  Recorded json;
  FanOut fan;
  fan.add(std::make_unique<TextSink>(names, text.output(), TextOptions{}));
  CHECK_FALSE(fan.complete());
  fan.add(std::make_unique<JsonSink>(names, json.output()));
  CHECK(fan.complete());
  fan.flow(plain_flow());
  fan.flush();
  CHECK(json.text().find("\"type\":\"flow\"") != std::string::npos);
  fan.call(plain_call(1, "zoom"));
  fan.flush();
  CHECK(json.text().find("\"type\":\"call\"") != std::string::npos);
  fan.finding(plain_finding(Level::likely));
  fan.verdict(plain_verdict("zoom", Service::call, VerdictOutcome::blocked));
  fan.flush();
  CHECK(json.text().find("\"type\":\"finding\"") != std::string::npos);
  CHECK(json.text().find("\"type\":\"verdict\"") != std::string::npos);
  fan.capture({});
  Summary summary;
  summary.flows = 1;
  fan.finish(summary);
  CHECK(text.text().find("20:16:40  zoom") != std::string::npos);
  CHECK(text.text().find("DROP.STUN.RELAY") != std::string::npos);
  CHECK(text.text().find("BLOCKED") != std::string::npos);
  CHECK(text.text().find("1 flow ") != std::string::npos);
  CHECK(json.text().find("\"type\":\"capture\"") != std::string::npos);
}

TEST_CASE("a full disk under one sink ends the run") {
  const Names names;
  Recorded text;
  Output full("/dev/full");
  FanOut fan;
  fan.add(std::make_unique<TextSink>(names, text.output(), TextOptions{}));
  fan.add(std::make_unique<JsonSink>(names, full));
  fan.flow(plain_flow());
  CHECK_THROWS_AS(fan.finish({}), deadair::Error);
}
