// Which flows an excerpt takes, and which it leaves out when the budget is small.
#include "pipeline/evidence_choice.hpp"

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using namespace deadair::pipeline;

namespace {

constexpr std::uint32_t kOtherClient = 0x0a00'0006;
constexpr std::uint32_t kOtherServer = 0xc633'6408;

// A flow of `packets` packets of 100 bytes, from `at_s` on, a millisecond apart.
struct Planned {
  unsigned port = 40000;
  std::uint32_t client = kClient, server = kServer;
  double at_s = 100;
  std::uint64_t packets = 10;
  std::string_view app = "unknown", host = {};
  std::uint8_t proto = wire::ip_proto::kTcp;
};

wire::Packet packet_of(const Planned& flow, std::uint64_t number, std::uint64_t frame = 1000) {
  wire::Packet packet;
  packet.src = IpAddress::v4(flow.client);
  packet.dst = IpAddress::v4(flow.server);
  packet.src_port = static_cast<std::uint16_t>(flow.port);
  packet.dst_port = 443;
  packet.proto = flow.proto;
  packet.ip_version = 4;
  packet.ts_ns = static_cast<std::int64_t>(flow.at_s * 1e9 + static_cast<double>(number) * 1e6);
  packet.frame = {0, frame};
  return packet;
}

class Excerpt {
 public:
  void flow(const Planned& planned) {
    report::Flow flow;
    flow.community_id = ids_.emplace_back("1:" + std::to_string(ids_.size()));
    flow.client_ip = IpAddress::v4(planned.client);
    flow.server_ip = IpAddress::v4(planned.server);
    flow.client_port = static_cast<std::uint16_t>(planned.port);
    flow.server_port = 443;
    flow.proto = planned.proto;
    flow.ts_first_ns = packet_of(planned, 0).ts_ns;
    flow.ts_last_ns = packet_of(planned, planned.packets - 1).ts_ns;
    flow.packets_up = planned.packets;
    flow.bytes_up = planned.packets * 100;
    flow.app = planned.app;
    flow.host = planned.host;
    notes_.flow(flow);
  }
  // A finding that names the first packet of the flow.
  void find(const Planned& planned, std::string_view trigger = {}) {
    report::Finding finding;
    finding.id = "RST.PSH.R";
    finding.level = report::Level::likely;
    finding.frames = {{0, ++named_}};
    finding.trigger.name = trigger;
    notes_.finding(finding);
    first_.push_back(packet_of(planned, 0, named_));
  }
  void call(const report::Call& call) { notes_.call(call); }

  EvidenceChoice& choose(const ExcerptBudget& budget = {}) {
    points_.emplace(notes_);
    for (const wire::Packet& packet : first_) points_->look_at(packet);
    choice_.emplace(notes_, *points_, budget);
    return *choice_;
  }
  [[nodiscard]] bool has(const Planned& planned) { return taken(planned) != 0; }
  // Packets of the flow that are taken.
  std::uint64_t taken(const Planned& planned) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < planned.packets; ++i)
      count += choice_->take(packet_of(planned, i)) ? 1 : 0;
    return count;
  }

 private:
  std::deque<std::string> ids_;
  EvidenceNotes notes_;
  std::uint64_t named_ = 0;
  std::vector<wire::Packet> first_;
  std::optional<EvidencePoints> points_;
  std::optional<EvidenceChoice> choice_;
};

}  // namespace

TEST_CASE("evidence: without a finding nothing is chosen") {
  Excerpt excerpt;
  const Planned flow{};
  excerpt.flow(flow);
  CHECK(excerpt.choose().flows() == 0);
  CHECK_FALSE(excerpt.has(flow));
}

