// Innocent tear-downs of every kind: what speaks against them, and how they are listed.
#include "interference/lookalikes.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Context;
using interference::Finding;
using interference::Level;

namespace {

// Every finding of a flow is about its one tear-down here.
Finding only(const Flow& flow, const Context& context = {}) {
  const auto findings = findings_of(flow.story(), context);
  REQUIRE_FALSE(findings.empty());
  for (const Finding& each : findings) CHECK(each.level <= Level::observed);
  return findings.front();
}

}  // namespace

TEST_CASE("A scanner: SYN without options, the kernel resets the answer") {
  Flow flow;
  PacketMark& syn = flow.up("S");
  syn.options_len = 0;
  syn.ip_id = 54'321;
  syn.ttl = 250;
  flow.wait(40).down("SA");
  flow.up("R");
  const Finding finding = only(flow);
  CHECK(finding.id == "RST.SYN.R");
  CHECK(item(finding, "SCAN")->lr == -3.0);
  CHECK(status(finding, "scan") == "open");
  CHECK(status(finding, "aborted_by_sender") == "open");
}

TEST_CASE("A connection given up before it was open looks like a scan") {
  Flow flow;
  flow.up("S");
  flow.wait(40).down("SA");
  flow.up("R");
  CHECK(item(only(flow), "SCAN"));
  // A number that the SYN+ACK did not ask for is nobody's answer to it.
  flow.marks().back().seq += 5;
  CHECK_FALSE(item(only(flow), "SCAN"));
}

TEST_CASE("A client that acknowledged first is no scanner") {
  Flow flow;
  flow.handshake();
  flow.up("RA");
  const Finding finding = only(flow);
  CHECK_FALSE(item(finding, "SCAN"));
  CHECK(status(finding, "scan") == "excluded");
}

TEST_CASE("Of two racing connections the loser is reset") {
  Flow flow;
  flow.up("S");
  flow.wait(300).down("SA");
  flow.up("R");
  Context context;
  context.twin_succeeded = true;
  const Finding finding = only(flow, context);
  CHECK(item(finding, "TWIN")->lr == -3.0);
  CHECK(status(finding, "connection_race") == "open");
  context.twin_succeeded = false;
  CHECK(status(only(flow, context), "connection_race") == "excluded");
  CHECK(status(only(flow), "connection_race") == "open");
}

TEST_CASE("A browser closes a tab in mid-handshake") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(20).down("A");
  flow.up("RA");
  const Finding finding = only(flow);
  CHECK(finding.id == "RST.PSH.RA");
  CHECK_FALSE(item(finding, "TRIGGER"));
  CHECK(item(finding, "TTL_EQUAL"));
  CHECK(status(finding, "aborted_by_sender") == "open");
}

TEST_CASE("A front end resets after its FIN, with a TTL of another class and no identification") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("PA", 3000);
  flow.up("A");
  flow.down("FA");
  flow.up("PA", 31);
  for (int i = 0; i < 2; ++i) {
    PacketMark& reset = flow.down("R");
    reset.ttl = static_cast<std::uint8_t>(flow.server.ttl + 64);
    reset.ip_id = 0;
    reset.ack = 0;
    reset.window = 0;
  }
  const Finding finding = only(flow);
  CHECK(item(finding, "INJ.TTL.CLASS")->lr == 0.5);
  CHECK(item(finding, "AFTER_CLOSE")->lr == -3.0);
  CHECK(status(finding, "closed_before") == "open");
}

TEST_CASE("A TLS alert announces the end as a FIN does") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(40).down("A");
  CHECK_FALSE(item(only([&] {
                     Flow silent = flow;
                     silent.down("RA");
                     return silent;
                   }()),
                   "AFTER_CLOSE"));
  flow.down("PA", 7).tls_alert = true;
  flow.down("RA").ttl = 45;
  const Finding finding = only(flow);
  CHECK(item(finding, "AFTER_CLOSE"));
  CHECK(item(finding, "INJ.TTL"));
}

TEST_CASE("A firewall answers late data of a client that is gone") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("A");
  flow.down("A", 1460);
  flow.down("A", 1460);
  flow.up("RA");
  for (int i = 0; i < 2; ++i) {
    flow.down("A", 1460);
    PacketMark& reset = flow.up("RA");
    reset.ttl = static_cast<std::uint8_t>(flow.client.ttl + 128);
    reset.ip_id = 0;
  }
  const Finding finding = only(flow);
  CHECK(item(finding, "TTL_EQUAL"));
  CHECK_FALSE(item(finding, "INJ.RST_ACK_CHANGE"));
  CHECK(status(finding, "late_data_answered") == "open");
}

TEST_CASE("A closed port") {
  Flow flow;
  flow.up("S");
  flow.wait(40).down("RA").seq = 0;
  Context context;
  context.server_ttl_elsewhere = 52;
  const Finding finding = only(flow, context);
  CHECK(finding.id == "RST.SYN.RA");
  CHECK(status(finding, "closed_port") == "open");
  CHECK(finding.score == 0);
}

TEST_CASE("Silence of a minute, and probes, end in time-outs") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("PA", 300);
  flow.up("A");
  SECTION("silence") {
    flow.wait(61'000).down("R");
    const Finding finding = only(flow);
    CHECK(item(finding, "IDLE_BEFORE")->lr == -1.5);
    CHECK(status(finding, "idle_timeout") == "open");
  }
  SECTION("not quite a minute") {
    flow.wait(59'000).down("R");
    const Finding finding = only(flow);
    CHECK_FALSE(item(finding, "IDLE_BEFORE"));
    CHECK(status(finding, "idle_timeout") == "excluded");
  }
  SECTION("keep-alive probes") {
    flow.wait(45'000).up("A").seq -= 1;
    flow.wait(50).down("R");
    CHECK(item(only(flow), "IDLE_BEFORE"));
  }
}

TEST_CASE("A server that resets many resets this one as well") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("RA");
  Context context;
  CHECK(status(only(flow, context), "overloaded_server") == "open");
  context.resets_elsewhere = 0.05;
  CHECK(status(only(flow, context), "overloaded_server") == "excluded");
  context.resets_elsewhere = 0.2;
  const Finding finding = only(flow, context);
  CHECK(item(finding, "PEER_RESETS")->lr == -1.5);
  CHECK(status(finding, "overloaded_server") == "open");
}

TEST_CASE("Another TTL may be another route, unless the former comes back") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("A");
  flow.down("RA").ttl = 45;
  const auto first = [&] { return findings_of(flow.story()).front(); };
  CHECK(status(first(), "route_change") == "open");
  CHECK(status(first(), "aborted_by_sender") == "excluded");
  CHECK(status(first(), "local_device") == "open");
  flow.down("A");
  CHECK(status(first(), "route_change") == "excluded");
}

TEST_CASE("A server without the name, or a guard before it, may refuse") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(40).down("A");
  flow.down("RA");
  CHECK(status(only(flow), "refused_by_server") == "open");
  flow.marks().back().ttl = 45;
  CHECK(status(findings_of(flow.story()).front(), "refused_by_server") == "excluded");
}
