// Reads the hello of a DTLS handshake: which version, which name, and whether SRTP keys come of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::dtls {

// Enough scratch for every hello seen from real clients, post-quantum key shares included.
inline constexpr std::size_t kScratchSize = 4096;

enum class HelloType : std::uint8_t { client = 1, server = 2, verify_request = 3 };

//  struct {
//      HandshakeType msg_type;      1, 2 or 3 (HelloVerifyRequest)
//      uint24 length;               of the message
//      uint16 message_seq;
//      uint24 fragment_offset;
//      uint24 fragment_length;
//      ... the fragment             RFC 6347 section 4.2.2
//  } Handshake;
//  struct {
//      ProtocolVersion client_version;
//      Random random;                    32 bytes
//      SessionID session_id<0..32>;
//      opaque cookie<0..2^8-1>;          ClientHello only, RFC 6347 section 4.2.1
//      CipherSuite cipher_suites<2..2^16-1>;
//      CompressionMethod compression_methods<1..2^8-1>;
//      Extension extensions<0..2^16-1>;
//  } ClientHello;
// Views point into the datagram, or into the scratch when the message came in several fragments.
struct Hello {
  HelloType type = HelloType::client;
  std::uint16_t record_version = 0;
  std::uint16_t version = 0;          // the hello's own; of a server the chosen one
  bool dtls13 = false;                // offered, or chosen (RFC 9147 section 5.3)
  std::uint32_t length = 0;           // of the whole message
  std::uint32_t fragment_offset = 0;  // where the first fragment here starts
  bool fragmented = false;            // this datagram holds a part of the message, or several
  std::uint16_t cipher_suites = 0;    // offered; of a server the chosen suite's number
  std::uint8_t cookie_size = 0;
  std::string_view sni;            // a name of host-name characters, or empty
  std::string_view alpn;           // the first protocol offered, or the one chosen
  bool use_srtp = false;           // RFC 5764: what follows on this 5-tuple is SRTP media
  std::uint16_t srtp_profile = 0;  // the first offered, or the one chosen
};

// Reads the hello that a datagram of `wire_len` bytes starts with; fragments in consecutive records
// of the datagram are joined in `scratch`. `truncated`: the capture ends first, or the rest of the
// message (or its beginning: `fragment_offset`) is in other datagrams; `out` then holds what was
// complete. Encrypted messages and other handshake messages are not_this.
ParseStatus parse_hello(ByteView captured, std::size_t wire_len, std::span<std::uint8_t> scratch,
                        Hello& out);

}  // namespace deadair::proto::dtls
