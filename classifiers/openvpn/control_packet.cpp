// Reads OpenVPN control packets, trying one wrapping after the other.
#include "openvpn/control_packet.hpp"

#include <algorithm>
#include <array>

namespace deadair::classifiers::openvpn {
namespace {

constexpr std::size_t kHeader = 9;  // opcode and session id

// Digests that OpenVPN offers for tls-auth: SHA1 by default, SHA256, SHA512, MD5, SHA224, SHA384.
constexpr std::array<std::size_t, 6> kHmacSizes = {20, 32, 64, 16, 28, 48};
constexpr std::size_t kReplay = 8;     // id and time
constexpr std::size_t kCryptTag = 32;  // HMAC-SHA256
constexpr std::size_t kLeastCrypt = kHeader + kReplay + kCryptTag + 5;
// A client key is at least 2 length bytes, a tag of 32 and 256 bytes of encrypted key.
constexpr std::size_t kLeastClientKey = 290;

constexpr std::uint32_t kMostIds = 1U << 16;  // a handshake takes a few dozen packets
// Clients that can do more announce it by counting from here (tls_crypt.h, EARLY_NEG_START).
constexpr std::uint32_t kEarlyNegotiation = 0x0f000000;

bool is_replay_id(std::uint32_t id) {
  return (id > 0 && id < kMostIds) ||
         (id >= kEarlyNegotiation && id < kEarlyNegotiation + kMostIds);
}

// Two clocks, and a client that may have been waiting for a while since it started.
bool is_replay_time(std::uint32_t time, std::int64_t now_s) {
  constexpr std::int64_t kTolerance = 2 * 86'400;
  constexpr std::int64_t kEarliest = 1'000'000'000, kLatest = 2'200'000'000;  // 2001 to 2039
  if (now_s == 0) return time >= kEarliest && time <= kLatest;
  return time >= now_s - kTolerance && time <= now_s + kTolerance;
}

// What stands at `at` behind the wrapping, when it can be read.
bool read_body(ByteView packet, std::size_t wire_len, std::size_t at, ControlPacket& out) {
  constexpr std::uint8_t kMostAcks = 8;  // RELIABLE_ACK_SIZE
  out.acks = packet.u8(at);
  if (out.acks > kMostAcks || !packet.has(at, 1)) return false;
  ++at;
  for (std::uint8_t i = 0; i < out.acks; ++i, at += 4)
    if (packet.be32(at) >= kMostIds) return false;
  if (out.acks > 0) {
    out.remote_session = packet.be64(at);
    if (out.remote_session == 0) return false;
    at += 8;
  }
  if (out.op == opcode::kAck) return out.acks > 0 && wire_len == at;
  if (!packet.has(at, 4)) return false;
  const std::uint32_t id = packet.be32(at);
  out.tls = packet.from(at + 4);
  if (is_hard_reset(out.op))
    return id == 0 && wire_len == at + 4 && (out.op == opcode::kServerReset || out.acks == 0);
  return id < kMostIds && (wire_len > at + 4) == (out.op == opcode::kControl);
}

bool read_hmac(ByteView packet, std::size_t wire_len, std::size_t hmac, std::int64_t now_s,
               ControlPacket& out) {
  const std::size_t replay = kHeader + hmac;
  out.replay_id = packet.be32(replay);
  out.replay_time = packet.be32(replay + 4);
  return is_replay_id(out.replay_id) && is_replay_time(out.replay_time, now_s) &&
         read_body(packet, wire_len, replay + kReplay, out);
}

bool read_crypt(ByteView packet, std::size_t wire_len, std::int64_t now_s, ControlPacket& out) {
  constexpr std::size_t kMostServerReset = 128;
  out.replay_id = packet.be32(kHeader);
  out.replay_time = packet.be32(kHeader + 4);
  if (!is_replay_id(out.replay_id) || !is_replay_time(out.replay_time, now_s)) return false;
  switch (out.op) {
    case opcode::kClientReset:
      return wire_len == kLeastCrypt;
    case opcode::kServerReset:
      return wire_len >= kLeastCrypt && wire_len <= kMostServerReset;
    case opcode::kClientResetV3:
    case opcode::kControlWkc:
      return wire_len >= kLeastCrypt + kLeastClientKey;
    default:
      return wire_len >= kLeastCrypt;
  }
}

}  // namespace

std::uint64_t session_of(ByteView packet) {
  const std::uint8_t first = packet.u8(0);
  const std::uint8_t op = opcode_of(first);
  if (!is_control(op) || (is_hard_reset(op) && key_of(first) != 0)) return 0;
  const ByteView id = packet.sub(1, 8);
  // Two equal bytes happen; three zeros, or four of a kind, hardly ever.
  const auto count = [&id](std::uint8_t value) { return std::count(id.begin(), id.end(), value); };
  if (id.size() < 8 || count(0) > 2) return 0;
  const bool monotonous =
      std::any_of(id.begin(), id.end(), [&](std::uint8_t b) { return count(b) > 3; });
  return monotonous ? 0 : id.be64(0);
}

std::optional<ControlPacket> read_control_packet(ByteView packet, std::size_t wire_len,
                                                 std::int64_t now_s) {
  ControlPacket out;
  out.session = session_of(packet);
  if (out.session == 0) return std::nullopt;
  out.op = opcode_of(packet.u8(0));
  const bool only_crypt = out.op == opcode::kClientResetV3 || out.op == opcode::kControlWkc;
  if (!only_crypt) {
    if (read_body(packet, wire_len, kHeader, out)) return out;
    out.wrapping = Wrapping::hmac;
    for (const std::size_t hmac : kHmacSizes)
      if (read_hmac(packet, wire_len, hmac, now_s, out)) return out;
  }
  ControlPacket crypt;
  crypt.op = out.op;
  crypt.wrapping = Wrapping::crypt;
  crypt.session = out.session;
  if (read_crypt(packet, wire_len, now_s, crypt)) return crypt;
  return std::nullopt;
}

}  // namespace deadair::classifiers::openvpn
