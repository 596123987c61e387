// Whole tear-downs: which findings they make, at which level, and what the findings say.
#include "interference/resets.hpp"

#include <random>

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Context;
using interference::Finding;
using interference::Gate;
using interference::GateEffect;
using interference::Level;
using interference::TriggerType;

namespace {

// A watched name, acknowledged by the server; a reset in the server's name 5 ms later.
Flow blocked(std::uint8_t ttl, TriggerType type = TriggerType::tls_sni, bool watched = true) {
  Flow flow;
  flow.hello();
  flow.trigger(type, watched);
  flow.wait(3).down("A");
  flow.down("RA").ttl = ttl;
  return flow;
}
constexpr std::uint8_t kMirrored = 52, kForged = 45;

Context controlled(std::uint64_t flows, std::uint64_t hits, std::uint64_t same_server) {
  Context context;
  context.trigger_flows = flows;
  context.trigger_hits = hits;
  context.same_server_ok = same_server;
  return context;
}

}  // namespace

TEST_CASE("A reset with a foreign TTL after a watched name") {
  const auto findings = findings_of(blocked(kForged).story());
  for (const char* id : {"RST.TRIGGER.SNI", "RST.PSH.RA", "INJ.TTL"}) {
    CAPTURE(id);
    const Finding* finding = find(findings, id);
    REQUIRE(finding);
    CHECK(finding->score == Approx(3.2));
    CHECK(finding->level == Level::likely);
    CHECK(finding->frames == std::vector<wire::FrameRef>{{0, 4}, {0, 6}});
    REQUIRE(finding->trigger);
    CHECK(finding->trigger->name == "web.example");
    CHECK(finding->baseline.ttl == std::vector<std::uint8_t>{52});
    CHECK(finding->baseline.rtt_ms == 40.0);
    CHECK(finding->rules == interference::kResetRules);
    CHECK(finding->text.find("better explained by a third device") != std::string::npos);
    CHECK(finding->text.find("cannot be told") == std::string::npos);
  }
  CHECK(findings.size() == 3);
}

TEST_CASE("Server data that goes on past the reset makes it plain") {
  Flow flow = blocked(kForged);
  flow.wait(35).down("PA", 1400);
  const auto findings = findings_of(flow.story());
  REQUIRE(find(findings, "INJ.RST_SEQ_DATA"));
  CHECK(find(findings, "INJ.RST_SEQ_DATA")->score == Approx(5.7));
  // One event and no control are no pattern.
  CHECK(find(findings, "INJ.RST_SEQ_DATA")->level == Level::likely);
}

TEST_CASE("Three resets that guess ahead, the TTL mirrored") {
  Flow flow = blocked(kMirrored);
  const std::uint32_t base = flow.marks().back().seq;
  for (const std::uint32_t step : {1460U, 4380U}) flow.down("RA").seq = base + step;
  const auto findings = findings_of(flow.story());
  const Finding* finding = find(findings, "INJ.RST_SEQ_CHANGE");
  REQUIRE(finding);
  CHECK(finding->score == Approx(2.5 + 0.7 + 1.0));
  CHECK(finding->level == Level::likely);
  CHECK(item(*finding, "TTL_EQUAL")->lr == 0);
  CHECK(item(*finding, "GFW 2006"));
  CHECK(find(findings, "INJ.FP"));
}

TEST_CASE("In the path, in sequence, the TTL mirrored: undecidable from one flow") {
  const Flow flow = blocked(kMirrored);
  const auto findings = findings_of(flow.story());
  const Finding* finding = find(findings, "RST.TRIGGER.SNI");
  REQUIRE(finding);
  CHECK(finding->score == Approx(0.4));
  CHECK(finding->level == Level::observed);
  CHECK(finding->text.find("cannot be told from the sender by one flow") != std::string::npos);
  CHECK(status(*finding, "refused_by_server") == "open");

  const auto level = [&](const Context& context) {
    return find(findings_of(flow.story(), context), "RST.TRIGGER.SNI")->level;
  };
  CHECK(level(controlled(4, 4, 3)) == Level::anomalous);
  CHECK(level(controlled(5, 5, 2)) == Level::anomalous);
  CHECK(level(controlled(10, 10, 2)) == Level::anomalous);
  CHECK(level(controlled(5, 2, 3)) == Level::anomalous);
  Context two = controlled(0, 0, 3);
  two.other_vantage_ok = 3;
  // 3.4 points, but nothing repeated.
  CHECK(level(two) == Level::anomalous);
  // 0.4 + 1.5 + 1.5, and 0.4 + 1.0 + 1.5.
  CHECK(level(controlled(10, 10, 3)) == Level::likely);
  CHECK(level(controlled(5, 5, 3)) == Level::anomalous);
}

