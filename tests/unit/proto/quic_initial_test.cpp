// QUIC's Initial protection against the packets of RFC 9001 and RFC 9369, whole and cut.
#include "proto/quic_initial.hpp"

#include "catch.hpp"
#include "proto/quic_cipher.hpp"
#include "unit/proto/hex.hpp"
#include "unit/proto/quic_vectors.hpp"

namespace quic = deadair::proto::quic;
namespace vectors = deadair::test::quic_vectors;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

quic::Keys keys_for(std::uint32_t version, quic::Sender sender) {
  quic::Keys keys;
  REQUIRE(quic::salts_of(version).size() == 1);
  REQUIRE(quic::derive_initial_keys(version, *quic::salts_of(version)[0],
                                    view(hex(vectors::kDestinationId)), sender, keys));
  return keys;
}

struct Result {
  ParseStatus status;
  std::uint64_t number = 0;
  Bytes frames;
};

Result open(const Bytes& bytes, std::size_t wire_len, const quic::Keys& keys) {
  quic::Packet packet;
  REQUIRE(quic::parse_packet(view(bytes), wire_len, packet) != ParseStatus::not_this);
  std::array<std::uint8_t, quic::kMaxInitial> buffer;
  quic::Opened opened;
  Result result{quic::open_initial(packet, keys, 0, buffer, opened), opened.number, {}};
  result.frames.assign(opened.frames.begin(), opened.frames.end());
  return result;
}

}  // namespace

