// The 16 shapes of resets, in the name of either side, and what is none of them.
#include "interference/stages.hpp"

#include <set>
#include <vector>

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Gate;
using interference::Stage;

namespace {

std::string_view shape(const Flow& flow, Sender sender) {
  const TcpStory story = flow.story();
  const auto event = interference::resets_of(story, sender);
  if (!event) return "no reset";
  const auto signature = interference::signature_of(story, *event);
  return signature ? interference::name(*signature) : "none";
}

// Adds resets in the name of `sender`, 1 ms apart, with acknowledgement fields where they are
// given.
void reset(Flow& flow, Sender sender, std::initializer_list<std::string_view> letters,
           std::vector<std::uint32_t> acks = {}) {
  std::size_t i = 0;
  for (const std::string_view each : letters) {
    PacketMark& mark = flow.from(sender, each);
    if (i < acks.size()) mark.ack = acks[i];
    ++i;
  }
}

Flow opened() {
  Flow flow;
  flow.up("S");
  return flow;
}
Flow acknowledged() {
  Flow flow;
  flow.handshake();
  return flow;
}
Flow greeted() {
  Flow flow;
  flow.hello();
  return flow;
}
Flow advanced() {
  Flow flow;
  flow.hello();
  flow.down("A");
  flow.up("PA", 100);
  return flow;
}

struct Case {
  std::string_view id;
  Flow (*before)();
  std::initializer_list<std::string_view> resets;
  std::vector<std::uint32_t> acks;
};

}  // namespace

TEST_CASE("Every shape that resets make is known, whoever they claim to be from") {
  const Case cases[] = {
      {"RST.SYN.R", opened, {"R"}, {}},
      {"RST.SYN.R", opened, {"R", "R"}, {}},
      {"RST.SYN.RA", opened, {"RA"}, {}},
      {"RST.SYN.R_RA", opened, {"RA", "R"}, {}},
      {"RST.ACK.R", acknowledged, {"R"}, {}},
      {"RST.ACK.RR", acknowledged, {"R", "R"}, {}},
      {"RST.ACK.RA", acknowledged, {"RA"}, {}},
      {"RST.ACK.RARA", acknowledged, {"RA", "RA", "RA"}, {}},
      {"RST.PSH.R", greeted, {"R"}, {}},
      {"RST.PSH.RA", greeted, {"RA"}, {}},
      {"RST.PSH.R_RA", greeted, {"R", "RA"}, {}},
      {"RST.PSH.RARA", greeted, {"RA", "RA"}, {}},
      {"RST.PSH.R_EQ", greeted, {"R", "R"}, {7, 7}},
      {"RST.PSH.R_NE", greeted, {"R", "R"}, {7, 8}},
      {"RST.PSH.R_R0", greeted, {"R", "R"}, {7, 0}},
      {"RST.DATA.R", advanced, {"R", "RA"}, {}},
      {"RST.DATA.RA", advanced, {"RA"}, {}},
      {"none", acknowledged, {"R", "RA"}, {}},
      {"none", greeted, {"R", "R"}, {0, 0}},
  };
  std::set<std::string_view> known;
  for (const Case& each : cases)
    if (each.id != "none") known.insert(each.id);
  constexpr std::size_t kSilences = 3;
  CHECK(known.size() + kSilences == interference::kSignatures);
  for (const Sender sender : {Sender::client, Sender::server})
    for (const Case& each : cases) {
      Flow flow = each.before();
      reset(flow, sender, each.resets, each.acks);
      CAPTURE(each.id, interference::name(sender));
      CHECK(shape(flow, sender) == each.id);
      CHECK(shape(flow, interference::peer_of(sender)) == "no reset");
    }
}

TEST_CASE("Resets more than 2 s after the first are another matter") {
  Flow flow = greeted();
  reset(flow, Sender::server, {"RA"});
  flow.wait(2100);
  reset(flow, Sender::server, {"RA"});
  CHECK(shape(flow, Sender::server) == "RST.PSH.RA");
}

TEST_CASE("A repeated first segment is no second one") {
  Flow flow = greeted();
  const PacketMark hello = flow.marks().back();
  PacketMark& again = flow.wait(300).up("PA", 517);
  again.seq = hello.seq;
  reset(flow, Sender::server, {"RA"});
  CHECK(shape(flow, Sender::server) == "RST.PSH.RA");
}

TEST_CASE("A flow whose beginning was not captured has no shape") {
  Flow flow = greeted();
  reset(flow, Sender::server, {"RA"});
  TcpStory story = flow.story();
  story.gates.set(Gate::midflow);
  CHECK(interference::stage_after(story, 5) == Stage::unknown);
  CHECK_FALSE(interference::signature_of(story, *interference::resets_of(story, Sender::server)));
}

TEST_CASE("What is captured twice counts once") {
  Flow flow = greeted();
  reset(flow, Sender::server, {"RA"});
  PacketMark copy = flow.marks().back();
  copy.frame = {0, 99};
  copy.ttl -= 1;
  flow.marks().push_back(copy);
  CHECK(shape(flow, Sender::server) == "RST.PSH.RARA");
  TcpStory story = flow.story();
  story.gates.set(Gate::dup);
  CHECK(interference::resets_of(story, Sender::server)->ends.size() == 1);
}
