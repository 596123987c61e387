// Which datagrams open something, and how their repetition is followed.
#include "interference/openings.hpp"

#include <vector>

#include "catch.hpp"

using namespace deadair;
using interference::Opening;
using interference::opening_of;
using interference::OpeningTrack;

namespace {

constexpr std::int64_t kMs = 1'000'000;

// A datagram that owns its bytes.
struct Datagram {
  std::vector<std::uint8_t> bytes;
  wire::Packet packet;

  Datagram(std::vector<std::uint8_t> head, std::size_t length, std::uint16_t port = 40'000)
      : bytes(std::move(head)) {
    bytes.resize(length, 0x5a);
    packet.payload = ByteView(bytes);
    packet.payload_len = static_cast<std::uint32_t>(length);
    packet.src_port = 50'000;
    packet.dst_port = port;
  }
  Datagram(const Datagram&) = delete;
  Datagram& operator=(const Datagram&) = delete;

  Datagram& at(std::int64_t ms, std::uint64_t frame) {
    packet.ts_ns = ms * kMs;
    packet.frame = {0, frame};
    return *this;
  }
};
std::optional<Opening> of(std::vector<std::uint8_t> head, std::size_t length,
                          std::uint16_t port = 40'000, bool first = true) {
  return opening_of(Datagram(std::move(head), length, port).packet, first);
}

const std::vector<std::uint8_t> kInitial = {0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0};
const std::vector<std::uint8_t> kHandshake = {0xe3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0};
const std::vector<std::uint8_t> kHello = {0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 1};
// With a PRIORITY of four bytes.
const std::vector<std::uint8_t> kBinding = {0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2,    3, 4,
                                            5, 6, 7, 8, 9,    10,   11,   12,   0, 0x24, 0, 4};
const std::vector<std::uint8_t> kWireGuard = {1, 0, 0, 0};

std::vector<std::uint8_t> ike(std::uint8_t version, std::uint8_t exchange, std::uint8_t length) {
  return {1, 2, 3,  4,       5,        6, 7, 8, 0, 0, 0, 0, 0, 0,
          0, 0, 33, version, exchange, 8, 0, 0, 0, 0, 0, 0, 0, length};
}
const std::vector<std::uint8_t> kSccrq = {0xc8, 2, 0,    60, 0, 0, 0, 0, 0, 0,
                                          0,    0, 0x80, 8,  0, 0, 0, 0, 0, 1};

}  // namespace

TEST_CASE("Datagrams that open a session") {
  CHECK(of(kInitial, 1200) == Opening::quic);
  CHECK(of(kHello, 113) == Opening::dtls);
  CHECK(of(kBinding, 28) == Opening::stun);
  auto unpadded = kBinding;
  unpadded[3] = 6;
  unpadded[23] = 2;
  CHECK(of(unpadded, 26) == Opening::stun);
  CHECK(of(kWireGuard, 148) == Opening::wireguard);
  CHECK(of({0x38}, 14) == Opening::openvpn);
  CHECK(of({0x50}, 54) == Opening::openvpn);
  CHECK(of(ike(0x20, 34, 200), 200, 500) == Opening::ike);
  CHECK(of(ike(0x10, 2, 200), 200, 500) == Opening::ike);
  CHECK(of(kSccrq, 60, 1701) == Opening::l2tp);
}

TEST_CASE("What only begins alike opens nothing") {
  CHECK_FALSE(of(kInitial, 1199));    // no client pads less
  CHECK_FALSE(of(kHandshake, 1200));  // not an Initial
  auto later = kHello;
  later[4] = 1;  // epoch 1: encrypted
  CHECK_FALSE(of(later, 113));
  CHECK_FALSE(of(kHello, 112));  // its length denies it
  auto answer = kBinding;
  answer[0] = 1;
  CHECK_FALSE(of(answer, 28));
  auto classic = kBinding;
  classic[4] = 0;  // no magic cookie
  CHECK_FALSE(of(classic, 28));
  CHECK_FALSE(of(kBinding, 32));  // its length denies it
  CHECK_FALSE(of(kWireGuard, 149));
  CHECK_FALSE(of({4, 0, 0, 0}, 148));  // data
  CHECK_FALSE(of({0x38}, 14, 1194, false));
  CHECK_FALSE(of(ike(0x20, 35, 200), 200, 500));  // IKE_AUTH
  CHECK_FALSE(of(ike(0x20, 34, 199), 200, 500));
  CHECK_FALSE(of(ike(0x20, 34, 200), 200, 501));
  auto answered = ike(0x20, 34, 200);
  answered[15] = 1;  // the responder has a SPI
  CHECK_FALSE(of(answered, 200, 500));
  auto of_tunnel = kSccrq;
  of_tunnel[5] = 7;
  CHECK_FALSE(of(of_tunnel, 60, 1701));
  CHECK_FALSE(of({}, 0));
}

TEST_CASE("First bytes that the fast path lets by") {
  for (const auto& head : {kInitial, kHello, kBinding, kWireGuard, kSccrq})
    CHECK(interference::may_open(head[0]));
  CHECK(interference::may_open(0x38));
  CHECK(interference::may_open(0x50));
  CHECK_FALSE(interference::may_open(0x80));  // RTP
  CHECK_FALSE(interference::may_open(0x41));  // QUIC with its short header
}

TEST_CASE("A series counts transmissions, and begins anew with an answer") {
  OpeningTrack track;
  Datagram hello(kInitial, 1200);
  track.open(Opening::quic, flow::Side::b, 0, hello.at(0, 1).packet);
  track.open(Opening::quic, flow::Side::b, 0, hello.at(1, 2).packet);  // second half of the hello
  track.open(Opening::quic, flow::Side::b, 0, hello.at(1000, 3).packet);
  track.open(Opening::quic, flow::Side::a, 0, hello.at(1500, 4).packet);  // the other side's
  track.open(Opening::quic, flow::Side::b, 0, hello.at(3000, 5).packet);
  CHECK(track.series().count == 3);
  CHECK(track.total() == 4);
  CHECK(track.side() == flow::Side::b);
  CHECK(track.series().shown().front() == wire::FrameRef(0, 1));
  CHECK(track.series().shown().back() == wire::FrameRef(0, 5));
  CHECK(track.series().times().back() == 3000);
  CHECK(track.unanswered(0));
  CHECK_FALSE(track.unanswered(1));
  track.hear(3100 * kMs);
  track.hear(4000 * kMs);
  track.open(Opening::quic, flow::Side::b, 2, hello.at(9000, 8).packet);
  CHECK(track.series().count == 1);
  CHECK(track.series().first_ns == 9000 * kMs);
  CHECK(track.heard_before() == 2);
  CHECK(track.answered_ns() == 3100 * kMs);
  CHECK(track.last_heard_ns() == 4000 * kMs);
  CHECK(track.unanswered(2));
}

TEST_CASE("Timers of the protocols, and rhythms that are none") {
  using Times = std::vector<std::uint32_t>;
  using interference::keeps_timer;
  CHECK(keeps_timer(Opening::quic, Times{0, 999, 2999, 6999}));
  CHECK(keeps_timer(Opening::stun, Times{0, 500, 1500, 3500, 7500}));
  CHECK(keeps_timer(Opening::dtls, Times{0, 1000, 3000, 7000}));
  CHECK(keeps_timer(Opening::wireguard, Times{0, 5120, 10'500, 15'700}));
  CHECK(keeps_timer(Opening::openvpn, Times{0, 2000, 4000, 8000, 16'000}));
  CHECK_FALSE(keeps_timer(Opening::quic, Times{0, 1000}));
  CHECK_FALSE(keeps_timer(Opening::stun, Times{0, 5000, 10'000, 15'000}));  // keep-alives
  CHECK_FALSE(keeps_timer(Opening::stun, Times{0, 1000, 1200, 9000}));
  CHECK_FALSE(keeps_timer(Opening::wireguard, Times{0, 300, 600}));
  CHECK_FALSE(keeps_timer(Opening::openvpn, Times{0, 200, 400}));
}
