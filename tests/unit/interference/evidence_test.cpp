// The table of weights, the caps of groups and every rung of the levels.
#include "interference/evidence.hpp"

#include <algorithm>
#include <set>

#include "catch.hpp"

using namespace deadair;
using namespace deadair::interference;

namespace {

const wire::FrameRef kFrame{0, 7};

Evidence of(std::initializer_list<Clue> clues) {
  Evidence evidence;
  for (const Clue clue : clues) evidence.add(clue, "value", kFrame);
  return evidence;
}

}  // namespace

TEST_CASE("Weights are those of the specification") {
  const std::pair<Clue, double> expected[] = {
      {Clue::ttl_near, 2.5},
      {Clue::ttl_class, 0.5},
      {Clue::ttl_equal, -0.3},
      {Clue::ip_id_break, 1.0},
      {Clue::ip_id_elsewhere, 0.0},
      {Clue::timestamp_off, 2.0},
      {Clue::window_copied, 0.5},
      {Clue::answer_early, 1.5},
      {Clue::rst_seq_change, 2.5},
      {Clue::rst_seq_data, 2.5},
      {Clue::data_seq_rst, 2.5},
      {Clue::rst_ack_change, 2.5},
      {Clue::syn_rst, 2.5},
      {Clue::trigger_near, 0.7},
      {Clue::repeat_five, 1.0},
      {Clue::repeat_ten, 1.5},
      {Clue::published, 1.0},
      {Clue::tsg_algebra, 3.0},
      {Clue::after_close, -3.0},
      {Clue::idle_before, -1.5},
      {Clue::scan_shape, -3.0},
      {Clue::twin_succeeded, -3.0},
      {Clue::raw_socket_tool, -3.0},
      {Clue::peer_resets_often, -1.5},
      {Clue::control_same_server, 1.5},
      {Clue::control_other_vantage, 1.5},
  };
  for (const auto& [clue, lr] : expected) {
    CAPTURE(weight(clue).name);
    CHECK(weight(clue).lr == lr);
    CHECK(of({clue}).score() == Approx(lr));
  }
}

TEST_CASE("Every weight has a name and a source, and speaks with its group") {
  for (const Weight& row : kWeights) {
    CAPTURE(row.name);
    CHECK_FALSE(row.name.empty());
    CHECK_FALSE(row.source.empty());
    CHECK((row.group == Group::neg) == (row.lr < 0 && row.clue != Clue::ttl_equal));
  }
}

TEST_CASE("Groups are capped, what speaks against is not") {
  CHECK(of({Clue::ttl_near, Clue::timestamp_off, Clue::ip_id_break}).score() == Approx(2.5));
  CHECK(of({Clue::rst_seq_change, Clue::rst_seq_data, Clue::syn_rst}).score() == Approx(2.5));
  CHECK(of({Clue::trigger_near}).score() == Approx(0.7));
  CHECK(of({Clue::control_same_server, Clue::control_other_vantage}).score() == Approx(3.0));
  CHECK(of({Clue::after_close, Clue::scan_shape, Clue::idle_before}).score() == Approx(-7.5));
  CHECK(of({Clue::repeat_ten}).score() == Approx(1.5));
  Evidence prints;
  for (const char* label : {"a", "b", "c", "d"}) prints.add_published(label, 1, "v", kFrame);
  CHECK(prints.score() == Approx(3.0));
  CHECK(prints.items().size() == 4);
}

TEST_CASE("A clue counts once, and the heavier degree of it") {
  CHECK(of({Clue::trigger_near, Clue::trigger_near}).items().size() == 1);
  Evidence evidence = of({Clue::repeat_five, Clue::repeat_ten, Clue::repeat_five});
  CHECK(evidence.items().size() == 1);
  CHECK(evidence.score() == Approx(1.5));
}

TEST_CASE("A mirrored TTL does not count once numbers give the forger away") {
  CHECK(of({Clue::ttl_equal}).score() == Approx(-0.3));
  const Evidence evidence = of({Clue::ttl_equal, Clue::rst_seq_change});
  CHECK(evidence.score() == Approx(2.5));
  const Finding finding = evidence.finding("INJ.RST_SEQ_CHANGE");
  double listed = 0;
  for (const Item& item : finding.items) listed += item.lr;
  CHECK(listed == Approx(finding.score));
}

TEST_CASE("No rung is skipped") {
  CHECK(of({}).level() == Level::observed);
  CHECK(of({Clue::trigger_near}).level() == Level::observed);
  CHECK(of({Clue::ip_id_break}).level() == Level::anomalous);
  // 2.5 from one group, 3.0 from one group, 3.2 from two.
  CHECK(of({Clue::ttl_near}).level() == Level::anomalous);
  CHECK(of({Clue::tsg_algebra}).level() == Level::anomalous);
  CHECK(of({Clue::ttl_near, Clue::trigger_near}).level() == Level::likely);
  // 1.5 + 1.0 from two groups.
  CHECK(of({Clue::control_same_server, Clue::repeat_five}).level() == Level::anomalous);
  CHECK(of({Clue::control_same_server, Clue::repeat_ten}).level() == Level::likely);
  CHECK(of({Clue::ttl_near, Clue::rst_seq_data, Clue::after_close}).level() == Level::anomalous);
}

