// Unwraps what a TURN relay carries: ChannelData, Microsoft's multiplexed frames, and the data of
// Send and Data messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/stun.hpp"

namespace deadair::proto::turn {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Channel Number        |            Length             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// /                       Application Data                        /
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// RFC 8656 section 12.4.
struct ChannelData {
  std::uint16_t channel = 0;  // 0x4000 to 0x7fff
  std::uint16_t length = 0;   // of the application data on the wire
  ByteView data;              // what was captured of it
};

// Reads a ChannelData message that fills a datagram of `wire_len` bytes, up to 3 bytes of padding
// allowed. Channels up to 0x7fff are taken (RFC 5766); RFC 8656 allows no more than 0x4fff.
ParseStatus parse_channel_data(ByteView captured, std::size_t wire_len, ChannelData& out);

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |1 1 1 1 1 1 1 1 0 0 0 1 0 0 0 0|            Length             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                      Session id (64 bits)                     |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// /                      STUN, RTP, RTCP ...                      /
// Microsoft's multiplexed TURN, ports 3478 to 3481. Length counts from the session id on.
struct Multiplexed {
  ByteView session_id;        // 8 bytes
  ByteView inner;             // what was captured of the inner packet
  std::size_t inner_len = 0;  // its length on the wire
};

// Reads one multiplexed frame that fills a datagram of `wire_len` bytes.
ParseStatus parse_multiplexed(ByteView captured, std::size_t wire_len, Multiplexed& out);

// The DATA attribute of a message that has one, and the peer it goes to or comes from.
struct Relayed {
  ByteView data;           // what was captured of it
  std::size_t length = 0;  // on the wire
  std::optional<stun::Address> peer;
  bool from_peer = false;  // relay to client; false: client to relay
};

// Takes the data out of a Send (0x0016) or Data (0x0017) indication, RFC 8656 section 11, with
// XOR-PEER-ADDRESS; or out of MS-TURN's Send request (0x0004) or Data indication (0x0115),
// [MS-TURN] 2.2.1, with its Destination or Remote Address, which are not XORed. Nothing for other
// messages.
std::optional<Relayed> relayed_data(const stun::Message& message);

}  // namespace deadair::proto::turn
