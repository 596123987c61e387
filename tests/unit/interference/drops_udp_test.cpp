// UDP that is dropped at its opening, beside servers that are down, deaf, or picky.
#include "interference/drops_udp.hpp"

#include <cmath>

#include "catch.hpp"

using namespace deadair;
using interference::FateBook;
using interference::FateLog;
using interference::Finding;
using interference::FlowFate;
using interference::FlowNote;
using interference::Gate;
using interference::GateEffect;
using interference::Level;
using interference::Opening;
using interference::TriggerType;
using interference::UdpStory;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint8_t kTcp = 6, kUdp = 17;
const IpAddress kClient = IpAddress::v4(0xc0a80002);
IpAddress server(std::uint32_t number) { return IpAddress::v4(0x08080800 | number); }

std::int64_t at(double second) { return std::llround(second * 1e9) + 1'000'000 * kSecond; }

// Initials at 0, 1, 3 and 7 s to server `number`, in a capture that goes on.
UdpStory silent(double second, std::uint32_t number, std::string name = "a.bad.example") {
  static std::uint64_t frame = 0;
  UdpStory story;
  story.client = kClient;
  story.server = server(number);
  story.client_port = static_cast<std::uint16_t>(40'000 + ++frame);
  story.server_port = 443;
  story.name = std::move(name);
  story.frame_name = {0, 10 * frame};
  story.series.count = 4;
  story.series.at_ms = {0, 1000, 3000, 7000};
  for (std::uint64_t i = 0; i < 4; ++i) story.series.frames[i] = {0, 10 * frame + i};
  story.ts_first_ns = story.series.first_ns = at(second);
  story.ts_last_ns = story.series.last_ns = at(second + 7);
  story.until_ns = at(second + 300);
  return story;
}
UdpStory silent_wireguard(double second, std::uint32_t number) {
  UdpStory story = silent(second, number, "");
  story.what = Opening::wireguard;
  story.server_port = 51'820;
  story.series.at_ms = {0, 5100, 10'300, 15'600};
  story.ts_last_ns = story.series.last_ns = at(second + 15.6);
  return story;
}

FlowNote udp_flow(double second, std::uint32_t number, FlowFate fate, std::uint16_t port = 443) {
  static std::uint64_t frame = 100'000;
  FlowNote note;
  note.client = kClient;
  note.server = server(number);
  note.client_port = static_cast<std::uint16_t>(50'000 + ++frame % 10'000);
  note.server_port = port;
  note.proto = kUdp;
  note.frame_first = {0, frame};
  note.begin_ns = note.answered_ns = at(second);
  note.end_ns = note.heard_ns = at(second + 1);
  note.heard = fate == FlowFate::well;
  note.fate = fate;
  return note;
}
FlowNote quic(double second, std::uint32_t number, std::string_view name, FlowFate fate) {
  FlowNote note = udp_flow(second, number, fate);
  note.said(TriggerType::quic_sni, name);
  return note;
}
FlowNote over_tcp(double second, std::uint32_t number) {
  FlowNote note = udp_flow(second, number, FlowFate::well);
  note.proto = kTcp;
  note.said(TriggerType::tls_sni, "a.bad.example");
  return note;
}

struct Scene {
  std::vector<UdpStory> stories;
  std::vector<FlowNote> others;

  [[nodiscard]] std::vector<Finding> findings() const {
    FateLog log;
    for (const UdpStory& story : stories) log.add(interference::note_of(story));
    for (const FlowNote& note : others) log.add(note);
    return judge_udp_drops(stories, FateBook(log));
  }
  [[nodiscard]] Level level() const {
    const std::vector<Finding> all = findings();
    REQUIRE(all.size() == 1);
    return all.front().level;
  }
};

// Three servers silent to one name, over TCP alive; elsewhere QUIC works.
Scene three_servers() {
  return {
      {silent(0, 1), silent(1, 2, "b.bad.example"), silent(2, 3, "c.bad.example")},
      {over_tcp(5, 1), over_tcp(6, 2), over_tcp(7, 3), quic(4, 9, "x.example", FlowFate::well)}};
}

std::string status(const Finding& finding, std::string_view name) {
  for (const interference::Alternative& one : finding.alternatives)
    if (one.name == name) return one.excluded ? "excluded" : "open";
  return "missing";
}

}  // namespace

TEST_CASE("QUIC of one name is silent at three servers that answer other names") {
  Scene scene = three_servers();
  CHECK(scene.level() == Level::anomalous);
  for (std::uint32_t number : {1U, 2U, 3U})
    scene.others.push_back(quic(60, number, "good.example", FlowFate::well));
  CHECK(scene.level() == Level::likely);
  const Finding finding = scene.findings().front();
  CHECK(finding.id == "DROP.TRIGGER.QUIC");
  CHECK(finding.trigger->type == TriggerType::quic_sni);
  CHECK(finding.trigger->name == "a.bad.example");
  CHECK(finding.frames.size() == 12);
  CHECK(finding.after_packets == 0);
  CHECK(status(finding, "CLIENT_OFFLINE") == "excluded");
  CHECK(status(finding, "PATH_MTU") == "excluded");
  CHECK(status(finding, "SERVICE_OUTAGE") == "open");
  CHECK(finding.text ==
        "QUIC Initials in 3 flows that name bad.example to 3 servers were never answered, sent 3 "
        "times and more, while the same servers answered 6 other flows, 3 of them QUIC with other "
        "names.");
}