TEST_CASE("A pattern needs five points, five events and a control or a fingerprint") {
  Evidence evidence = of({Clue::ttl_near, Clue::rst_seq_data});
  evidence.events(5);
  CHECK(evidence.score() == Approx(5.0));
  CHECK(evidence.level() == Level::likely);
  Evidence controlled = evidence;
  controlled.add(Clue::control_same_server, "v", kFrame);
  CHECK(controlled.level() == Level::confirmed_pattern);
  Evidence printed = evidence;
  printed.add_published("X", 1, "v", kFrame);
  CHECK(printed.level() == Level::confirmed_pattern);
  Evidence rare = of({Clue::ttl_near, Clue::rst_seq_data, Clue::control_same_server});
  rare.events(4);
  CHECK(rare.level() == Level::likely);
  Evidence weak = of({Clue::ttl_near, Clue::control_same_server});
  weak.events(9);
  CHECK(weak.level() == Level::likely);
}

TEST_CASE("Gates and rules of a family only lower the level") {
  Evidence evidence = of({Clue::ttl_near, Clue::rst_seq_data});
  GateSet gates;
  gates.set(Gate::midflow);
  evidence.limit(gates);
  CHECK(evidence.level() == Level::likely);
  CHECK(evidence.finding("X").gates == std::vector<std::string_view>{"GATE.MIDFLOW"});
  gates.set(Gate::caploss_tcp, GateEffect::caps);
  evidence.limit(gates);
  CHECK(evidence.level() == Level::anomalous);
  gates.set(Gate::caploss_tcp, GateEffect::closes);
  gates.set(Gate::caploss_tcp, GateEffect::notes);
  evidence.limit(gates);
  CHECK(evidence.level() == Level::indeterminate);

  Evidence held = of({Clue::ttl_near, Clue::rst_seq_data});
  held.hold_at(Level::anomalous);
  held.hold_at(Level::likely);
  CHECK(held.level() == Level::anomalous);
}

TEST_CASE("A family with rungs of its own is decided by them; its items stay listed") {
  Evidence evidence = of({Clue::control_same_server});
  evidence.decide(Level::likely);
  CHECK(evidence.level() == Level::likely);
  CHECK(evidence.score() == Approx(1.5));
  CHECK(evidence.finding("DROP.TRIGGER.SNI").items.size() == 1);
  GateSet gates;
  gates.set(Gate::caploss_tcp, GateEffect::caps);
  evidence.limit(gates);
  CHECK(evidence.level() == Level::anomalous);
  Evidence exculpatory = of({Clue::ttl_near, Clue::rst_seq_data});
  exculpatory.decide(Level::observed);
  CHECK(exculpatory.level() == Level::observed);
}

TEST_CASE("Frames are listed once and in order, and an open explanation stays open") {
  Evidence evidence;
  for (const std::uint64_t number : {9U, 2U, 9U, 4U}) evidence.show({0, number});
  evidence.show({});
  CHECK(evidence.frames() == std::vector<wire::FrameRef>{{0, 2}, {0, 4}, {0, 9}});
  evidence.alternative("scan", true, "a");
  evidence.alternative("scan", false, "b");
  evidence.alternative("scan", true, "c");
  REQUIRE(evidence.alternatives().size() == 1);
  CHECK_FALSE(evidence.alternatives()[0].excluded);
  CHECK(evidence.alternatives()[0].why == "b");
}

TEST_CASE("Two pieces of evidence about one event add up once") {
  Evidence one = of({Clue::ttl_near, Clue::trigger_near});
  one.show({0, 5});
  Evidence two = of({Clue::ttl_near, Clue::rst_seq_data});
  two.show({0, 6});
  two.events(4);
  one.merge(two);
  CHECK(one.items().size() == 3);
  CHECK(one.score() == Approx(5.7));
  CHECK(one.frames().size() == 2);
}

TEST_CASE("Lower end of the Wilson interval") {
  // As tables have it: 5 of 5, 10 of 10, 8 of 10.
  CHECK(wilson_lower(5, 5) == Approx(0.5655).margin(0.0005));
  CHECK(wilson_lower(10, 10) == Approx(0.7225).margin(0.0005));
  CHECK(wilson_lower(8, 10) == Approx(0.4902).margin(0.0005));
  CHECK(wilson_lower(0, 5) == Approx(0.0).margin(1e-9));
  CHECK(wilson_lower(0, 0) == 0);
}