TEST_CASE("evidence: the flow of a finding, its controls, and nobody else's flows") {
  Excerpt excerpt;
  const Planned found{.host = "watched.example"};
  const Planned same_server{.port = 40001, .at_s = 2000};
  const Planned same_name{.port = 40002,
                          .client = kOtherClient,
                          .server = kOtherServer,
                          .at_s = 5000,
                          .host = "watched.example"};
  const Planned beside{.port = 40003, .server = kOtherServer};
  const Planned later{.port = 40004, .server = kOtherServer, .at_s = 5000};
  const Planned stranger{.port = 40005, .client = kOtherClient, .server = kOtherServer};
  for (const Planned& flow : {found, same_server, same_name, beside, later, stranger})
    excerpt.flow(flow);
  excerpt.find(found, "watched.example");
  CHECK(excerpt.choose().flows() == 4);
  CHECK(excerpt.taken(found) == found.packets);
  CHECK(excerpt.has(same_server));
  CHECK(excerpt.has(same_name));
  CHECK(excerpt.has(beside));
  CHECK_FALSE(excerpt.has(later));
  CHECK_FALSE(excerpt.has(stranger));
}

TEST_CASE("evidence: the same ends at another time are another flow") {
  Excerpt excerpt;
  const Planned found{.server = kOtherServer};
  Planned again = found;
  again.at_s = 9000;
  excerpt.flow(found);
  excerpt.find(found);
  excerpt.choose();
  CHECK(excerpt.taken(again) == 0);
  CHECK(excerpt.taken(found) == found.packets);
}

TEST_CASE("evidence: long flows lose their middle") {
  Excerpt excerpt;
  const Planned found{.packets = 500};
  excerpt.flow(found);
  excerpt.find(found);
  ExcerptBudget budget;
  budget.whole = 400;
  budget.head = 100;
  budget.tail = 50;
  excerpt.choose(budget);
  CHECK(excerpt.taken(found) == 150);
}

TEST_CASE("evidence: a spent budget leaves out controls, never the flow of a finding") {
  Excerpt excerpt;
  const Planned found{.packets = 3000};
  const Planned near{.port = 40001, .at_s = 101, .packets = 600};
  const Planned far{.port = 40002, .at_s = 400, .packets = 600};
  for (const Planned& flow : {far, near, found}) excerpt.flow(flow);
  excerpt.find(found);
  ExcerptBudget budget;
  budget.packets = 3600;
  excerpt.choose(budget);
  CHECK(excerpt.taken(found) == 3000);
  CHECK(excerpt.has(near));
  CHECK_FALSE(excerpt.has(far));
  budget.packets = 2000;
  CHECK(excerpt.choose(budget).flows() == 2);
  CHECK(excerpt.taken(found) == 1000);  // its ends
  budget = {};
  budget.bytes = 200'000;
  excerpt.choose(budget);
  CHECK(excerpt.taken(found) == 1000);
}

TEST_CASE("evidence: the largest of the other flows stay out") {
  Excerpt excerpt;
  const Planned found{};
  const Planned small{.port = 40001, .server = kOtherServer};
  const Planned large{.port = 40002, .server = kOtherServer, .packets = 5000};
  for (const Planned& flow : {found, small, large}) excerpt.flow(flow);
  excerpt.find(found);
  excerpt.choose();
  CHECK(excerpt.has(small));
  CHECK_FALSE(excerpt.has(large));
}

TEST_CASE("evidence: a finding whose flow is forgotten still brings its packets") {
  Excerpt excerpt;
  const Planned found{};
  excerpt.find(found);
  excerpt.choose();
  CHECK(excerpt.taken(found) == found.packets);
}