TEST_CASE("A punishment after the drop is no failure of its own") {
  Scene scene = three_servers();
  for (std::uint32_t number : {1U, 2U, 3U}) {
    scene.others.push_back(quic(15, number, "good.example", FlowFate::silent));
    scene.others.push_back(quic(60, number, "good.example", FlowFate::well));
  }
  CHECK(scene.level() == Level::likely);
  // One that fails later, or before, is.
  Scene later = scene;
  later.others.push_back(quic(90, 1, "good.example", FlowFate::silent));
  CHECK(later.level() == Level::observed);
}

TEST_CASE("A port that answers no name has no trigger") {
  Scene scene = three_servers();
  for (std::uint32_t number : {1U, 2U, 3U})
    scene.others.push_back(quic(15, number, "good.example", FlowFate::silent));
  CHECK(scene.findings().empty());
}

TEST_CASE("A name that is answered now and then is not dropped") {
  Scene scene = three_servers();
  for (std::uint32_t number : {1U, 2U, 3U})
    scene.others.push_back(quic(60, number, "good.example", FlowFate::well));
  scene.others.push_back(quic(30, 2, "b.bad.example", FlowFate::well));
  CHECK(scene.level() == Level::observed);
}

TEST_CASE("One server may have been down, unless it served others meanwhile") {
  Scene scene = {{silent(0, 1), silent(20, 1), silent(40, 1)},
                 {over_tcp(5, 1), over_tcp(25, 2), over_tcp(45, 2)}};
  for (int i = 0; i < 3; ++i)
    scene.others.push_back(quic(60 + i, 1, "good.example", FlowFate::well));
  CHECK(scene.level() == Level::anomalous);
  scene.others.push_back(quic(30, 1, "good.example", FlowFate::well));
  CHECK(scene.level() == Level::likely);
  CHECK(status(scene.findings().front(), "SERVICE_OUTAGE") == "excluded");
}

TEST_CASE("One flow alone is observed, and anomalous beside another name") {
  Scene scene = {{silent(0, 1)}, {over_tcp(5, 1)}};
  CHECK(scene.level() == Level::observed);
  scene.others.push_back(quic(30, 1, "good.example", FlowFate::well));
  CHECK(scene.level() == Level::anomalous);
}

TEST_CASE("A server that nothing is heard of is unreachable") {
  Scene scene = three_servers();
  scene.others = {quic(4, 9, "x.example", FlowFate::well)};
  CHECK(scene.findings().empty());
  // Heard too long ago.
  scene.others.push_back(over_tcp(-700, 1));
  CHECK(scene.findings().empty());
}

TEST_CASE("A dead line is no drop") {
  Scene scene = {{silent(0, 1), silent(1, 2), silent(2, 3)},
                 {over_tcp(-60, 1), over_tcp(-60, 2), over_tcp(-60, 3)}};
  CHECK(scene.findings().empty());
}

TEST_CASE("What makes silence say something") {
  const UdpStory story = silent(0, 1);
  CHECK(is_silent(story));
  UdpStory few = story, early = story, hurried = story, refused = story, answered = story;
  few.series.count = 2;
  CHECK_FALSE(is_silent(few));
  early.until_ns = early.ts_last_ns + 9 * kSecond;
  CHECK_FALSE(is_silent(early));
  hurried.series.at_ms = {0, 300, 600, 900};
  CHECK_FALSE(is_silent(hurried));
  refused.refused = true;
  CHECK_FALSE(is_silent(refused));
  answered.heard_before = 1;
  CHECK_FALSE(is_silent(answered));
  UdpStory no_trigger = story;
  no_trigger.what = Opening::ike;
  CHECK_FALSE(is_silent(no_trigger));
}

TEST_CASE("Gates limit a drop") {
  Scene scene = three_servers();
  for (std::uint32_t number : {1U, 2U, 3U})
    scene.others.push_back(quic(60, number, "good.example", FlowFate::well));
  scene.stories[1].gates.set(Gate::caploss_tcp, GateEffect::caps);
  CHECK(scene.level() == Level::anomalous);
  scene.stories[1].gates.set(Gate::clock, GateEffect::closes);
  CHECK(scene.level() == Level::indeterminate);
}

TEST_CASE("What names nothing needs servers that served it at another time") {
  Scene scene = {{silent_wireguard(0, 1), silent_wireguard(30, 2), silent_wireguard(60, 2)}, {}};
  for (const double second : {5, 35, 65})
    for (std::uint32_t number : {1U, 2U}) scene.others.push_back(over_tcp(second, number));
  scene.others.push_back(quic(40, 9, "x.example", FlowFate::well));
  CHECK(scene.level() == Level::anomalous);
  CHECK(scene.findings().front().id == "DROP.TRIGGER.WG");
  for (std::uint32_t number : {1U, 2U}) {
    FlowNote served = udp_flow(-3000, number, FlowFate::well, 51'820);
    served.said(TriggerType::wg_init, {});
    scene.others.push_back(served);
  }
  CHECK(scene.level() == Level::likely);
  scene.stories.resize(1);
  CHECK(scene.level() == Level::observed);
}

TEST_CASE("Clients and names are judged apart") {
  Scene scene = three_servers();
  scene.stories[1].name = "other.example";
  scene.stories[2].client = IpAddress::v4(0xc0a80003);
  CHECK(scene.findings().size() == 3);
}
