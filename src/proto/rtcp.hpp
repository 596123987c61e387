// Recognises RTCP and SRTCP datagrams.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::rtcp {

namespace packet_type {
inline constexpr std::uint8_t kSenderReport = 200, kReceiverReport = 201, kSourceDescription = 202,
                              kBye = 203, kApp = 204, kTransportFeedback = 205,
                              kPayloadFeedback = 206, kExtendedReport = 207;
}  // namespace packet_type

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|   RC    |      PT       |             length            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         SSRC of sender                        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// RFC 3550 section 6.4. These 8 bytes are all that SRTCP leaves readable (RFC 3711 section 3.4).
struct Header {
  std::uint8_t packet_type = 0;  // of the first packet, 192 to 223
  std::uint8_t count = 0;        // reports, sources or feedback type, 0 to 31
  std::size_t size = 0;          // of the first packet, in bytes
  std::uint32_t ssrc = 0;        // sender
  bool plain = false;            // the lengths add up to the datagram; false: SRTCP, or cut
};

// Reads a datagram of `wire_len` bytes. Either its packets fill it exactly (`plain`), or its first
// packet leaves room for SRTCP's index and tag. `truncated`: judged by the header alone.
ParseStatus parse(ByteView captured, std::size_t wire_len, Header& out);

}  // namespace deadair::proto::rtcp
