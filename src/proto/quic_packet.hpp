// Splits a datagram into the QUIC packets that share it (RFC 9000 section 12.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/quic.hpp"

namespace deadair::proto::quic {

// A copy of a connection id.
struct ConnectionId {
  std::array<std::uint8_t, 20> bytes{};
  std::uint8_t size = 0;

  void assign(ByteView id);
  [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
};

//  Long Header Packet {
//    ... as LongHeader,
//    [Token Length (i), Token (..),]                    Initial only
//    Length (i),                                        of what follows
//    Packet Number (8..32), Packet Payload (8..),       protected
//  }                                            RFC 9000 sections 17.2.2 to 17.2.4
struct Packet {
  LongHeader header;
  ByteView bytes;             // from its first byte, as far as captured
  std::size_t wire_size = 0;  // of the whole packet
  std::size_t number_at = 0;  // offset of the packet number
};

// Reads the packet at the start of `captured`, the rest of a datagram of which `wire_len` bytes are
// left. `truncated`: the capture ends inside the packet, behind its packet number's place.
// `not_this`: no packet with a length field, or cut before that; nothing can follow it.
ParseStatus parse_packet(ByteView captured, std::size_t wire_len, Packet& out);

// A variable-length integer (RFC 9000 section 16).
std::uint64_t read_varint(ByteReader& reader);

}  // namespace deadair::proto::quic
