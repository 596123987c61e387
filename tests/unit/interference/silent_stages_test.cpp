// The stages at which a side fell silent, told of flows that were dropped and of no others.
#include "interference/silent_stages.hpp"

#include "unit/interference/silences.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Level;
using interference::name_silent_stages;
using interference::Stage;

namespace {

SilentFlow dropped_at(Stage stage) {
  Flow flow;
  flow.hello();
  back_off(flow, 3);
  SilentFlow out = silent_of(flow, 0, 3, "blocked.example");
  out.stage = stage;
  out.note.fate = FlowFate::dropped;
  return out;
}

}  // namespace

TEST_CASE("A dropped flow is named by how far it had come") {
  const std::vector<SilentFlow> silent = {dropped_at(Stage::post_psh), dropped_at(Stage::post_ack),
                                          dropped_at(Stage::later), dropped_at(Stage::unknown)};
  const auto found = name_silent_stages(silent);
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == "RST.PSH.NONE");
  CHECK(found[1].id == "RST.ACK.NONE");
  CHECK(found[0].level == Level::observed);
  CHECK(found[0].frames.size() >= 4);
  CHECK(status(found[0], "SERVER OUTAGE") == "open");
}

TEST_CASE("Silence that the capture or the line explains has no stage") {
  for (const FlowFate fate :
       {FlowFate::unseen, FlowFate::silent, FlowFate::froze, FlowFate::well}) {
    SilentFlow one = dropped_at(Stage::post_psh);
    one.note.fate = fate;
    CHECK(name_silent_stages(std::vector{one}).empty());
  }
}

TEST_CASE("A greeting that the client never acknowledged is named by itself") {
  Flow flow;
  flow.handshake();
  flow.down("PA", 80);
  back_off(flow, 3);
  const SilentFlow one = silent_of(flow, 0);
  const auto found =
      name_silent_stages(settled({one}, {note_at(3, FlowFate::well, "a.test")}).silent);
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "RST.ACK.NONE");
  CHECK(found[0].text.find("The client fell silent after the handshake") == 0);
  // The line was not alive meanwhile.
  CHECK(name_silent_stages(settled({one}, {note_at(60, FlowFate::well, "a.test")}).silent).empty());
}