TEST_CASE("A pattern: five points, five flows and a control") {
  Flow flow = blocked(kForged);
  const auto level = [&](const Context& context) {
    return find(findings_of(flow.story(), context), "RST.TRIGGER.SNI")->level;
  };
  // 2.5 + 0.7 + 1.5 + 1.0.
  CHECK(level(controlled(5, 5, 3)) == Level::confirmed_pattern);
  CHECK(level(controlled(10, 10, 0)) == Level::likely);
  const auto findings = findings_of(flow.story(), controlled(5, 5, 3));
  const std::string& text = find(findings, "RST.TRIGGER.SNI")->text;
  CHECK(text.find("consistent with deliberate, selective interference") != std::string::npos);
  CHECK(text.find("not excluded: ") != std::string::npos);
}

TEST_CASE("Which triggers make which finding") {
  const std::pair<TriggerType, std::string_view> kinds[] = {
      {TriggerType::tls_sni, "RST.TRIGGER.SNI"}, {TriggerType::http_host, "RST.TRIGGER.HOST"},
      {TriggerType::fep, "RST.TRIGGER.FEP"},     {TriggerType::ovpn, "RST.TRIGGER.VPN"},
      {TriggerType::tor, "RST.TRIGGER.VPN"},     {TriggerType::dns_q, ""},
  };
  for (const auto& [type, id] : kinds) {
    const auto findings = findings_of(blocked(kForged, type).story());
    CAPTURE(interference::name(type));
    CHECK((find(findings, id) != nullptr) == !id.empty());
    CHECK(find(findings, "RST.PSH.RA"));
    CHECK(find(findings, "RST.PSH.RA")->trigger.has_value() == !id.empty());
  }
}

TEST_CASE("A name nobody watches weighs by repetition and control together, and never the most") {
  const auto judged = [](std::uint8_t ttl, const Context& context) {
    return *find(findings_of(blocked(ttl, TriggerType::tls_sni, false).story(), context),
                 "RST.TRIGGER.SNI");
  };
  for (const Context& one : {controlled(0, 0, 3), controlled(10, 10, 2), controlled(10, 5, 3)}) {
    CHECK(judged(kForged, one).score == Approx(2.5));
    CHECK(judged(kForged, one).level == Level::anomalous);
    CHECK(judged(kMirrored, one).level == Level::observed);
  }
  CHECK(judged(kForged, controlled(10, 10, 3)).score == Approx(5.5));
  CHECK(judged(kForged, controlled(10, 10, 3)).level == Level::likely);
  // A server may refuse a name whenever it is asked for it.
  CHECK(judged(kMirrored, controlled(10, 10, 3)).score == Approx(2.7));
  CHECK(judged(kMirrored, controlled(10, 10, 3)).level == Level::anomalous);
  Context more = controlled(10, 10, 3);
  more.other_vantage_ok = 3;
  CHECK(judged(kMirrored, more).level == Level::anomalous);  // 4.2, and no sign of a forgery
}

