// Findings and verdicts byte for byte: the order of fields, their digits, and what is left out.
#include <limits>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "fixtures.hpp"
#include "report/json_sink.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

namespace {

template <typename Write>
std::string rendered(const Write& write) {
  const Names names;
  Recorded file;
  JsonSink sink(names, file.output());
  write(sink);
  sink.finish({});
  return file.text();
}

std::string render(const Finding& finding) {
  return rendered([&](Sink& sink) { sink.finding(finding); });
}

std::string render(const Verdict& verdict) {
  return rendered([&](Sink& sink) { sink.verdict(verdict); });
}

}  // namespace

TEST_CASE("a finding without anything special has no empty fields") {
  Finding finding;
  finding.id = "GENERAL_CONGESTION";
  finding.rules = "calls 1.0";
  finding.text = "Everything was slow.";
  CHECK(render(finding) ==
        R"({"type":"finding","schema":1,"file":"a.pcap","id":"GENERAL_CONGESTION",)"
        R"("level":"observed","rules":"calls 1.0","text":"Everything was slow."})"
        "\n");
}

TEST_CASE("a finding with everything has its fields in the documented order") {
  Finding finding = plain_finding(Level::confirmed_pattern);
  finding.input = 1;
  finding.score = 5.25;
  finding.flow = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";
  finding.frames = {{1, 9}, {1, 11}, {0, 3}};
  finding.trigger = {"TLS_SNI", "a\"b.example", {0, 2}};
  finding.items = {{"ttl_differs", "HDR", 2.5, std::int64_t{46}, {1, 9}},
                   {"fin_before", "NEG", -3, {}, {}},
                   {"share", "", 0.04, 0.5, {0, 4}},
                   {"stopped", "SEQ", 1, true, {}},
                   {"peer", "CTRL", 1.5, std::string("192.0.2.1"), {}},
                   {"step", "HDR", 0, std::numeric_limits<std::int64_t>::min(), {}}};
  finding.alternatives = {{"dead_link", true, "TCP alive"}, {"relay_outage", false, ""}};
  finding.gates = {"GATE.MIDFLOW", "GATE.END"};
  finding.baseline = {{49, 50}, "counter", 12.34};
  finding.tests = 17;
  finding.measured = {128'000, 65'536, 40.06, 12, 15'200};
  CHECK(render(finding) ==
        R"({"type":"finding","schema":1,"file":"b.pcap","id":"DROP.STUN.RELAY",)"
        R"("level":"confirmed_pattern","score":5.3,"app":"whatsapp",)"
        R"("flow":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","call":1,)"
        R"("frames":[9,11,{"file":"a.pcap","frame":3}],)"
        R"("trigger":{"type":"TLS_SNI","name":"a\"b.example","frame":{"file":"a.pcap","frame":2}},)"
        R"("items":[{"name":"ttl_differs","group":"HDR","lr":2.5,"value":46,"frame":9},)"
        R"({"name":"fin_before","group":"NEG","lr":-3.0},)"
        R"({"name":"share","lr":0.0,"value":0.5000,"frame":{"file":"a.pcap","frame":4}},)"
        R"({"name":"stopped","group":"SEQ","lr":1.0,"value":true},)"
        R"({"name":"peer","group":"CTRL","lr":1.5,"value":"192.0.2.1"},)"
        R"({"name":"step","group":"HDR","lr":0.0,"value":-9223372036854775808}],)"
        R"("alternatives":[{"name":"dead_link","status":"excluded","why":"TCP alive"},)"
        R"({"name":"relay_outage","status":"open"}],"gates":["GATE.MIDFLOW","GATE.END"],)"
        R"("baseline":{"ttl":[49,50],"ip_id":"counter","rtt_ms":12.3},"tests":17,)"
        R"("rate_bps":128000,"burst_bytes":65536,"delay_ms":40.1,"after_packets":12,)"
        R"("after_ms":15200.0,"rules":"drops 1.0",)"
        R"("text":"8 relays were asked 3 times each and none answered."})"
        "\n");
}

TEST_CASE("parts of a finding appear alone") {
  Finding finding = plain_finding(Level::indeterminate);
  finding.trigger.type = "FEP";
  finding.baseline.rtt_ms = 3;
  finding.measured.after_packets = 0;
  finding.score = -0.3;
  finding.tests = 0;
  const auto record = nlohmann::json::parse(render(finding));
  CHECK(record["level"] == "indeterminate");
  CHECK(record["trigger"] == nlohmann::json{{"type", "FEP"}});
  CHECK(record["baseline"] == nlohmann::json{{"rtt_ms", 3.0}});
  CHECK(record["after_packets"] == 0);
  CHECK(record["score"] == -0.3);
  CHECK(record["tests"] == 0);
  CHECK(record["frames"] == nlohmann::json{12, 13, 14, 20});
  for (const auto* absent : {"flow", "items", "alternatives", "gates", "after_ms", "rate_bps"}) {
    CHECK_FALSE(record.contains(absent));
  }
}

TEST_CASE("a verdict with everything, and one that claims nothing") {
  Verdict verdict = plain_verdict("whatsapp", Service::call, VerdictOutcome::blocked);
  verdict.level = Level::likely;
  verdict.attempts = 5;
  verdict.failed = 5;
  verdict.connected = 0;
  verdict.bound = "0 of 5 connected: true success <= 0.45";
  verdict.findings = {{"DIFF.CALLS_BLOCKED", 1}, {"DROP.STUN.RELAY", 5}};
  verdict.alternatives = {{"relay_outage", false, "no second vantage"}};
  CHECK(render(verdict) ==
        R"({"type":"verdict","schema":1,"file":"a.pcap","app":"whatsapp","service":"calls",)"
        R"("outcome":"blocked","level":"likely","attempts":5,"failed":5,"connected":0,)"
        R"("bound":"0 of 5 connected: true success <= 0.45",)"
        R"("findings":[{"id":"DIFF.CALLS_BLOCKED","count":1},{"id":"DROP.STUN.RELAY","count":5}],)"
        R"("alternatives":[{"name":"relay_outage","status":"open","why":"no second vantage"}],)"
        R"("text":"5 of 5 attempts went as they do."})"
        "\n");
  CHECK(render(plain_verdict("viber", Service::text, VerdictOutcome::not_observable)) ==
        R"({"type":"verdict","schema":1,"file":"a.pcap","app":"viber","service":"text",)"
        R"("outcome":"not_observable","text":"5 of 5 attempts went as they do."})"
        "\n");
}

TEST_CASE("only an answer that claims something has a level") {
  for (const auto& [outcome, has] : {std::pair{VerdictOutcome::ok, false},
                                     {VerdictOutcome::degraded, true},
                                     {VerdictOutcome::blocked, true},
                                     {VerdictOutcome::inconclusive, true},
                                     {VerdictOutcome::not_observable, false}}) {
    Verdict verdict = plain_verdict("viber", Service::web, outcome);
    verdict.level = Level::observed;
    CHECK((render(verdict).find("\"level\":\"observed\"") != std::string::npos) == has);
  }
}

TEST_CASE("the gates of an input come last in its record") {
  Capture capture;
  capture.gates = {"GATE.ONESIDED", "GATE.SNAP"};
  CHECK(rendered([&](Sink& sink) { sink.capture(capture); }) ==
        R"({"type":"capture","schema":1,"file":"a.pcap","packets":0,"bytes":0,"truncated":false,)"
        R"("missed_bytes":0,"evicted_flows":0,"gates":["GATE.ONESIDED","GATE.SNAP"]})"
        "\n");
}
