// Which connections went well although their client reset them, and which leave a doubt.
#include "interference/client_close.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::closed_by_client;
using interference::Gate;
using interference::GateEffect;

namespace {

// A greeting and its answer, both acknowledged. `here_ms`: from the capture to the client and back.
Flow exchanged(std::int64_t here_ms = 0) {
  Flow flow;
  flow.up("S");
  flow.wait(40).down("SA");
  flow.wait(here_ms).up("A");
  flow.up("PA", 517);
  flow.wait(40).down("PA", 1400);
  flow.down("PA", 900);
  flow.wait(here_ms).up("A");
  return flow;
}
// A capture in the middle of the way, after which the client closes.
Flow closing() {
  Flow flow = exchanged(40);
  flow.wait(500).up("FA");
  return flow;
}

}  // namespace

TEST_CASE("A client that closes and resets what comes late has ended a good connection") {
  Flow flow = closing();
  PacketMark& late = flow.wait(20).down("PA", 31);
  late.ack = flow.marks().back().ack - 1;
  flow.down("FA");
  PacketMark& reset = flow.wait(40).up("R");
  reset.ip_id = 0;
  reset.window = 0;
  CHECK(closed_by_client(flow.story()));
  flow.wait(2).up("R").ip_id = 0;
  CHECK(closed_by_client(flow.story()));
}

TEST_CASE("A client that aborts after a good exchange has as well, seen beside it") {
  Flow flow = exchanged();
  flow.wait(3000).up("RA");
  CHECK(closed_by_client(flow.story()));
  // On the way somebody else could have sent the same.
  Flow far = exchanged(40);
  far.wait(3000).up("RA");
  CHECK_FALSE(closed_by_client(far.story()));
  // A server that has closed is done.
  Flow done = exchanged(40);
  done.wait(3000).down("FA");
  done.wait(40).up("RA");
  CHECK(closed_by_client(done.story()));
}

TEST_CASE("Nothing went well before there was an answer") {
  Flow flow;
  flow.hello();
  flow.wait(40).down("A");
  flow.wait(3000).up("RA");
  CHECK_FALSE(closed_by_client(flow.story()));
  Flow unread;
  unread.hello();
  unread.wait(40).down("PA", 1400);
  unread.wait(1).up("RA");
  CHECK_FALSE(closed_by_client(unread.story()));
}

TEST_CASE("A reset in the server's name is no good end") {
  Flow flow = exchanged();
  flow.wait(3000).down("RA");
  CHECK_FALSE(closed_by_client(flow.story()));
  flow = exchanged();
  flow.wait(3000).up("RA");
  flow.wait(1).down("R");
  CHECK_FALSE(closed_by_client(flow.story()));
}

TEST_CASE("What may be forged in the client's name does not count") {
  const auto with = [](auto change) {
    Flow flow = closing();
    change(flow.wait(40).up("RA"));
    return closed_by_client(flow.story());
  };
  CHECK(with([](PacketMark&) {}));
  CHECK_FALSE(with([](PacketMark& reset) { reset.ttl = 61; }));
  CHECK_FALSE(with([](PacketMark& reset) { reset.seq += 1460; }));
  CHECK_FALSE(with([](PacketMark& reset) { reset.ip_id = 40'000; }));
  // The client goes on.
  Flow flow = closing();
  flow.wait(40).up("RA");
  flow.wait(40).up("A");
  CHECK_FALSE(closed_by_client(flow.story()));
  // Another TTL after the first reset, and before it among the data.
  flow = closing();
  flow.wait(40).up("RA");
  flow.wait(40).up("R").ttl = 60;
  CHECK_FALSE(closed_by_client(flow.story()));
  flow = exchanged();
  flow.marks()[3].ttl = 60;
  flow.wait(3000).up("RA");
  CHECK_FALSE(closed_by_client(flow.story()));
}

TEST_CASE("An answer of two senders is none") {
  Flow flow = exchanged();
  flow.marks()[5].ttl = 45;
  flow.wait(3000).up("RA");
  CHECK_FALSE(closed_by_client(flow.story()));
  // A FIN, and more after it.
  flow = exchanged();
  PacketMark& fin = flow.down("FA");
  fin.ttl = flow.server.ttl;
  flow.down("PA", 1400);
  flow.wait(1).up("RA");
  CHECK_FALSE(closed_by_client(flow.story()));
}

TEST_CASE("Where the capture leaves a doubt the connection does not count") {
  Flow flow = exchanged();
  flow.wait(3000).up("RA");
  for (const Gate gate : {Gate::onesided, Gate::midflow, Gate::clock}) {
    auto story = flow.story();
    story.gates.set(gate, GateEffect::caps);
    CHECK_FALSE(closed_by_client(story));
  }
}
