// Reads the first handshake message of a TLS stream: which name, which protocols, which version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::tls {

inline constexpr std::uint16_t kVersion10 = 0x0301;
inline constexpr std::uint16_t kVersion12 = 0x0303;
inline constexpr std::uint16_t kVersion13 = 0x0304;

// Enough scratch for every ClientHello seen from real clients, post-quantum key shares included.
inline constexpr std::size_t kScratchSize = 16384;

//  struct {
//      ContentType type;                 1 byte: 20 to 24
//      ProtocolVersion legacy_version;   2 bytes: 03 00 to 03 04
//      uint16 length;                    at most 2^14 + 2048 in TLS 1.2
//      opaque fragment[length];
//  } TLSPlaintext;                       RFC 8446 section 5.1, RFC 5246 section 6.2
struct Record {
  std::uint8_t type = 0;
  std::uint16_t version = 0;
  std::uint16_t length = 0;  // of the fragment on the wire
  ByteView fragment;         // what was captured of it
};

namespace record_type {
inline constexpr std::uint8_t kChangeCipherSpec = 20, kAlert = 21, kHandshake = 22,
                              kApplicationData = 23, kHeartbeat = 24;
}  // namespace record_type

//  struct {
//      ProtocolVersion legacy_version;
//      Random random;                                 32 bytes
//      opaque legacy_session_id<0..32>;
//      CipherSuite cipher_suites<2..2^16-2>;
//      opaque legacy_compression_methods<1..2^8-1>;
//      Extension extensions<8..2^16-1>;
//  } ClientHello;                                     RFC 8446 section 4.1.2
// Views point into the stream, or into the scratch when the message came in several records.
struct ClientHello {
  std::uint16_t record_version = 0;  // of the first record; zero when read without records
  std::uint16_t legacy_version = 0;
  std::uint16_t cipher_suites = 0;  // count without GREASE values (RFC 8701)
  std::uint8_t session_id_size = 0;
  bool tls13 = false;        // supported_versions offers 1.3
  bool ech = false;          // encrypted_client_hello present (RFC 9849): sni is the outer name
  std::string_view sni;      // a name of host-name characters, or empty
  bool sni_present = false;  // the extension was there, whatever it held
  ByteView alpn_list;        // ProtocolNameList without its length (RFC 7301)
  std::string_view alpn;     // the first protocol that is not GREASE
};

//  struct {
//      ProtocolVersion legacy_version;
//      Random random;
//      opaque legacy_session_id_echo<0..32>;
//      CipherSuite cipher_suite;
//      uint8 legacy_compression_method;
//      Extension extensions<6..2^16-1>;
//  } ServerHello;                                     RFC 8446 section 4.1.3
struct ServerHello {
  std::uint16_t version = 0;  // the chosen one: supported_versions, else legacy_version
  std::uint16_t cipher_suite = 0;
};

// Reads the record at the start of `stream`. A handshake, alert or change-cipher-spec record of
// length zero is not TLS (RFC 8446 section 5.1): Skype's imitation of TLS sends one.
ParseStatus parse_record(ByteView stream, Record& out);

// True when the stream starts like a TLS record; fewer than 3 bytes are judged by what is there.
bool looks_like_tls(ByteView stream);

// Reads the ClientHello at the start of a stream, from one record or joined from several in
// `scratch`. `truncated`: the stream ends too early (or the message exceeds the scratch); `out`
// then holds what was complete, the name included if it was.
ParseStatus parse_client_hello(ByteView stream, std::span<std::uint8_t> scratch, ClientHello& out);

// The same for the handshake message alone, as QUIC carries it (RFC 9001 section 4).
ParseStatus parse_client_hello_message(ByteView message, ClientHello& out);

// Reads the ServerHello at the start of a stream. `truncated` as above.
ParseStatus parse_server_hello(ByteView stream, std::span<std::uint8_t> scratch, ServerHello& out);

}  // namespace deadair::proto::tls
