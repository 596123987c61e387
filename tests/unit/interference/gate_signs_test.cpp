// What measured numbers say of a capture, and whom its defects limit.
#include "interference/gate_signs.hpp"

#include "tcp_stories.hpp"

using namespace deadair;
using namespace deadair::interference;
using deadair::test::Flow;

namespace {

constexpr std::int64_t kStart = 1'600'000'000 * kSecond;

std::vector<Stretch> deaf(std::vector<std::pair<int, std::uint64_t>> ms_and_peer) {
  std::vector<MissingPiece> pieces;
  for (const auto& [ms, peer] : ms_and_peer) pieces.push_back({kStart + ms * kMs, peer});
  return deaf_stretches(pieces);
}

wire::Packet segment(std::uint32_t seq, std::uint32_t ack, std::uint32_t len, std::int64_t ts_ns) {
  wire::Packet packet;
  packet.proto = wire::ip_proto::kTcp;
  packet.tcp_flags = wire::tcp_flag::kAck;
  packet.seq = seq;
  packet.ack = ack;
  packet.payload_len = len;
  packet.window = 500;
  packet.ts_ns = ts_ns;
  return packet;
}

}  // namespace

TEST_CASE("Up to a thousandth missing is open, up to a fiftieth caps, more closes", "[gates]") {
  CHECK(loss_effect(0, 1000) == GateEffect::none);
  CHECK(loss_effect(1, 0) == GateEffect::none);
  CHECK(loss_effect(10, 10'000) == GateEffect::none);
  CHECK(loss_effect(11, 10'000) == GateEffect::caps);
  CHECK(loss_effect(200, 10'000) == GateEffect::caps);
  CHECK(loss_effect(201, 10'000) == GateEffect::closes);
}

TEST_CASE("A gate limits only those it concerns", "[gates]") {
  GateSet gates;
  gates.set(Gate::onesided, GateEffect::closes);
  gates.set(Gate::end, GateEffect::closes);
  gates.set(Gate::caploss_sync, GateEffect::closes);
  gates.set(Gate::dup);

  const GateSet drops = concerning(Family::drops, gates);
  CHECK(drops.strongest() == GateEffect::closes);
  CHECK(drops.effect(Gate::end) == GateEffect::closes);

  const GateSet resets = concerning(Family::resets, gates);
  CHECK(resets.strongest() == GateEffect::notes);
  CHECK(resets.has(Gate::onesided));
  CHECK(resets.has(Gate::dup));
  CHECK_FALSE(resets.has(Gate::end));

  const GateSet answers = concerning(Family::answers, gates);
  CHECK_FALSE(answers.has(Gate::end));
  CHECK_FALSE(answers.has(Gate::caploss_sync));
}

TEST_CASE("A set of gates takes in another, and forgets what is known better", "[gates]") {
  GateSet gates, more;
  gates.set(Gate::end);
  more.set(Gate::end, GateEffect::closes);
  more.set(Gate::snap);
  gates.join(more);
  CHECK(gates.effect(Gate::end) == GateEffect::closes);
  CHECK(gates.has(Gate::snap));
  gates.clear(Gate::end);
  CHECK_FALSE(gates.has(Gate::end));
  CHECK(gates.strongest() == GateEffect::notes);
}

TEST_CASE("The handshake tells which end is near", "[gates]") {
  CHECK(vantage_of(50 * kMs, kMs / 5) == Vantage::client_side);
  CHECK(vantage_of(kMs / 5, 50 * kMs) == Vantage::server_side);
  CHECK(vantage_of(30 * kMs, 20 * kMs) == Vantage::middle);
  CHECK(vantage_of(20 * kMs, 4 * kMs) == Vantage::client_side);
  CHECK(vantage_of(60 * kMs, 15 * kMs) == Vantage::middle);
  CHECK(vantage_of(kMs / 5, kMs / 4) == Vantage::unknown);  // all in one room
  CHECK(vantage_of(-1, 5 * kMs) == Vantage::unknown);
}

TEST_CASE("The vantage of a story needs each packet of the handshake once", "[gates]") {
  Flow near_client;
  near_client.handshake();
  CHECK(vantage_of(near_client.story()) == Vantage::client_side);

  Flow near_server;
  near_server.up("S");
  near_server.down("SA");
  near_server.wait(60).up("A");
  CHECK(vantage_of(near_server.story()) == Vantage::server_side);

  Flow repeated;
  const auto syn = repeated.up("S");
  repeated.wait(1000).marks().push_back(syn);
  repeated.wait(40).down("SA");
  repeated.up("A");
  CHECK(vantage_of(repeated.story()) == Vantage::unknown);

  Flow reset;
  reset.up("S");
  reset.wait(3).down("RA");
  reset.wait(40).down("SA");
  reset.up("A");
  CHECK(vantage_of(reset.story()) == Vantage::unknown);
}

TEST_CASE("Three peers that miss something at once mean a deaf capture", "[gates]") {
  const auto stretches = deaf({{100, 1}, {120, 2}, {149, 3}});
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].from_ns == kStart + 100 * kMs);
  CHECK(stretches[0].to_ns == kStart + 149 * kMs);

  CHECK(deaf({{100, 1}, {120, 2}, {151, 3}}).empty());
  CHECK(deaf({{100, 1}, {110, 1}, {120, 1}, {130, 2}}).empty());
  CHECK(deaf({}).empty());
  // In no order, and with the same peer in between.
  CHECK(deaf({{140, 3}, {100, 1}, {105, 1}, {120, 2}, {121, 1}}).size() == 1);
  CHECK(deaf({{0, 1}, {10, 2}, {20, 3}, {500, 1}, {510, 2}, {520, 4}}).size() == 2);
}

TEST_CASE("What was on its way when the clock was set is acknowledged after it", "[gates]") {
  using flow::Side;
  flow::TcpTracker tracker;
  flow::TcpTrack track;
  tracker.update(track, Side::a, segment(1000, 5000, 100, kStart));
  tracker.update(track, Side::b, segment(5000, 1100, 1400, kStart + kMs));
  tracker.update(track, Side::a, segment(1100, 6400, 0, kStart + 2 * kMs));
  tracker.update(track, Side::b, segment(6400, 1100, 1400, kStart + 3 * kMs));

  const std::int64_t later = kStart + 10 * kSecond;
  CHECK(goes_on(track, Side::a, segment(1100, 7800, 0, later)) == GoesOn::yes);
  // Sent again: time did pass, and the line was dead meanwhile.
  CHECK(goes_on(track, Side::b, segment(6400, 1100, 1400, later)) == GoesOn::sent_again);
  // New data says nothing: the user may have waited.
  CHECK(goes_on(track, Side::b, segment(7800, 1100, 1400, later)) == GoesOn::unknown);
  CHECK(goes_on(track, Side::a, segment(1100, 6400, 0, later)) == GoesOn::unknown);
  tracker.drop(track);
}
