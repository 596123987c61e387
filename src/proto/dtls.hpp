// Recognises DTLS datagrams, such as the key exchange that precedes SRTP media.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::dtls {

//  struct {
//      ContentType type;            20 to 24, 26 (ACK); 25: a connection id follows the sequence
//      ProtocolVersion version;     fe ff (1.0), fe fd (1.2), fe fc (1.3), 01 00 (OpenSSL's 1.0)
//      uint16 epoch;
//      uint48 sequence_number;
//      uint16 length;
//      opaque fragment[length];
//  } DTLSPlaintext;                 RFC 6347 section 4.1, RFC 9146 section 4 for type 25
struct Header {
  std::uint8_t type = 0;  // of the first record
  std::uint16_t version = 0;
  std::uint16_t epoch = 0;
  std::uint64_t sequence = 0;  // 48 bits
  std::uint16_t length = 0;    // of the fragment; zero for type 25, whose place is not fixed
  bool client_hello = false;   // first record is an unencrypted ClientHello
  bool server_hello = false;   // first record is an unencrypted ServerHello
};

// Reads the first record of a datagram of `wire_len` bytes; its records must fill the datagram,
// unless one has a connection id, whose size only the two ends know. The short header of DTLS 1.3
// (RFC 9147 section 4) has no version and is not_this: it says nothing that chance does not say.
ParseStatus parse(ByteView captured, std::size_t wire_len, Header& out);

}  // namespace deadair::proto::dtls
