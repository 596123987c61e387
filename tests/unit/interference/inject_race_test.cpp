// Orders of packets that one host would not send, and those that look alike.
#include "interference/injection.hpp"
#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Clue;
using interference::Evidence;
using interference::Gate;
using interference::Group;

namespace {

Evidence judged(const TcpStory& story, Sender sender = Sender::server) {
  Evidence evidence;
  judge_order(story, *interference::resets_of(story, sender), evidence);
  return evidence;
}
Evidence judged(const Flow& flow, Sender sender = Sender::server) {
  return judged(flow.story(), sender);
}

}  // namespace

TEST_CASE("A second reset guesses ahead") {
  Flow flow;
  flow.hello();
  const std::uint32_t base = flow.server.next;
  flow.down("R");
  PacketMark& second = flow.down("R");
  const auto fires = [&] { return judged(flow).has(Clue::rst_seq_change); };
  second.seq = base + 2;
  CHECK_FALSE(fires());
  second.seq = base + 3;
  CHECK(fires());
  second.seq = base + 1460;
  CHECK(fires());
  CHECK(judged(flow).frames() == std::vector<wire::FrameRef>{second.frame});
  second.seq = base - 1460;
  CHECK_FALSE(fires());
}

TEST_CASE(
    "A second reset does not guess when its number was sent, asked for, or an end came before") {
  Flow flow;
  flow.hello();
  SECTION("sent before") {
    flow.down("A", 1460);
    flow.down("R").seq -= 1460;
    flow.down("R");
    CHECK_FALSE(judged(flow).has(Clue::rst_seq_change));
  }
  SECTION("the client acknowledges what was not captured, and the reset answers that") {
    const std::uint32_t base = flow.server.next;
    flow.down("R");
    flow.up("A").ack = base + 2920;
    flow.down("R").seq = base + 2920;
    CHECK_FALSE(judged(flow).has(Clue::rst_seq_change));
  }
  SECTION("the client acknowledges it later: it was sent, and not captured") {
    flow.down("R");
    flow.down("R").seq += 25;
    CHECK(judged(flow).has(Clue::rst_seq_change));
    flow.up("A").ack += 25;
    CHECK_FALSE(judged(flow).has(Clue::rst_seq_change));
  }
  SECTION("after a FIN of its own") {
    flow.down("FA");
    flow.down("R");
    flow.down("R").seq += 100;
    CHECK_FALSE(judged(flow).has(Clue::rst_seq_change));
  }
  SECTION("after a reset of the other side") {
    flow.up("R");
    flow.down("R");
    flow.down("R").seq += 100;
    CHECK_FALSE(judged(flow).has(Clue::rst_seq_change));
  }
  SECTION("later than 2 s") {
    flow.down("R");
    flow.wait(2000).down("R").seq += 100;
    CHECK_FALSE(judged(flow).has(Clue::rst_seq_change));
  }
}

TEST_CASE("Data after a reset") {
  Flow flow;
  flow.hello();
  flow.down("R");
  SECTION("goes on past it") {
    flow.wait(30).down("PA", 1200);
    CHECK(judged(flow).has(Clue::rst_seq_data));
    CHECK_FALSE(judged(flow).has(Clue::raw_socket_tool));
  }
  SECTION("too late to tell") {
    flow.wait(2000).down("PA", 1200);
    CHECK(judged(flow).score() == 0);
  }
  SECTION("was overtaken by it") {
    PacketMark& late = flow.down("PA", 1200);
    late.seq -= 1200;
    CHECK(judged(flow).score() == 0);
  }
  SECTION("ends with its FIN at the number of the reset") {
    PacketMark& last = flow.down("PAF", 1200);
    last.seq -= 1200;
    CHECK(judged(flow).score() == 0);
  }
  SECTION("within what a capture may swap") {
    flow.down("PA", 1200);
    CHECK(judged(flow).has(Clue::rst_seq_data));
    TcpStory story = flow.story();
    story.gates.set(Gate::reorder);
    CHECK(judged(story).score() == 0);
  }
  SECTION("belongs to a new connection on the same ports") {
    flow.up("S");
    flow.down("PA", 1200);
    CHECK(judged(flow).score() == 0);
  }
  SECTION("comes from the other side") {
    flow.up("PA", 100);
    CHECK(judged(flow).score() == 0);
  }
}

TEST_CASE("A copy of data captured before the reset is not sent after it") {
  Flow flow;
  flow.hello();
  flow.down("PA", 1200);
  PacketMark copy = flow.marks().back();
  flow.down("R").seq -= 1200;
  flow.marks().back().ts_ns -= kMillisecond / 2;
  copy.frame = {0, 99};
  copy.ts_ns += kMillisecond;
  flow.marks().push_back(copy);
  CHECK_FALSE(judged(flow).has(Clue::rst_seq_data));
}

TEST_CASE("The kernel under a raw-socket tool resets what the tool opened") {
  Flow flow;
  flow.up("S");
  flow.wait(40).down("SA");
  flow.up("R").window = 0;
  flow.up("A");
  flow.up("PA", 100);
  const Evidence evidence = judged(flow, Sender::client);
  CHECK(evidence.has(Clue::rst_seq_data));
  CHECK(evidence.has(Clue::raw_socket_tool));
  CHECK(evidence.score() < 0);
  flow.marks()[2].window = 501;
  CHECK_FALSE(judged(flow, Sender::client).has(Clue::raw_socket_tool));
  flow.marks()[2].window = 0;
  flow.marks()[2].ttl = 57;
  CHECK_FALSE(judged(flow, Sender::client).has(Clue::raw_socket_tool));
}

