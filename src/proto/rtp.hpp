// Reads RTP headers (RFC 3550), which SRTP leaves readable.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::rtp {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                           timestamp                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           synchronization source (SSRC) identifier            |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |            contributing source (CSRC) identifiers             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      defined by profile       |           length              |
// |                        header extension                       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// RFC 3550 sections 5.1 and 5.3.1.
struct Header {
  std::uint8_t payload_type = 0;  // 0 to 127
  bool marker = false;
  bool padding = false;
  bool extension = false;
  std::uint8_t csrc_count = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint16_t extension_profile = 0;  // 0xbede: one-byte header extensions (RFC 8285)
  std::size_t header_size = 0;          // with CSRCs and extension
  std::size_t payload_size = 0;  // on the wire, after the header; SRTP's tag and padding included
};

inline constexpr std::size_t kFixedHeader = 12;

// Reads the header of a datagram of `wire_len` bytes. One datagram in four of random bytes passes:
// a flow is RTP only when sequence numbers and SSRC go on from packet to packet. Packet types that
// RFC 5761 section 4 keeps for RTCP are not_this, and so is a datagram of which not even the fixed
// header was captured, for nothing tells it from others. Always inlined: the fields stay in
// registers, for two that are written to memory apart and read as one wait for the writes.
[[gnu::always_inline]] inline ParseStatus parse(ByteView captured, std::size_t wire_len,
                                                Header& out) {
  if (!captured.has(0, kFixedHeader)) return ParseStatus::not_this;
  const std::uint8_t first = captured.u8(0);
  const std::uint8_t second = captured.u8(1);
  if (first >> 6 != 2 || (second >= 192 && second <= 223)) return ParseStatus::not_this;
  out.padding = (first & 0x20U) != 0;
  out.extension = (first & 0x10U) != 0;
  out.csrc_count = first & 15U;
  out.marker = (second & 0x80U) != 0;
  out.payload_type = second & 127U;
  out.sequence = captured.be16(2);
  out.timestamp = captured.be32(4);
  out.ssrc = captured.be32(8);
  out.extension_profile = 0;
  out.payload_size = 0;
  std::size_t size = kFixedHeader + 4U * out.csrc_count;
  if (out.extension) {
    if (wire_len < size + 4) return ParseStatus::not_this;
    out.header_size = size;
    if (!captured.has(size, 4)) return ParseStatus::truncated;
    out.extension_profile = captured.be16(size);
    size += 4 + 4U * captured.be16(size + 2);
  }
  out.header_size = size;
  if (out.header_size > wire_len) return ParseStatus::not_this;
  out.payload_size = wire_len - out.header_size;
  return captured.size() < out.header_size ? ParseStatus::truncated : ParseStatus::parsed;
}

}  // namespace deadair::proto::rtp
