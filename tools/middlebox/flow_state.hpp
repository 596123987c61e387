// What the middlebox remembers of one flow.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "flow/stream_head.hpp"
#include "frame.hpp"
#include "proto/quic_hello.hpp"
#include "random.hpp"

namespace deadair::middlebox {

inline constexpr std::int64_t kMsNs = 1'000'000;
inline constexpr std::int64_t kSecondNs = 1'000'000'000;

// Where one RTP stream is.
struct MediaStream {
  bool seen = false;
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
};

// Voice, video, its retransmissions, and one more.
inline constexpr std::size_t kMostStreams = 4;

// The fields of one side's last packet, which forgeries imitate.
struct FlowSide {
  IpAddress address;
  std::uint16_t port = 0;
  bool seen = false;
  std::uint8_t ttl = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t window = 0;
  std::uint32_t next_seq = 0;  // after the furthest byte it sent
  std::uint32_t ack = 0;       // what it acknowledged last
  bool acked = false;
  std::array<MediaStream, kMostStreams> streams;
  std::size_t next_stream = 0;  // the slot that a new one takes
};

// What one rule did to one flow: a line of the truth.
struct Deeds {
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::uint32_t affected = 0;
  std::uint32_t injected = 0;
  std::uint16_t first_ip_id = 0;
  std::string trigger;  // the name that set the rule off, when one did

  [[nodiscard]] bool any() const { return affected + injected > 0; }
};

// What one rule knows of one flow.
struct Memory {
  bool latched = false;    // a sticky rule met its packet
  bool begun = false;      // the counts below have a beginning
  bool acting = false;     // `random` is seeded
  bool spent = false;      // the flow is forgotten by a NAT
  bool chosen = false;     // the rule chose the packet at hand, which it need not for claims()
  bool bad_state = false;  // of the bursty loss
  std::int64_t begun_ns = 0;
  std::uint64_t packets = 0;  // that met the rule
  std::uint64_t bytes = 0;    // their payload
  std::uint32_t serial = 0;   // of forged packets
  std::uint32_t algebra = 0;  // val of the first packet forged by an algebra; 0: none yet
  Random random;
  Deeds deeds;
};

// Names that a packet brought to light, or the flow's so far. Lower case.
struct Names {
  std::string sni, host, quic_sni;
};

struct FlowState {
  std::array<FlowSide, 2> sides;  // by the way their packets go: client, server
  std::uint8_t proto = 0;
  std::uint64_t ordinal = 0;      // flows are counted from 1
  std::int64_t previous_ns = -1;  // of the packet before the one at hand; -1: none
  std::int64_t last_ns = -1;
  bool reset = false;  // a RST was seen, or a FIN of both sides
  std::array<bool, 2> fin{};
  std::uint32_t client_isn = 0;
  bool isn_known = false;
  bool head_done = false;  // no name is to be expected any more
  std::unique_ptr<flow::StreamHead> head;
  std::unique_ptr<proto::quic::HelloAssembler> quic;
  std::vector<Memory> memories;  // one a rule

  FlowSide& side(Way way) { return sides[index(way)]; }
  [[nodiscard]] const FlowSide& side(Way way) const { return sides[index(way)]; }
};

}  // namespace deadair::middlebox
