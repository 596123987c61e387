// The compact record kept for every live flow; what only some flows need lives in side tables.
#pragma once

#include <array>
#include <cstdint>

#include "flow/key.hpp"
#include "flow/slab.hpp"
#include "wire/packet.hpp"

namespace deadair::flow {

// Which time-out a flow is under.
enum class IdleClass : std::uint8_t { syn, tcp, closed, udp, media, count_ };
inline constexpr std::size_t kIdleClasses = static_cast<std::size_t>(IdleClass::count_);

// What the flags of a TCP flow have shown, by canonical side.
namespace tcp_seen {
inline constexpr std::uint8_t kSynSeen = 0x01, kSynAck = 0x02, kEstablished = 0x04, kFinA = 0x08,
                              kFinB = 0x10, kReset = 0x20, kResetByB = 0x40, kSynAgain = 0x80;
}  // namespace tcp_seen

// Why one side is taken for the client; only a stronger reason turns a flow round.
enum class ClientBasis : std::uint8_t { first_packet, port, protocol, syn };

// 96 bytes, so that four million flows with their index fit in half a gibibyte.
struct FlowRecord {
  // IPv4 addresses, or for IPv6 an index into the table's address pairs and a piece of the hash.
  std::uint32_t addr_a = 0;
  std::uint32_t addr_b = 0;
  std::uint16_t port_a = 0;
  std::uint16_t port_b = 0;
  std::uint8_t proto = 0;
  bool v6 : 1 = false;
  bool client_is_b : 1 = false;
  bool inspected : 1 = false;  // classifiers and witness are done with it
  bool one_way : 1 = false;    // ICMP message without counterpart
  bool watch : 1 = false;      // inspected, but media or DNS answers may still come
  bool framed : 1 = false;     // media lies behind an application's own framing
  std::uint8_t basis : 2 = 0;  // ClientBasis
  std::uint8_t seen = 0;       // tcp_seen bits
  IdleClass idle_class = IdleClass::udp;

  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  wire::FrameRef frame_first;
  wire::FrameRef frame_last;

  // By canonical side (Side::a, Side::b). The top 8 bits of a byte count carry the packet count
  // beyond 32 bits.
  std::array<std::uint64_t, 2> bytes_{};
  std::array<std::uint32_t, 2> packets_{};

  std::uint32_t idle_prev = kNone;
  std::uint32_t idle_next = kNone;
  std::uint32_t tracker = kNone;  // TCP flows: a TcpTrack; UDP flows: a MediaTrack
  std::uint32_t dossier = kNone;  // what classification keeps of the flow
  std::uint32_t rtt_us = 0;       // handshake round trip; 0 when not measured
  std::uint32_t label = 0;        // the witness's answer, in its own coding; 0 when none

  void count(Side from, std::uint32_t packets, std::uint64_t bytes) {
    const auto side = static_cast<std::size_t>(from);
    const std::uint32_t before = packets_[side];
    packets_[side] += packets;
    bytes_[side] += bytes;
    if (packets_[side] < before) bytes_[side] += kPacketCarry;
  }
  [[nodiscard]] std::uint64_t packets(Side from) const {
    const auto side = static_cast<std::size_t>(from);
    return bytes_[side] >> 56 << 32 | packets_[side];
  }
  [[nodiscard]] std::uint64_t bytes(Side from) const {
    return bytes_[static_cast<std::size_t>(from)] & (kPacketCarry - 1);
  }
  [[nodiscard]] std::uint64_t packets() const { return packets(Side::a) + packets(Side::b); }
  [[nodiscard]] Side client() const { return client_is_b ? Side::b : Side::a; }

  // Makes `side` the client unless that is already known for a better reason.
  void believe_client(Side side, ClientBasis reason) {
    if (static_cast<std::uint8_t>(reason) < basis) return;
    if (static_cast<std::uint8_t>(reason) == basis && basis != 0) return;
    basis = static_cast<std::uint8_t>(reason) & 3U;
    client_is_b = side == Side::b;
  }

 private:
  static constexpr std::uint64_t kPacketCarry = std::uint64_t{1} << 56;
};
static_assert(sizeof(FlowRecord) == 96);

}  // namespace deadair::flow
