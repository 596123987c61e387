// All 19 shapes of tear-downs, in the name of either side, and what is none of them.
#include "interference/stages.hpp"

#include <algorithm>
#include <vector>

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Context;
using interference::Gate;
using interference::Signature;
using interference::Stage;
using interference::Vantage;

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

TEST_CASE("Silence has three shapes") {
  const auto silence = [](const Flow& flow, std::int64_t seconds, Vantage vantage = {},
                          Sender sender = Sender::server) -> std::string_view {
    const TcpStory story = flow.story();
    Context context;
    context.vantage = vantage;
    context.capture_end_ns = story.packets.back().ts_ns + seconds * interference::kSecond;
    const auto signature = interference::silence_of(story, sender, context);
    return signature ? interference::name(*signature) : "none";
  };
  Flow late = acknowledged();
  late.up("PA", 517);
  CHECK(silence(opened(), 11) == "RST.SYN.NONE");
  CHECK(silence(late, 11) == "RST.PSH.NONE");
  CHECK(silence(late, 9) == "none");
  CHECK(silence(late, 4, Vantage::server_side) == "RST.PSH.NONE");
  CHECK(silence(late, 2, Vantage::server_side) == "none");
  // The client has nothing to answer.
  CHECK(silence(late, 11, {}, Sender::client) == "none");
  Flow greeting = acknowledged();
  greeting.down("PA", 80);
  CHECK(silence(greeting, 11, {}, Sender::client) == "RST.ACK.NONE");
  CHECK(silence(greeting, 11) == "none");
  late.up("FA");
  CHECK(silence(late, 11) == "none");

  const Flow cut = opened();
  TcpStory story = cut.story();
  Context context;
  context.capture_end_ns = story.packets.back().ts_ns + 11 * interference::kSecond;
  story.gates.set(Gate::end);
  CHECK_FALSE(interference::silence_of(story, Sender::server, context));
  story.gates = {};
  story.gates.set(Gate::onesided);
  CHECK_FALSE(interference::silence_of(story, Sender::server, context));
}

TEST_CASE("All 19 shapes are told apart, in both directions") {
  const auto silence = [](const Flow& flow, Sender sender) -> std::string_view {
    const TcpStory story = flow.story();
    Context context;
    context.capture_end_ns = story.packets.back().ts_ns + 11 * interference::kSecond;
    const auto signature = interference::silence_of(story, sender, context);
    return signature ? interference::name(*signature) : "none";
  };
  const Case torn[] = {
      {"RST.SYN.R", opened, {"R"}, {}},
      {"RST.SYN.RA", opened, {"RA"}, {}},
      {"RST.SYN.R_RA", opened, {"R", "RA"}, {}},
      {"RST.ACK.R", acknowledged, {"R"}, {}},
      {"RST.ACK.RR", acknowledged, {"R", "R"}, {}},
      {"RST.ACK.RA", acknowledged, {"RA"}, {}},
      {"RST.ACK.RARA", acknowledged, {"RA", "RA"}, {}},
      {"RST.PSH.R", greeted, {"R"}, {}},
      {"RST.PSH.RA", greeted, {"RA"}, {}},
      {"RST.PSH.R_RA", greeted, {"R", "RA"}, {}},
      {"RST.PSH.RARA", greeted, {"RA", "RA"}, {}},
      {"RST.PSH.R_EQ", greeted, {"R", "R"}, {7, 7}},
      {"RST.PSH.R_NE", greeted, {"R", "R"}, {7, 8}},
      {"RST.PSH.R_R0", greeted, {"R", "R"}, {7, 0}},
      {"RST.DATA.R", advanced, {"R"}, {}},
      {"RST.DATA.RA", advanced, {"RA"}, {}},
  };
  for (const Sender sender : {Sender::client, Sender::server}) {
    std::vector<std::string_view> known;
    for (const Case& each : torn) {
      Flow flow = each.before();
      reset(flow, sender, each.resets, each.acks);
      known.push_back(shape(flow, sender));
    }
    // The other side asks, and is not answered.
    Flow syn = opened(), ack = acknowledged(), psh = greeted();
    if (sender == Sender::client) {
      syn.down("SA");
      ack.down("PA", 80);
      psh.down("PA", 80);
    } else {
      PacketMark& probe = ack.wait(1000).up("A");
      --probe.seq;
    }
    for (const Flow& flow : {syn, ack, psh}) known.push_back(silence(flow, sender));
    CAPTURE(interference::name(sender));
    CHECK(known.size() == interference::kSignatures);
    std::ranges::sort(known);
    CHECK(std::ranges::adjacent_find(known) == known.end());
    CHECK(std::ranges::find(known, "none") == known.end());
  }
}
