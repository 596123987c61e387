// Fragments of IPv4 and IPv6: order, overlap, time, budget, and the count of those that came to
// nothing.
#include "wire/reassembler.hpp"

#include <algorithm>

#include "catch.hpp"
#include "samples.hpp"

using namespace deadair;
using namespace deadair::wire;
using namespace deadair::wire::test;

namespace {

constexpr LinkType kRaw = 101;
constexpr unsigned kMore = 0x2000;
constexpr std::int64_t kSecond = 1'000'000'000;

struct Piece {
  std::size_t begin, end;
  bool more;
};

Bytes part(const Bytes& bytes, std::size_t begin, std::size_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin),
          bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}
// `body` is the transport packet of which the fragment holds one piece.
Bytes fragment4(const Bytes& body, Piece piece, unsigned id = 7) {
  const unsigned field = static_cast<unsigned>(piece.begin / 8) | (piece.more ? kMore : 0U);
  return ipv4({.id = id, .fragment = field}, part(body, piece.begin, piece.end));
}
Bytes fragment6(const Bytes& body, Piece piece, std::uint32_t id = 7, unsigned next = 17) {
  const unsigned field = static_cast<unsigned>(piece.begin) | (piece.more ? 1U : 0U);
  return ipv6(44, join({{static_cast<std::uint8_t>(next), 0},
                        be16(field),
                        be32(id),
                        part(body, piece.begin, piece.end)}));
}

// A decoder that is fed raw IP at chosen times.
struct Feed {
  Decoder decoder;
  Packet packet;
  explicit Feed(std::size_t budget = 1 << 20) : decoder(budget) {}
  Undecoded operator()(const Bytes& bytes, std::int64_t ts_ns = 0, std::size_t wire_len = 0) {
    RawPacket frame = raw(kRaw, bytes, wire_len);
    frame.ts_ns = ts_ns;
    return decoder.decode(frame, packet);
  }
};

const Bytes kBody = udp(1000, 2000, counting(92));  // 100 octets

}  // namespace

TEST_CASE("IPv4 fragments in any order become one packet") {
  std::vector<Piece> pieces = {{0, 24, true}, {24, 64, true}, {64, 100, false}};
  const auto less = [](const Piece& a, const Piece& b) { return a.begin < b.begin; };
  do {
    Feed feed;
    std::vector<Bytes> frames;
    for (const Piece& piece : pieces) frames.push_back(fragment4(kBody, piece));
    CHECK(feed(frames[0]) == Undecoded::held_fragment);
    CHECK(feed(frames[1]) == Undecoded::held_fragment);
    REQUIRE(feed(frames[2]) == Undecoded::none);
    CHECK(feed.packet.src_port == 1000);
    CHECK(feed.packet.frames == 3);
    CHECK(feed.packet.ip_len == 160);
    CHECK(feed.packet.payload_len == 92);
    CHECK(to_bytes(feed.packet.payload) == counting(92));
    CHECK_FALSE(feed.packet.truncated);
    CHECK(feed.packet.ip_id == 7);
    // The header is that of the whole datagram: length 120, no fragment bits, a true checksum.
    CHECK(feed.packet.ip.size() == 120);
    CHECK(feed.packet.ip.be16(2) == 120);
    CHECK(feed.packet.ip.be16(6) == 0);
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < 20; at += 2) sum += feed.packet.ip.be16(at);
    CHECK((sum & 0xffff) + (sum >> 16) == 0xffff);
    feed.decoder.finish();
    CHECK(feed.decoder.abandoned_fragments() == 0);
  } while (std::next_permutation(pieces.begin(), pieces.end(), less));
}

TEST_CASE("IPv6 fragments become one packet without fragment header") {
  Feed feed;
  CHECK(feed(fragment6(kBody, {48, 100, false})) == Undecoded::held_fragment);
  REQUIRE(feed(fragment6(kBody, {0, 48, true})) == Undecoded::none);
  CHECK(feed.packet.proto == 17);
  CHECK(feed.packet.dst_port == 2000);
  CHECK(feed.packet.frames == 2);
  CHECK(feed.packet.ip_len == 2 * 48 + 100);
  CHECK(to_bytes(feed.packet.payload) == counting(92));
  CHECK(to_bytes(feed.packet.ip) == ipv6(17, kBody));
}

TEST_CASE("the part before the fragment header stays") {
  const auto with_options = [](Piece piece) {
    const Bytes inner = fragment6(kBody, piece);
    return ipv6(0, join({hex("2c 00 0104 00000000"), part(inner, 40, inner.size())}));
  };
  Feed feed;
  CHECK(feed(with_options({0, 48, true})) == Undecoded::held_fragment);
  REQUIRE(feed(with_options({48, 100, false})) == Undecoded::none);
  CHECK(to_bytes(feed.packet.ip) == ipv6(0, join({hex("11 00 0104 00000000"), kBody})));
}