TEST_CASE("A trigger is near in time, and not answered yet") {
  const auto trigger = [](std::int64_t wait_ms, std::optional<std::int64_t> rtt_ms) {
    Flow flow;
    flow.hello();
    flow.trigger();
    flow.down("A");
    flow.wait(wait_ms - 2).down("RA").ttl = kForged;
    TcpStory story = flow.story();
    story.rtt_ns.reset();
    if (rtt_ms) story.rtt_ns = *rtt_ms * kMillisecond;
    const auto findings = findings_of(story);
    if (!find(findings, "RST.TRIGGER.SNI")) return std::string_view{"none"};
    return item(*find(findings, "RST.TRIGGER.SNI"), "TRIGGER") ? std::string_view{"near"}
                                                               : std::string_view{"far"};
  };
  CHECK(trigger(500, 40) == "near");
  CHECK(trigger(501, 40) == "none");
  CHECK(trigger(900, 300) == "near");
  CHECK(trigger(901, 300) == "none");
  CHECK(trigger(500, std::nullopt) == "near");
  CHECK(trigger(4000, std::nullopt) == "far");
  CHECK(trigger(5001, std::nullopt) == "none");

  Flow answered;
  answered.hello();
  answered.trigger();
  answered.wait(40).down("PA", 1200);
  answered.down("RA").ttl = kForged;
  CHECK_FALSE(find(findings_of(answered.story()), "RST.TRIGGER.SNI"));
}

TEST_CASE("In the client's name a trigger counts only when something else shows a forgery") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(3).up("RA");
  CHECK_FALSE(find(findings_of(flow.story()), "RST.TRIGGER.SNI"));
  flow.marks().back().ttl = 57;
  const auto findings = findings_of(flow.story());
  REQUIRE(find(findings, "RST.TRIGGER.SNI"));
  CHECK(find(findings, "RST.TRIGGER.SNI")->level == Level::likely);

  // Captured beside the server, which answers sooner than the reset arrives.
  Flow near;
  near.hello();
  near.trigger();
  near.down("PA", 1400);
  near.wait(5).up("R").ttl = 57;
  CHECK(find(findings_of(near.story()), "RST.TRIGGER.SNI"));
}

