// Recognises QUIC packets by their long header, without decrypting anything.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::quic {

enum class Family : std::uint8_t {
  negotiation,  // version 0: Version Negotiation (RFC 9000 section 17.2.1)
  v1,           // RFC 9000
  v2,           // RFC 9369
  draft,        // IETF drafts ff0000xx
  mvfst,        // Meta's faceb00x and faceb01x
  google,       // Google QUIC Q043 to Q050 and T050, T051
  grease,       // ?a?a?a?a, sent to force negotiation (RFC 9000 section 15)
};

//  Long Header Packet {
//    Header Form (1) = 1, Fixed Bit (1) = 1, Long Packet Type (2), Type-Specific Bits (4),
//    Version (32),
//    Destination Connection ID Length (8), Destination Connection ID (0..160),
//    Source Connection ID Length (8), Source Connection ID (0..160),
//    Type-Specific Payload (..),
//  }                                            RFC 9000 section 17.2, RFC 8999 section 5.1
struct LongHeader {
  Family family = Family::v1;
  std::uint32_t version = 0;
  bool initial = false;     // an Initial packet (Google: from Q050 on), which carries a hello
  ByteView destination_id;  // at most 20 bytes; empty for Google's own header from Q044 to Q049
  ByteView source_id;

  // Whether a HelloAssembler (quic_hello.hpp) may find something in the datagram: an Initial, or a
  // Google QUIC packet that shows its version, as those before the handshake do.
  [[nodiscard]] bool may_carry_hello() const { return initial || family == Family::google; }
};

// Where Google took over the IETF's long header and its protection.
inline constexpr std::uint32_t kGoogleQ050 = 0x51303530;

// Reads the first packet of a datagram of `wire_len` bytes. Only versions known to be in use pass;
// the short header that data packets have looks like random bytes and is not_this.
ParseStatus parse_long_header(ByteView captured, std::size_t wire_len, LongHeader& out);

}  // namespace deadair::proto::quic