TEST_CASE("evidence: the points at which a call turns") {
  EvidenceNotes notes;
  const Planned media{.proto = wire::ip_proto::kUdp};
  report::Flow flow;
  flow.community_id = "1:call";
  flow.client_ip = IpAddress::v4(kClient);
  flow.server_ip = IpAddress::v4(kServer);
  flow.client_port = 40000;
  flow.server_port = 443;
  flow.proto = wire::ip_proto::kUdp;
  flow.ts_first_ns = packet_of(media, 0).ts_ns;
  flow.ts_last_ns = packet_of(media, 9).ts_ns;
  flow.packets_up = 10;
  notes.flow(flow);
  const std::vector<std::string_view> flows = {flow.community_id};
  report::Call call;
  call.number = 3;
  call.app = "whatsapp";
  call.client_ip = flow.client_ip;
  call.ts_start_ns = flow.ts_first_ns;
  call.ts_end_ns = flow.ts_last_ns;
  call.frame_start = {0, 1};
  call.flows = flows;
  call.outcome = report::CallOutcome::connected;
  call.up.first_ns = packet_of(media, 2).ts_ns;
  call.up.last_ns = packet_of(media, 6).ts_ns;
  call.down.first_ns = packet_of(media, 4).ts_ns;
  call.down.last_ns = packet_of(media, 4).ts_ns;
  notes.call(call);
  EvidencePoints points(notes);
  for (std::uint64_t i = 0; i < media.packets; ++i) {
    wire::Packet packet = packet_of(media, i, i + 1);
    if (i % 4 == 0) std::swap(packet.src, packet.dst), std::swap(packet.src_port, packet.dst_port);
    points.look_at(packet);
  }
  CHECK(points.turn(0, Turn::begin) == wire::FrameRef(0, 1));
  CHECK(points.turn(0, Turn::first_up) == wire::FrameRef(0, 3));
  CHECK(points.turn(0, Turn::last_up) == wire::FrameRef(0, 7));
  CHECK(points.turn(0, Turn::first_down) == wire::FrameRef(0, 5));
  CHECK(points.turn(0, Turn::last_down) == wire::FrameRef(0, 5));
  CHECK(points.turn(0, Turn::end) == wire::FrameRef(0, 10));
  EvidenceChoice choice(notes, points, {});
  CHECK(choice.has_call(0));
  ExcerptBudget nothing;
  nothing.packets = 1;
  CHECK_FALSE(EvidenceChoice(notes, points, nothing).has_call(0));
}

TEST_CASE("evidence: where the clock was set back is part of what a finding needs") {
  EvidenceNotes notes;
  const auto look = [&notes](const std::vector<double>& seconds) {
    EvidencePoints points(notes);
    std::uint64_t frame = 0;
    for (const double at_s : seconds) points.look_at(packet_of({.at_s = at_s}, 0, ++frame));
    return points.steps();
  };
  const std::vector<double> stepping = {100, 101, 100.999, 99, 100, 101.5, 40, 41};
  CHECK(look(stepping).empty());  // nothing was found
  report::Finding finding;
  finding.id = "RST.PSH.R";
  finding.frames = {{0, 1}};
  notes.finding(finding);
  const auto steps = look(stepping);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].before == wire::FrameRef(0, 2));
  CHECK(steps[0].after == wire::FrameRef(0, 4));
  CHECK(steps[0].back_ns == 2 * kSecond);
  CHECK(steps[1].before == wire::FrameRef(0, 6));
  CHECK(steps[1].after == wire::FrameRef(0, 7));
  CHECK(look({100, 101, 100.996}).empty());
  std::vector<double> many;
  for (int i = 0; i < 200; ++i) many.push_back(i % 2 == 0 ? 1000 + i : 10);
  CHECK(look(many).size() == EvidencePoints::kMostSteps);
}

TEST_CASE("evidence: what an excerpt says beyond the whole capture, and what it misses") {
  const auto finding = [](std::string_view id, report::Level level) {
    report::Finding out;
    out.id = id;
    out.level = level;
    return out;
  };
  Gravity whole, excerpt;
  whole.note(finding("A", report::Level::anomalous));
  whole.note(finding("A", report::Level::likely));
  whole.note(finding("B", report::Level::observed));
  excerpt.note(finding("A", report::Level::anomalous));
  CHECK(whole.beyond(excerpt).empty());
  CHECK(whole.missing(excerpt) == std::vector<std::string>{"B"});
  excerpt.note(finding("B", report::Level::anomalous));
  excerpt.note(finding("C", report::Level::observed));
  CHECK(whole.missing(excerpt).empty());
  const auto beyond = whole.beyond(excerpt);
  REQUIRE(beyond.size() == 2);
  CHECK(beyond[0].first == "B");
  CHECK(beyond[1].first == "C");
  report::Verdict verdict;
  verdict.app = "whatsapp";
  verdict.outcome = report::VerdictOutcome::inconclusive;
  verdict.level = report::Level::likely;
  whole.note(verdict);
  verdict.outcome = report::VerdictOutcome::blocked;
  excerpt.note(verdict);
  CHECK(whole.beyond(excerpt).size() == 3);
}
