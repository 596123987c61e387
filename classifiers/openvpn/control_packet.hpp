// Reads an OpenVPN control packet in each of the wrappings it may come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bytes/byte_view.hpp"

namespace deadair::classifiers::openvpn {

// The upper five bits of the first byte (ssl_pkt.h); the lower three number the key. Version 1 of
// the resets (1 and 2) is of before 2003 and left out.
namespace opcode {
inline constexpr std::uint8_t kSoftReset = 3, kControl = 4, kAck = 5, kDataV1 = 6, kClientReset = 7,
                              kServerReset = 8, kDataV2 = 9, kClientResetV3 = 10, kControlWkc = 11;
}  // namespace opcode

constexpr std::uint8_t opcode_of(std::uint8_t first) {
  return static_cast<std::uint8_t>(first >> 3);
}
constexpr std::uint8_t key_of(std::uint8_t first) { return first & 7; }
constexpr bool is_control(std::uint8_t op) {
  return (op >= opcode::kSoftReset && op <= opcode::kAck) || op == opcode::kClientReset ||
         op == opcode::kServerReset || op == opcode::kClientResetV3 || op == opcode::kControlWkc;
}
constexpr bool is_hard_reset(std::uint8_t op) {
  return op == opcode::kClientReset || op == opcode::kServerReset || op == opcode::kClientResetV3;
}

enum class Wrapping : std::uint8_t {
  none,   // nothing but TLS inside
  hmac,   // tls-auth: signed
  crypt,  // tls-crypt: signed and encrypted
};

//   +--------+------------+ - - - - - - - - - - - - - - - - - - + --- + - - - - - - - - -
//   +----+-----+ | opcode | session id | tls-auth: HMAC, replay id 4, time 4 |acks | ids 4 each,
//   remote |id  | TLS | | key  1 |     8      | tls-crypt: replay id 4, time 4, tag |  1  | session
//   8, if any  | 4  |     |
//   +--------+------------+ - - - - - - - - - - - - - - - - - - + --- + - - - - - - - - -
//   +----+-----+
// From `acks` on encrypted under tls-crypt. OpenVPN's "Network protocol" (ssl_pkt.h, reliable.h,
// tls_crypt.h); openvpn-rfc "OpenVPN wire protocol". All integers are in network order.
struct ControlPacket {
  std::uint8_t op = 0;
  Wrapping wrapping = Wrapping::none;
  std::uint64_t session = 0;
  std::uint32_t replay_id = 0;       // 0 without wrapping
  std::uint32_t replay_time = 0;     // seconds since 1970, when the sender started
  std::uint8_t acks = 0;             // 0 under tls-crypt, where it cannot be read
  std::uint64_t remote_session = 0;  // with acks
  ByteView tls;                      // what is inside; empty under tls-crypt
};

// The session id of what may be a control packet; zero when it cannot be one, or when the id is no
// random number.
std::uint64_t session_of(ByteView packet);

// Reads `packet` in the first wrapping whose fixed fields, lengths and ranges all hold. `now_s` is
// the time of capture, to which replay_time must be near; 0 when it is not known.
std::optional<ControlPacket> read_control_packet(ByteView packet, std::size_t wire_len,
                                                 std::int64_t now_s);

}  // namespace deadair::classifiers::openvpn
