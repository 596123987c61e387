// Which packets of a flow are kept for judging its end.
#include "interference/story_keeper.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::StoryKeeper;

namespace {

struct Kept {
  std::vector<std::uint64_t> frames;
  std::size_t gap = 0;
};
Kept kept(const Flow& flow) {
  StoryKeeper keeper;
  const TcpStory story = flow.story();
  for (const PacketMark& mark : story.packets) keeper.add(mark);
  std::vector<PacketMark> marks;
  Kept out;
  out.gap = keeper.assemble(marks);
  for (const PacketMark& mark : marks) out.frames.push_back(mark.frame.number());
  return out;
}
Flow downloading(int packets) {
  Flow flow;
  flow.hello();
  for (int i = 4; i < packets; ++i) flow.down("A", 1460);
  return flow;
}
std::vector<std::uint64_t> frames(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> out;
  for (; from <= to; ++from) out.push_back(from);
  return out;
}

}  // namespace

TEST_CASE("A short flow is kept whole") {
  Flow flow = downloading(16);
  flow.up("RA");
  CHECK(kept(flow).frames == frames(1, 17));
  CHECK(kept(flow).gap == 0);
  CHECK(kept(Flow{}).frames.empty());
}

TEST_CASE("Of a long flow the beginning and the end are kept") {
  Flow flow = downloading(100);
  flow.up("RA");
  for (int i = 0; i < 40; ++i) flow.down("A", 1460);
  std::vector<std::uint64_t> expected = frames(1, 12);
  for (const std::uint64_t frame : frames(97, 112)) expected.push_back(frame);
  CHECK(kept(flow).frames == expected);
  CHECK(kept(flow).gap == 12);
}

TEST_CASE("What comes 2 s after the tear-down is not kept") {
  Flow flow = downloading(30);
  flow.up("RA");
  flow.wait(1998).down("A", 10);
  flow.wait(1).down("A", 10);
  CHECK(kept(flow).frames.back() == 32);
}

TEST_CASE("A RST long after a FIN is an end of its own") {
  Flow flow = downloading(30);
  flow.up("FA");
  flow.wait(5000).down("R");
  flow.down("R");
  CHECK(kept(flow).frames.back() == 33);
  StoryKeeper keeper;
  for (const PacketMark& mark : flow.marks()) {
    CHECK_FALSE(keeper.torn());
    if (!mark.rst()) keeper.add(mark);
  }
  keeper.add(flow.marks().back());
  CHECK(keeper.torn());
}

TEST_CASE("What is kept is judged as the whole flow is") {
  Flow flow = downloading(60);
  const std::uint32_t sent = flow.server.next;
  flow.down("RA").ttl = 45;
  flow.wait(10).down("A", 1460);
  StoryKeeper keeper;
  for (const PacketMark& mark : flow.marks()) keeper.add(mark);
  std::vector<PacketMark> marks;
  TcpStory story = flow.story();
  const auto whole = findings_of(story);
  story.gap_at = keeper.assemble(marks);
  story.packets = marks;
  const auto part = findings_of(story);
  REQUIRE(find(part, "INJ.RST_SEQ_DATA"));
  REQUIRE(whole.size() == part.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(whole[i].id == part[i].id);
    CHECK(whole[i].score == part[i].score);
    CHECK(whole[i].frames == part[i].frames);
  }
  CHECK(flow.server.next == sent + 1460);
}

TEST_CASE("Data past a FIN of the same side is noticed, in short flows and long ones") {
  const auto past_fin = [](int packets, std::uint32_t back, bool of_server) {
    Flow flow = downloading(packets);
    flow.down("FA");
    PacketMark& data = of_server ? flow.down("PA", 100) : flow.up("PA", 100);
    if (of_server) data.seq -= back;
    StoryKeeper keeper;
    for (const PacketMark& mark : flow.marks()) keeper.add(mark);
    return keeper.past_fin();
  };
  for (const int packets : {5, 40}) {
    CHECK(past_fin(packets, 0, true));
    CHECK(past_fin(packets, 1, true));          // where the FIN stands, as if it had not been sent
    CHECK_FALSE(past_fin(packets, 101, true));  // the last segment once more
    CHECK_FALSE(past_fin(packets, 0, false));   // the other side still sends
  }
}
