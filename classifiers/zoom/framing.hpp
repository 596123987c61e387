// Reads the two headers that Zoom puts in front of RTP: the one of its servers (SFU) and the one of
// the media.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "classify/classifier.hpp"
#include "proto/rtp.hpp"

namespace deadair::classifiers::zoom {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   Type = 5    |            Sequence           |    Cookie     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                  Cookie (cont.)               |   Direction   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// /                    Media encapsulation ...                    /
// Direction: 0 to the server, 4 from it. The cookie stays the same for a flow. Michel et al., IMC
// 2022; "cookie" after the RTC Measurement Project.
struct SfuHeader {
  static constexpr std::size_t kSize = 8;

  std::uint32_t cookie = 0;
  bool from_server = false;
};

// Types of the media encapsulation, its first byte. Michel et al., IMC 2022, table 2 and their
// Wireshark plugin.
namespace media_type {
inline constexpr std::uint8_t kReliable = 13;  // 7 bytes, then another encapsulation (screen)
inline constexpr std::uint8_t kAudio = 15;     // RTP from byte 19 on
inline constexpr std::uint8_t kVideo = 16;     // RTP from byte 20 on, or 24 where byte 20 is 2
inline constexpr std::uint8_t kScreen = 30;    // RTP from byte 20 on
inline constexpr std::uint8_t kRtcpFirst = 33, kRtcpLast = 35;  // RTCP from byte 16 on
}  // namespace media_type

// One media encapsulation whose contents lie where its type says they do.
struct MediaFrame {
  std::uint8_t type = 0;  // media_type::*, that of the inner one where two are nested
  bool rtcp = false;
  proto::rtp::Header rtp;  // unless rtcp
  classify::Media media;   // rtp, its length and media_kind; empty for RTCP
};

// Reads the header in front of media of a datagram to or from a server.
bool read_sfu(ByteView payload, SfuHeader& out);

// Reads a media encapsulation of `wire_len` bytes that holds RTP or RTCP.
bool read_media(ByteView bytes, std::size_t wire_len, MediaFrame& out);

// Set-up and control messages of the servers (types 1 to 4 and 7): fixed fields and a chain of
// attributes that ends with the datagram.
bool is_control(ByteView payload, std::size_t wire_len);

// The first message between peers: type 31, then an address and an id, each behind its length.
bool is_peer_hello(ByteView payload, std::size_t wire_len);

// classify::Unframe of flows with a server, and of flows between peers.
bool unframe_sfu(ByteView payload, std::size_t wire_len, classify::Media& out);
bool unframe_peer(ByteView payload, std::size_t wire_len, classify::Media& out);

}  // namespace deadair::classifiers::zoom