TEST_CASE("A reset falls back behind what was just sent") {
  Flow flow;
  flow.hello();
  flow.down("A", 1460);
  flow.down("A", 1460);
  PacketMark& reset = flow.down("R");
  CHECK(judged(flow).score() == 0);
  reset.seq -= 1000;
  CHECK(judged(flow).has(Clue::data_seq_rst));
  SECTION("because the client's packet, to which it is an answer, says so") {
    PacketMark& asked = flow.up("A");
    asked.ack = flow.marks()[6].seq;
    std::swap(flow.marks()[6], flow.marks()[7]);
    CHECK(judged(flow).score() == 0);
  }
  SECTION("0 is what answers a packet without acknowledgement") {
    reset.seq = 0;
    CHECK(judged(flow).score() == 0);
  }
  SECTION("one direction does not tell") {
    TcpStory story = flow.story();
    story.gates.set(Gate::onesided);
    CHECK(judged(story).score() == 0);
  }
  SECTION("packets that asked for it may have been left out") {
    TcpStory story = flow.story();
    story.gap_at = 4;
    CHECK(judged(story).score() == 0);
  }
  SECTION("the data is long past") {
    flow.marks()[6].ts_ns += 2100 * kMillisecond;
    CHECK(judged(flow).score() == 0);
  }
}

TEST_CASE("Two resets acknowledge different things") {
  Flow flow;
  flow.hello();
  flow.up("A", 1000);
  flow.down("RA");
  flow.marks().back().ack -= 1000;
  PacketMark& second = flow.down("RA");
  const auto fires = [&] { return judged(flow).has(Clue::rst_ack_change); };
  CHECK_FALSE(fires());  // each the end of a segment, as a firewall does
  second.ack -= 300;
  CHECK(fires());
  SECTION("where a segment may have been lost from the capture") {
    second.ack += 300 + 1448;
    CHECK_FALSE(fires());
    second.ack += 1U << 21;
    CHECK(fires());
  }
  SECTION("within a segment that the card joined") {
    flow.marks()[4].payload_len = 4000;
    CHECK_FALSE(fires());
  }
  SECTION("without ACK flag nobody reads the field") {
    second.flags = flags_of("R");
    CHECK_FALSE(fires());
  }
  SECTION("packets were left out") {
    TcpStory story = flow.story();
    story.gap_at = 2;
    CHECK(judged(story).score() == 0);
  }
}

TEST_CASE("A reset answers the SYN and the server accepts it all the same") {
  Flow flow;
  flow.up("S");
  PacketMark& reset = flow.wait(5).down("RA");
  reset.seq = 0;
  flow.wait(35).down("SA");
  const auto fires = [&] { return judged(flow).has(Clue::syn_rst); };
  CHECK(fires());
  SECTION("its number may be wrong by one") {
    flow.marks()[1].ack -= 1;
    CHECK(fires());
    flow.marks()[1].ack -= 1;
    CHECK_FALSE(fires());
  }
  SECTION("a plain reset has none") {
    flow.marks()[1].flags = flags_of("R");
    flow.marks()[1].ack = 0;
    CHECK(fires());
  }
  SECTION("after 10 s the service may have come up") {
    flow.marks()[2].ts_ns += 10'000 * kMillisecond;
    CHECK_FALSE(fires());
  }
  SECTION("the answer is to another SYN") {
    flow.marks()[2].ack += 5000;
    CHECK_FALSE(fires());
  }
  SECTION("or to the same sent once more") {
    PacketMark again = flow.marks()[0];
    again.ts_ns = flow.marks()[1].ts_ns + kMillisecond;
    again.frame = {0, 99};
    flow.marks().insert(flow.marks().begin() + 2, again);
    CHECK_FALSE(fires());
  }
  SECTION("one direction does not tell") {
    TcpStory story = flow.story();
    story.gates.set(Gate::onesided);
    CHECK(judged(story).score() == 0);
  }
}

TEST_CASE("A reset after the SYN+ACK answers no SYN") {
  Flow flow;
  flow.up("S");
  flow.down("SA");
  flow.down("RA");
  flow.down("SA").seq -= 1;
  CHECK_FALSE(judged(flow).has(Clue::syn_rst));
}

TEST_CASE("A FIN after which its sender goes on, with another TTL") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("A");
  flow.down("FA").ttl = 45;
  flow.server.next -= 1;
  SECTION("is forged") {
    flow.wait(20).down("PA", 1200);
    const TcpStory story = flow.story();
    const auto event = interference::forged_fin_of(story, Sender::server);
    REQUIRE(event);
    Evidence evidence;
    judge_order(story, *event, evidence);
    CHECK(evidence.has(Clue::fin_seq_data));
    CHECK_FALSE(interference::forged_fin_of(story, Sender::client));
  }
  SECTION("is not, when only the data it carried comes again") {
    PacketMark& fin = flow.marks().back();
    fin.payload_len = 500;
    flow.wait(200).down("PA", 500);
    CHECK_FALSE(interference::forged_fin_of(flow.story(), Sender::server));
    flow.down("PA", 1);
    CHECK(interference::forged_fin_of(flow.story(), Sender::server));
  }
  SECTION("is not, when it has the sender's TTL") {
    flow.marks().back().ttl = flow.server.ttl;
    flow.wait(20).down("PA", 1200);
    CHECK_FALSE(interference::forged_fin_of(flow.story(), Sender::server));
  }
  SECTION("is not, when nothing follows") {
    CHECK_FALSE(interference::forged_fin_of(flow.story(), Sender::server));
  }
}