TEST_CASE("HMAC-SHA256 agrees with RFC 4231 test case 2") {
  std::array<std::uint8_t, 32> out{};
  REQUIRE(quic::hmac_sha256(view(ascii("Jefe")), view(ascii("what do ya want for nothing?")), out));
  CHECK(view(hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
            .equals(deadair::ByteView(out)));
}

TEST_CASE("Initial keys are those of RFC 9001 appendix A.1 and RFC 9369 appendix A.1") {
  const quic::Keys client = keys_for(1, quic::Sender::client);
  CHECK(view(hex("1f369613dd76d5467730efcbe3b1a22d")).equals(deadair::ByteView(client.key)));
  CHECK(view(hex("fa044b2f42a3fd3b46fb255c")).equals(deadair::ByteView(client.iv)));
  CHECK(view(hex("9f50449e04a0e810283a1e9933adedd2")).equals(deadair::ByteView(client.hp)));
  const quic::Keys server = keys_for(0x6b3343cf, quic::Sender::server);
  CHECK(view(hex("dd13c276499c0249d3310652")).equals(deadair::ByteView(server.iv)));
  CHECK(view(hex("edf6d05c83121201b436e16877593c3a")).equals(deadair::ByteView(server.hp)));
}

TEST_CASE("the packets of RFC 9001 and RFC 9369 open") {
  const Bytes client_frames = hex(vectors::kClientFrame) + Bytes(917);
  for (const auto& [bytes, version] :
       {std::pair{hex(vectors::kClientV1), 1U}, std::pair{hex(vectors::kClientV2), 0x6b3343cfU}}) {
    const Result result = open(bytes, bytes.size(), keys_for(version, quic::Sender::client));
    CHECK(result.status == ParseStatus::parsed);
    CHECK(result.number == 2);
    CHECK(result.frames == client_frames);
  }
  for (const auto& [bytes, version] :
       {std::pair{hex(vectors::kServerV1), 1U}, std::pair{hex(vectors::kServerV2), 0x6b3343cfU}}) {
    const Result result = open(bytes, bytes.size(), keys_for(version, quic::Sender::server));
    CHECK(result.status == ParseStatus::parsed);
    CHECK(result.number == 1);
    CHECK(result.frames == hex(vectors::kServerFrames));
  }
}

TEST_CASE("a packet with one wrong bit does not open") {
  const Bytes good = hex(vectors::kServerV1);
  const quic::Keys keys = keys_for(1, quic::Sender::server);
  for (std::size_t at = 17; at < good.size(); ++at) {  // before: lengths and ids
    Bytes bad = good;
    bad[at] ^= 1;
    quic::Packet packet;
    if (quic::parse_packet(view(bad), bad.size(), packet) != ParseStatus::parsed) continue;
    CHECK(open(bad, bad.size(), keys).status == ParseStatus::not_this);
  }
  CHECK(open(good, good.size(), keys_for(1, quic::Sender::client)).status == ParseStatus::not_this);
}

TEST_CASE("a cut packet opens as far as it goes, unproven") {
  const Bytes whole = hex(vectors::kClientV1);
  const quic::Keys keys = keys_for(1, quic::Sender::client);
  for (const std::size_t size : {std::size_t{38}, std::size_t{200}, whole.size() - 1}) {
    const Result result = open(cut(whole, size), whole.size(), keys);
    CHECK(result.status == ParseStatus::truncated);
    const Bytes frames = hex(vectors::kClientFrame) + Bytes(917);
    CHECK(result.frames == cut(frames, std::min(size - 22, frames.size())));
  }
  CHECK(open(cut(whole, 37), whole.size(), keys).status == ParseStatus::not_this);  // no sample
}

TEST_CASE("coalesced packets are told apart") {
  const Bytes initial = hex(vectors::kServerV1);
  const Bytes handshake = hex("e7000000010008f067a5502a4262b54018") + Bytes(24, 7);
  const Bytes datagram = initial + handshake + hex("41") + Bytes(30, 9);
  quic::Packet packet;
  REQUIRE(quic::parse_packet(view(datagram), datagram.size(), packet) == ParseStatus::parsed);
  CHECK(packet.wire_size == initial.size());
  CHECK(packet.number_at == 18);
  CHECK(packet.header.initial);
  const deadair::ByteView rest = view(datagram).from(packet.wire_size);
  REQUIRE(quic::parse_packet(rest, rest.size(), packet) == ParseStatus::parsed);
  CHECK_FALSE(packet.header.initial);
  CHECK(packet.wire_size == handshake.size());
  const deadair::ByteView last = rest.from(packet.wire_size);
  CHECK(quic::parse_packet(last, last.size(), packet) == ParseStatus::not_this);
}

TEST_CASE("lengths that contradict the datagram are no packet") {
  quic::Packet packet;
  const auto parse = [&](const Bytes& bytes) {
    return quic::parse_packet(view(bytes), bytes.size(), packet);
  };
  const Bytes ids = hex("c000000001 08 8394c8f03e515708 00");
  CHECK(parse(ids + hex("00 4020") + Bytes(32)) == ParseStatus::parsed);
  CHECK(parse(ids + hex("00 4021") + Bytes(32)) == ParseStatus::not_this);  // past the end
  CHECK(parse(ids + hex("00 13") + Bytes(32)) == ParseStatus::not_this);    // no room for a sample
  CHECK(parse(ids + hex("ffffffffffffffff") + Bytes(32)) == ParseStatus::not_this);
  CHECK(parse(ids + hex("00 ffffffffffffffff") + Bytes(32)) == ParseStatus::not_this);
  CHECK(parse(hex("f0 00000001 08 8394c8f03e515708 00") + Bytes(40)) == ParseStatus::not_this);
}

TEST_CASE("every version in use has a salt") {
  for (const std::uint32_t version :
       {0x1U, 0x6b3343cfU, 0x709a50c4U, 0xff00001dU, 0xff000020U, 0xff000022U, 0xff00001bU,
        0xff000016U, 0xfaceb001U, 0xfaceb002U, 0xfaceb003U, 0xfaceb00eU, 0xfaceb010U, 0xfaceb013U,
        0x51303530U, 0x54303530U, 0x54303531U}) {
    CHECK_FALSE(quic::salts_of(version).empty());
  }
  CHECK(quic::salts_of(0xff000010).empty());
  CHECK(quic::salts_of(0x51303436).empty());
  CHECK(quic::salts_of(0x1a2a3a4a).empty());
}
