// Turns the body of a SIP message, or any SDP, into the media streams it agrees on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::sdp {

inline constexpr std::size_t kMaxMedia = 4;
inline constexpr std::size_t kMaxFormats = 24;
inline constexpr std::size_t kMaxCandidates = 8;

enum class MediaType : std::uint8_t { audio, video, text, image, application, message, other };
enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

// One payload type of a media stream. Encoding and clock come from a=rtpmap, else from the static
// assignments of RFC 3551 section 6; without either they are empty and zero.
struct Format {
  std::uint8_t payload_type = 0;  // 0 to 127
  std::string_view encoding;      // "PCMU", "opus", "H264" ... as the sender wrote it
  std::uint32_t clock_rate = 0;   // Hz
};

//  candidate:foundation component transport priority address port typ type ...
// RFC 8839 section 5.1. Candidates whose address is a name (mDNS) are left out.
struct Candidate {
  IpAddress address;
  std::uint16_t port = 0;
  std::uint8_t component = 0;  // 1 RTP, 2 RTCP
  bool tcp = false;
  std::string_view type;  // host, srflx, prflx, relay
};

//  m=<media> <port>[/<number of ports>] <proto> <fmt> ...
//  c=IN <IP4|IP6> <address>[/<ttl>][/<number>]
//  a=<attribute>[:<value>]                                      RFC 8866 sections 5.7, 5.13, 5.14
struct Media {
  MediaType type = MediaType::other;
  std::string_view transport;           // "RTP/AVP", "UDP/TLS/RTP/SAVPF", "udptl" ...
  std::uint16_t port = 0;               // zero: refused, or switched off
  std::uint16_t port_count = 1;         // streams on consecutive pairs of ports
  std::optional<IpAddress> connection;  // own c= line, else that of the session
  std::uint16_t rtcp_port = 0;          // a=rtcp (RFC 3605), else port + 1, or port with rtcp-mux
  Direction direction = Direction::sendrecv;
  bool rtp = false;       // the transport names RTP
  bool secure = false;    // SRTP by its transport, a=crypto or a=fingerprint
  bool rtcp_mux = false;  // RFC 5761
  std::array<Format, kMaxFormats> formats;
  std::size_t format_count = 0;
  std::array<Candidate, kMaxCandidates> candidates;
  std::size_t candidate_count = 0;
};

// What does not fit the tables is left out; `media_seen` counts every m= line.
struct Session {
  std::optional<IpAddress> connection;  // of the session
  std::string_view name;                // s=
  std::array<Media, kMaxMedia> media;
  std::size_t media_count = 0;
  std::size_t media_seen = 0;
};

// Reads a description of `wire_len` bytes, of which `captured` holds the first. It begins with
// "v=0", its lines have the form <letter>=<value> (later ones of another form are skipped) and may
// end with LF alone. `truncated`:
// the capture ends first; whole lines up to there are in `out`.
ParseStatus parse(ByteView captured, std::size_t wire_len, Session& out);

// The payload type's entry; nothing when the stream does not list it.
const Format* find_format(const Media& media, std::uint8_t payload_type);

}  // namespace deadair::proto::sdp
