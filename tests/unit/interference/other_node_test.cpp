// Resets of a machine that shares the server's address, and resets that only look like them.
#include "interference/other_node.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Context;
using interference::Level;
using interference::OtherNode;

namespace {

constexpr std::uint8_t kElsewhere = 49;

// The answer comes in, the client acknowledges twice, and another machine gets these.
Flow flipped() {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(39).down("A");
  flow.down("PA", 1200);
  flow.down("A", 1200);
  flow.up("A");
  flow.down("A", 1200);
  flow.up("A");
  return flow;
}
PacketMark& answer(Flow& flow, std::size_t index) {
  const std::uint32_t number = flow.marks()[index].ack;
  PacketMark& reset = flow.down("R");
  reset.seq = number;
  reset.ttl = kElsewhere;
  return reset;
}
OtherNode found(const Flow& flow) {
  const TcpStory story = flow.story();
  const auto event = interference::resets_of(story, Sender::server);
  REQUIRE(event);
  return interference::other_node(story, *event);
}
Level level(const Flow& flow, const Context& context = {}) {
  return find(findings_of(flow.story(), context), "INJ.TTL")->level;
}

}  // namespace

TEST_CASE("A machine that does not know the connection resets what reaches it, one for one") {
  Flow flow = flipped();
  flow.wait(30);
  answer(flow, 7);
  // What the first machine had under way.
  flow.down("A", 1200);
  answer(flow, 9);
  CHECK(found(flow) == OtherNode::may_be);
  const auto findings = findings_of(flow.story());
  CHECK(find(findings, "INJ.RST_SEQ_DATA"));
  CHECK(level(flow) == Level::anomalous);
  CHECK(status(*find(findings, "INJ.TTL"), "other_node") == "open");
  SECTION("a third reset answers nothing") {
    answer(flow, 9);
    CHECK(found(flow) == OtherNode::no);
    CHECK(level(flow) == Level::likely);
  }
  SECTION("a number that nobody had acknowledged") {
    flow.marks().back().seq += 1200;
    CHECK(found(flow) == OtherNode::no);
    CHECK(level(flow) == Level::likely);
  }
  SECTION("an acknowledgement, with and without its flag") {
    flow.marks().back().ack = 1;
    CHECK(found(flow) == OtherNode::no);
    flow.marks().back().flags |= 0x010;
    CHECK(found(flow) == OtherNode::no);
  }
  SECTION("the first machine sends on for longer than a round trip has under way") {
    flow.wait(100).down("A", 1200);
    CHECK(found(flow) == OtherNode::went_on);
    CHECK(level(flow) == Level::likely);
    CHECK(status(*find(findings_of(flow.story()), "INJ.TTL"), "other_node") == "excluded");
  }
}

TEST_CASE("What the server itself acknowledges has not gone astray") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(2);
  answer(flow, 3);
  flow.marks().back().seq = flow.marks()[3].ack;
  CHECK(found(flow) == OtherNode::may_be);
  flow.wait(37).down("PA", 1400);
  CHECK(found(flow) == OtherNode::heard_on);
  flow.down("PA", 1400);
  CHECK(level(flow) == Level::likely);
}

TEST_CASE("A route does not go by names") {
  Flow flow = flipped();
  flow.wait(30);
  answer(flow, 7);
  flow.down("A", 1200);
  Context context;
  context.trigger_flows = context.trigger_hits = 10;
  CHECK(level(flow, context) == Level::anomalous);
  context.same_server_ok = 3;
  // Answered before: the name did not set it off, so neither of the two counts.
  CHECK(level(flow, context) == Level::anomalous);
}

TEST_CASE("Segments that the story left out may have been answered") {
  Flow flow = flipped();
  flow.wait(30);
  PacketMark& reset = answer(flow, 9);
  reset.seq -= 600;
  TcpStory story = flow.story();
  auto event = interference::resets_of(story, Sender::server);
  CHECK(interference::other_node(story, *event) == OtherNode::no);
  story.gap_at = 9;
  CHECK(interference::other_node(story, *event) == OtherNode::may_be);
}
