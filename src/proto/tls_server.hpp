// Reads what a TLS server says in the clear: its ServerHello, and up to TLS 1.2 its certificates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/tls.hpp"

namespace deadair::proto::tls {

//  struct {
//      ProtocolVersion server_version;
//      Random random;                        32 bytes
//      SessionID session_id<0..32>;
//      CipherSuite cipher_suite;
//      CompressionMethod compression_method;
//      Extension extensions<0..2^16-1>;
//  } ServerHello;                            RFC 5246 section 7.4.1.3, RFC 8446 section 4.1.3
//
//  opaque ASN.1Cert<1..2^24-1>;
//  struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;     RFC 5246 section 7.4.2
// Views point into the stream, or into the scratch when a message came in several records.
struct ServerFlight {
  std::uint16_t record_version = 0;  // of the first record
  std::uint16_t version = 0;         // chosen: supported_versions, else server_version
  std::uint16_t cipher_suite = 0;
  ByteView session_id;                 // up to 32 bytes
  std::string_view alpn;               // chosen protocol (RFC 7301); in TLS 1.3 it is encrypted
  bool retry = false;                  // HelloRetryRequest (RFC 8446 section 4.1.4)
  bool hello_complete = false;         // the ServerHello was there to its end
  bool tls13 = false;                  // what follows is encrypted: no certificate can be read
  ByteView certificate;                // DER of the first one, the server's own, as far as captured
  std::size_t certificate_length = 0;  // on the wire; zero: none seen
};

// Reads the server's first flight from the start of its stream: messages may share records and may
// span them. `parsed`: the ServerHello is complete and the first certificate is too, or the flight
// has shown that none comes (TLS 1.3, a resumed connection, an anonymous key exchange).
// `truncated`: the stream ends first (or a message exceeds `scratch`, kScratchSize bytes are
// enough); what was complete is in `out`.
ParseStatus parse_server_flight(ByteView stream, std::span<std::uint8_t> scratch,
                                ServerFlight& out);

}  // namespace deadair::proto::tls
