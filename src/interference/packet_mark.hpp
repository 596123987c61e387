// The header fields of one TCP packet as plain values: what evidence is made of.
#pragma once

#include <cstdint>

#include "flow/tcp_track.hpp"
#include "wire/packet.hpp"

namespace deadair::interference {

// Bits 9 to 12 of the flags field, above those of wire::tcp_flag (RFC 9293 section 3.1; the lowest
// reserved bit was the nonce sum of RFC 3540 and is AE in RFC 9768).
namespace mark_flag {
inline constexpr std::uint16_t kEce = 0x040, kCwr = 0x080, kAe = 0x100, kReserved = 0xe00;
}  // namespace mark_flag

struct PacketMark {
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;  // as on the wire, whether or not the ACK flag is set
  std::uint32_t payload_len = 0;
  std::uint32_t ts_value = 0;  // TSval, when has_timestamp
  std::uint16_t window = 0;    // not scaled
  std::uint16_t ip_id = 0;
  std::uint16_t flags = 0;  // wire::tcp_flag and mark_flag bits
  std::uint8_t ttl = 0;
  std::uint8_t ip_version = 4;
  std::uint8_t options_len = 0;
  bool from_client : 1 = false;
  bool dont_fragment : 1 = false;
  bool has_timestamp : 1 = false;
  bool tls_alert : 1 = false;  // a TLS alert record begins in the packet: close_notify or an error
  bool truncated : 1 = false;

  [[nodiscard]] constexpr bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] constexpr bool syn() const { return has(wire::tcp_flag::kSyn); }
  [[nodiscard]] constexpr bool fin() const { return has(wire::tcp_flag::kFin); }
  [[nodiscard]] constexpr bool rst() const { return has(wire::tcp_flag::kRst); }
  [[nodiscard]] constexpr bool acks() const { return has(wire::tcp_flag::kAck); }
  // Carries bytes of the stream. Those of a RST are a message to the reader (RFC 9293 section
  // 3.5.3), those of a SYN come before anything is agreed on.
  [[nodiscard]] constexpr bool data() const { return payload_len != 0 && !rst() && !syn(); }
  // One past the last sequence number the packet takes up.
  [[nodiscard]] constexpr std::uint32_t seq_end() const {
    if (rst()) return seq;
    return seq + payload_len + (syn() ? 1U : 0U) + (fin() ? 1U : 0U);
  }
};
static_assert(sizeof(PacketMark) <= 48);

// Takes the fields out of a decoded TCP packet. A TLS alert is found when records begin at the
// start of the packet's payload.
PacketMark mark_of(const wire::Packet& packet, bool from_client);

}  // namespace deadair::interference
