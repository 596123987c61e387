// WireGuard whose handshakes pass and whose data does not, beside tunnels that are only idle.
#include "interference/data_rounds.hpp"

#include <array>

#include "catch.hpp"

using namespace deadair;
using interference::DataRounds;

namespace {

constexpr std::uint32_t kInitiation = 148, kResponse = 92, kKeepAlive = 32, kPing = 128;

struct Tunnel {
  DataRounds rounds;
  double now_s = 0;
  std::uint64_t frame = 0;

  void packet(bool up, std::uint8_t type, std::uint32_t length, double at_s) {
    const std::array<std::uint8_t, 4> head = {type, 0, 0, 0};
    wire::Packet packet;
    packet.payload = ByteView(head);
    packet.payload_len = length;
    packet.ts_ns = static_cast<std::int64_t>(at_s * 1e9);
    packet.frame = {0, ++frame};
    if (up)
      rounds.sent(packet);
    else
      rounds.came(packet);
  }
  void handshake() {
    packet(true, 1, kInitiation, now_s);
    packet(false, 2, kResponse, now_s + 0.05);
  }
  // The handshake, and what the client sends each second until the next.
  void round(std::uint32_t length = kPing, double lasts_s = 15.2) {
    handshake();
    for (double at_s = now_s + 0.1; at_s < now_s + lasts_s; at_s += 1)
      packet(true, 4, length, at_s);
    now_s += lasts_s;
  }
};

}  // namespace

TEST_CASE("Handshakes that are answered, and data that is not") {
  Tunnel tunnel;
  for (int i = 0; i < 4; ++i) tunnel.round();
  CHECK(tunnel.rounds.count() == 4);  // the last one was waited for long enough
  CHECK(tunnel.rounds.frame() == wire::FrameRef{0, 3});
  CHECK_FALSE(tunnel.rounds.carried());
}

TEST_CASE("Any data of the other end is an answer") {
  Tunnel tunnel;
  for (int i = 0; i < 3; ++i) tunnel.round();
  tunnel.packet(false, 4, kKeepAlive, tunnel.now_s);
  CHECK(tunnel.rounds.count() == 0);
  CHECK(tunnel.rounds.carried());
  tunnel.round();
  CHECK(tunnel.rounds.count() == 1);
}

TEST_CASE("A tunnel that nobody uses asks nothing") {
  Tunnel idle;  // keeps its NAT open, and renews its keys
  for (int i = 0; i < 4; ++i) idle.round(kKeepAlive, 120);
  CHECK(idle.rounds.count() == 0);
  Tunnel silent;
  for (int i = 0; i < 4; ++i, silent.now_s += 120) silent.handshake();
  CHECK(silent.rounds.count() == 0);
}

TEST_CASE("Rounds that keep no timer, and datagrams that a path may not take, say nothing") {
  Tunnel slow;  // keys are renewed after two minutes whatever passes
  for (int i = 0; i < 4; ++i) slow.round(kPing, 120);
  CHECK(slow.rounds.count() == 0);
  Tunnel large;
  for (int i = 0; i < 4; ++i) large.round(1400);
  CHECK(large.rounds.count() == 0);
  Tunnel unanswered;
  for (int i = 0; i < 4; ++i, unanswered.now_s += 15) {
    unanswered.packet(true, 1, kInitiation, unanswered.now_s);
    unanswered.packet(true, 4, kPing, unanswered.now_s + 0.1);
  }
  CHECK(unanswered.rounds.count() == 0);
}
