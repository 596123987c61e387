// The header fields of one TCP packet as plain values: what evidence is made of.
#pragma once

#include <cstdint>
#include <optional>

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
  bool from_client = false;
  bool dont_fragment = false;
  bool has_timestamp = false;
  bool tls_alert = false;  // a TLS alert record begins in the packet: close_notify or an error
  bool truncated = false;

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
// The same, written where it will stay: a copy of what has just been written waits for it.
void write_mark(PacketMark& mark, const wire::Packet& packet, bool from_client);

// TSval of the timestamp option, where there is one (RFC 7323 section 3.2: kind 8, length 10).
std::optional<std::uint32_t> timestamp_in(ByteView tcp_options);

// True when a TLS alert record begins in the payload, whose first byte is that of some record.
bool holds_alert(ByteView payload);

// The same into `mark`, for the hot path: of the options only a timestamp laid out as nearly every
// system does.
inline void fill_mark(PacketMark& mark, const wire::Packet& packet, bool from_client) {
  mark.frame = packet.frame;
  mark.ts_ns = packet.ts_ns;
  mark.seq = packet.seq;
  mark.ack = packet.ack;
  mark.payload_len = packet.payload_len;
  mark.window = packet.window;
  mark.ip_id = packet.ip_id;
  mark.flags = packet.tcp_flags;
  mark.ttl = packet.ttl;
  mark.ip_version = packet.ip_version;
  mark.options_len = static_cast<std::uint8_t>(packet.tcp_options.size());
  mark.from_client = from_client;
  mark.dont_fragment = packet.dont_fragment;
  mark.truncated = packet.truncated;
  // RFC 7323 section 3.2: two NOPs, kind 8, length 10.
  constexpr std::uint32_t kAligned = 0x0101'080a;
  mark.has_timestamp = packet.tcp_options.has(4, 4) && packet.tcp_options.be32(0) == kAligned;
  mark.ts_value = mark.has_timestamp ? packet.tcp_options.be32(4) : 0;
  constexpr unsigned kFirstType = 20, kTypes = 4;
  mark.tls_alert = packet.payload.u8(0) - kFirstType < kTypes && holds_alert(packet.payload);
}

}  // namespace deadair::interference