TEST_CASE("The shape of Zeek's test capture of a forged reset") {
  Flow flow;
  flow.client = {62, 0x1555, 16384, 1'569'339'004};
  flow.server = {49, 0x7f4c, 65535, 1'616'457'233};
  flow.up("S");
  PacketMark& forged = flow.wait(232).down("RAN");
  forged.ttl = 46;
  forged.ip_id = 0x1555;
  forged.window = 16384;
  forged.seq = 0;
  forged.ack -= 1;
  flow.wait(1031).down("SA");
  flow.client.window = 17232;
  flow.up("A");
  flow.up("PA", 25);
  flow.wait(1583).down("A");
  flow.down("RA").window = 0;
  flow.up("PA", 150);
  PacketMark& last = flow.wait(1278).down("R");
  last.window = 0;
  last.dont_fragment = false;
  const auto findings = findings_of(flow.story());
  for (const char* id : {"RST.HANDSHAKE", "RST.SYN.RA", "INJ.TTL", "INJ.SYN_RST"}) {
    CAPTURE(id);
    const Finding* finding = find(findings, id);
    REQUIRE(finding);
    // 4.0 of headers are capped at 2.5; the order of packets adds 2.5.
    CHECK(finding->score == Approx(5.0));
    CHECK(finding->level == Level::likely);
    CHECK(finding->frames == std::vector<wire::FrameRef>{{0, 2}, {0, 3}});
    CHECK(item(*finding, "INJ.IPID.COPIED"));
    CHECK(item(*finding, "INJ.FLAGS"));
    CHECK(item(*finding, "INJ.WIN"));
    CHECK(status(*finding, "closed_port") == "excluded");
  }
  CHECK(findings.size() == 4);
}

TEST_CASE("Resets to both ends") {
  Flow flow = blocked(kForged);
  flow.up("RA").ttl = 57;
  const auto findings = findings_of(flow.story());
  const Finding* both = find(findings, "RST.BOTH");
  REQUIRE(both);
  CHECK(both->level == Level::likely);
  CHECK(both->frames == std::vector<wire::FrameRef>{{0, 4}, {0, 6}, {0, 7}});
  SECTION("too far apart") {
    flow.marks().back().ts_ns += 41 * kMillisecond;
    CHECK_FALSE(find(findings_of(flow.story()), "RST.BOTH"));
  }
}

TEST_CASE("A client whose connection is gone resets what still arrives: that is its own") {
  Flow flow = blocked(kForged);
  flow.wait(10).down("PA", 1400);
  PacketMark& genuine = flow.up("R");
  genuine.seq = flow.marks()[6].ack;
  const auto findings = findings_of(flow.story());
  CHECK_FALSE(find(findings, "RST.BOTH"));
  REQUIRE(find(findings, "RST.PSH.R"));
  CHECK(find(findings, "RST.PSH.R")->level == Level::observed);
}

TEST_CASE("A forged FIN") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(3).down("A");
  flow.down("FA").ttl = kForged;
  flow.server.next -= 1;
  flow.wait(35).down("PA", 1400);
  const auto findings = findings_of(flow.story());
  const Finding* finding = find(findings, "RST.FIN");
  REQUIRE(finding);
  CHECK(finding->score == Approx(5.7));
  CHECK(finding->level == Level::likely);
  CHECK(finding->text.starts_with("A FIN in the name of the server"));
}

TEST_CASE("Gates limit what is said, and are named") {
  TcpStory story = [] {
    static const Flow kFlow = blocked(kForged);
    return kFlow.story();
  }();
  story.gates.set(Gate::caploss_tcp, GateEffect::closes);
  story.gates.set(Gate::end);
  const auto findings = findings_of(story);
  REQUIRE(find(findings, "RST.TRIGGER.SNI"));
  CHECK(find(findings, "RST.TRIGGER.SNI")->level == Level::indeterminate);
  CHECK(find(findings, "RST.TRIGGER.SNI")->gates ==
        std::vector<std::string_view>{"GATE.CAPLOSS.TCP"});
  CHECK(find(findings, "RST.TRIGGER.SNI")->text.find("GATE.CAPLOSS.TCP") != std::string::npos);
}

TEST_CASE("A flow begun before the capture has no shape; its resets are judged all the same") {
  static const Flow kFlow = blocked(kForged);
  TcpStory story = kFlow.story();
  story.packets = story.packets.subspan(3);
  story.gates.set(Gate::midflow);
  const auto findings = findings_of(story);
  CHECK_FALSE(find(findings, "RST.PSH.RA"));
  REQUIRE(find(findings, "INJ.TTL"));
  CHECK(find(findings, "INJ.TTL")->level == Level::likely);
}

TEST_CASE("A flow that nothing tore down makes no finding") {
  Flow flow;
  flow.hello();
  flow.down("PA", 1400);
  flow.up("FA");
  flow.down("FA");
  flow.up("A");
  CHECK(findings_of(flow.story()).empty());
  CHECK(findings_of(TcpStory{}).empty());
}

TEST_CASE("Any packets in any order are judged without harm") {
  std::mt19937 generator(3);
  const auto random = [&](unsigned below) {
    return static_cast<std::uint32_t>(generator()) % below;
  };
  for (int round = 0; round < 3000; ++round) {
    Flow flow;
    if (random(2) != 0) flow.hello();
    for (unsigned count = random(24); count > 0; --count) {
      PacketMark& mark = flow.from(random(2) != 0 ? Sender::client : Sender::server, "A");
      mark.flags = static_cast<std::uint16_t>(random(0x1000));
      mark.seq += random(3) == 0 ? random(0xffff'ffff) : random(3000);
      mark.ack += random(3) == 0 ? random(0xffff'ffff) : 0;
      mark.ttl = static_cast<std::uint8_t>(random(256));
      mark.ts_ns += random(100'000) * kMillisecond - 50'000 * kMillisecond;
      mark.payload_len = random(3000);
    }
    if (random(2) != 0 && !flow.marks().empty()) flow.trigger();
    TcpStory story = flow.story();
    story.gap_at = random(static_cast<unsigned>(story.packets.size()) + 1);
    for (std::size_t gate = 0; gate < interference::kGates; ++gate)
      if (random(8) == 0) story.gates.set(static_cast<Gate>(gate));
    for (const Finding& finding : findings_of(story, controlled(random(20), random(20), 3))) {
      CHECK_FALSE(finding.id.empty());
      CHECK_FALSE(finding.frames.empty());
      CHECK(finding.text.ends_with("."));
      for (const wire::FrameRef frame : finding.frames)
        CHECK(frame.number() <= story.packets.size());
    }
  }
}