TEST_CASE("an atomic IPv6 fragment is a plain packet") {
  Feed feed;
  REQUIRE(feed(fragment6(kBody, {0, 100, false})) == Undecoded::none);
  CHECK(feed.packet.frames == 1);
  CHECK(feed.packet.dst_port == 2000);
}

TEST_CASE("datagrams are told apart by id, protocol and address") {
  Feed feed;
  CHECK(feed(fragment4(kBody, {0, 48, true}, 1)) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {48, 100, false}, 2)) == Undecoded::held_fragment);
  Bytes other_proto = fragment4(kBody, {48, 100, false}, 1);
  other_proto[9] = 50;
  CHECK(feed(other_proto) == Undecoded::held_fragment);
  Bytes other_source = fragment4(kBody, {48, 100, false}, 1);
  other_source[15] = 99;
  CHECK(feed(other_source) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {48, 100, false}, 1)) == Undecoded::none);
}

TEST_CASE("duplicates do no harm and count as frames") {
  Feed feed;
  CHECK(feed(fragment4(kBody, {0, 48, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {0, 48, true})) == Undecoded::held_fragment);
  REQUIRE(feed(fragment4(kBody, {48, 100, false})) == Undecoded::none);
  CHECK(feed.packet.frames == 3);
  CHECK(to_bytes(feed.packet.payload) == counting(92));

  CHECK(feed(fragment6(kBody, {0, 48, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment6(kBody, {0, 48, true})) == Undecoded::held_fragment);
  REQUIRE(feed(fragment6(kBody, {48, 100, false})) == Undecoded::none);
  CHECK(feed.packet.frames == 3);
}

TEST_CASE("where IPv4 fragments overlap the first to come wins") {
  const Bytes other = join({udp(1000, 2000, {}), Bytes(92, 0xee)});
  Feed feed;
  CHECK(feed(fragment4(kBody, {0, 24, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {40, 56, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment4(other, {16, 72, true})) == Undecoded::held_fragment);
  REQUIRE(feed(fragment4(kBody, {64, 100, false})) == Undecoded::none);
  Bytes expected = counting(92);
  // Octets 24 to 40 and 56 to 72 of the datagram came first from the other; 8 are the UDP header.
  std::fill(expected.begin() + 16, expected.begin() + 32, 0xee);
  std::fill(expected.begin() + 48, expected.begin() + 64, 0xee);
  CHECK(to_bytes(feed.packet.payload) == expected);
}

TEST_CASE("overlapping IPv6 fragments discard the datagram") {
  Feed feed;
  CHECK(feed(fragment6(kBody, {0, 48, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment6(kBody, {40, 64, true})) == Undecoded::fragment);
  CHECK(feed.decoder.abandoned_fragments() == 1);
  CHECK(feed(fragment6(kBody, {48, 100, false})) == Undecoded::fragment);
  feed.decoder.finish();
  CHECK(feed.decoder.abandoned_fragments() == 1);
}

TEST_CASE("fragments that contradict each other or the rules") {
  Feed feed;
  CHECK(feed(fragment4(kBody, {0, 20, true})) == Undecoded::malformed);
  CHECK(feed(fragment4(kBody, {48, 48, false})) == Undecoded::malformed);
  const Bytes beyond = ipv4({.fragment = 0x1fff}, zeros(100));
  CHECK(feed(beyond) == Undecoded::malformed);
  CHECK(feed(fragment4(kBody, {48, 64, false})) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {64, 100, false})) == Undecoded::fragment);
}

TEST_CASE("a datagram is given up after 30 s of packet time") {
  Feed feed;
  CHECK(feed(fragment4(kBody, {0, 48, true}), 100 * kSecond) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {48, 100, false}), 131 * kSecond) == Undecoded::held_fragment);
  CHECK(feed.decoder.abandoned_fragments() == 1);
  CHECK(feed(fragment4(kBody, {0, 48, true}), 160 * kSecond) == Undecoded::none);
  feed.decoder.finish();
  CHECK(feed.decoder.abandoned_fragments() == 1);
}

TEST_CASE("time that runs backwards or leaps is survived") {
  Feed feed;
  CHECK(feed(fragment4(kBody, {0, 48, true}), INT64_MAX) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {0, 48, true}, 8), INT64_MIN) == Undecoded::held_fragment);
  CHECK(feed(fragment4(kBody, {48, 100, false}), INT64_MIN) == Undecoded::none);
  CHECK(feed(fragment4(kBody, {48, 100, false}, 8), INT64_MAX) == Undecoded::held_fragment);
  feed.decoder.finish();
  CHECK(feed.decoder.abandoned_fragments() == 2);
}

TEST_CASE("at the budget the oldest datagram goes") {
  Feed feed(20'000);
  const Bytes big = udp(1000, 2000, zeros(1992));
  for (unsigned id = 0; id < 100; ++id)
    CHECK(feed(fragment4(big, {0, 1000, true}, id)) == Undecoded::held_fragment);
  const std::uint64_t gone = feed.decoder.abandoned_fragments();
  CHECK(gone > 70);
  CHECK(gone < 100);
  CHECK(feed(fragment4(big, {1000, 2000, false}, 99)) == Undecoded::none);
  feed.decoder.finish();
  CHECK(feed.decoder.abandoned_fragments() == 99);
}

TEST_CASE("without budget no fragment is kept, and each is counted once") {
  Feed feed(0);
  CHECK(feed(fragment4(kBody, {0, 48, true})) == Undecoded::fragment);
  CHECK(feed(fragment4(kBody, {48, 100, false})) == Undecoded::fragment);
  feed.decoder.finish();
  CHECK(feed.decoder.abandoned_fragments() == 0);
}

TEST_CASE("fragments cut by the capture still make a packet, as far as its bytes go") {
  const Bytes first = fragment4(kBody, {0, 48, true});
  const Bytes second = fragment4(kBody, {48, 100, false});
  Feed feed;
  CHECK(feed(part(first, 0, 38), 0, first.size()) == Undecoded::held_fragment);
  REQUIRE(feed(part(second, 0, 38), 0, second.size()) == Undecoded::none);
  CHECK(feed.packet.truncated);
  CHECK(feed.packet.dst_port == 2000);
  CHECK(feed.packet.payload_len == 92);
  CHECK(to_bytes(feed.packet.payload) == counting(10));
  CHECK(feed.packet.ip_len == 140);
  CHECK(feed.packet.frames == 2);
}

TEST_CASE("a completed datagram that is no packet counts all its frames") {
  const Bytes broken = udp(1000, 2000, zeros(92), 5);
  Feed feed;
  CHECK(feed(fragment4(broken, {0, 48, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment4(broken, {48, 100, false})) == Undecoded::malformed);
  CHECK(feed.decoder.abandoned_fragments() == 1);
}

TEST_CASE("a tunnel's fragments are put together before the tunnel is followed") {
  const Bytes inner = ipv4({}, udp(1000, 2000, counting(92)));
  const auto outer_fragment = [&](Piece piece) {
    const Bytes body = part(inner, piece.begin, piece.end);
    const unsigned field = static_cast<unsigned>(piece.begin / 8) | (piece.more ? kMore : 0U);
    return ipv4({.proto = 4, .src = 0xc0000201, .dst = 0xc0000202, .fragment = field}, body);
  };
  Feed feed;
  CHECK(feed(outer_fragment({0, 64, true})) == Undecoded::held_fragment);
  REQUIRE(feed(outer_fragment({64, 120, false})) == Undecoded::none);
  CHECK(to_string(feed.packet.src) == "10.0.0.1");
  CHECK(feed.packet.frames == 2);
  CHECK(feed.packet.ip_len == 120);
  CHECK(to_bytes(feed.packet.payload) == counting(92));
}

TEST_CASE("fragments inside a fragmented tunnel count every frame once") {
  const Bytes first = fragment4(kBody, {0, 48, true});  // 68 octets
  const auto outer_fragment = [&](Piece piece) {
    const unsigned field = static_cast<unsigned>(piece.begin / 8) | (piece.more ? kMore : 0U);
    return ipv4({.proto = 4, .src = 0xc0000201, .dst = 0xc0000202, .fragment = field},
                part(first, piece.begin, piece.end));
  };
  Feed feed;
  CHECK(feed(outer_fragment({0, 32, true})) == Undecoded::held_fragment);
  CHECK(feed(outer_fragment({32, 68, false})) == Undecoded::held_fragment);
  SECTION("completed") {
    REQUIRE(feed(outer(4, fragment4(kBody, {48, 100, false}))) == Undecoded::none);
    CHECK(feed.packet.frames == 3);
    CHECK(to_bytes(feed.packet.payload) == counting(92));
  }
  SECTION("abandoned") {
    feed.decoder.finish();
    CHECK(feed.decoder.abandoned_fragments() == 2);
  }
}

TEST_CASE("a datagram of the largest size, and one beyond") {
  const Bytes body = udp(1000, 2000, zeros(65507));
  Feed feed;
  CHECK(feed(fragment4(body, {0, 40000, true})) == Undecoded::held_fragment);
  REQUIRE(feed(fragment4(body, {40000, 65515, false})) == Undecoded::none);
  CHECK(feed.packet.payload_len == 65507);
  const Bytes ping_of_death = join({body, zeros(15)});
  CHECK(feed(fragment4(ping_of_death, {0, 40000, true})) == Undecoded::held_fragment);
  CHECK(feed(fragment4(ping_of_death, {40000, 65530, false})) == Undecoded::malformed);
  CHECK(feed.decoder.abandoned_fragments() == 1);
}
