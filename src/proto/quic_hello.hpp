// Collects the ClientHello of a QUIC connection from the datagrams of its client.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/quic_crypto_stream.hpp"
#include "proto/quic_initial.hpp"
#include "proto/quic_keys.hpp"
#include "proto/quic_packet.hpp"

namespace deadair::proto::quic {

// What a client's first message says, whichever handshake it speaks. Views are valid until the next
// add().
struct Hello {
  std::string_view sni;         // of host-name characters, or empty
  std::string_view alpn;        // first protocol that is not GREASE; empty in Google's handshake
  std::string_view user_agent;  // UAID of Google's handshake; the sender's bytes, may be anything
  bool ech = false;             // encrypted_client_hello present: sni is the outer name
};

// Made for a flow when LongHeader::may_carry_hello() first holds, dropped once done(). Which side
// sent a datagram need not be known: only a client's Initials open with keys for a client, made
// from their own connection id (RFC 9001 section 5.2). Pieces of the hello may come in any order,
// over several packets and datagrams; they are held in at most 16 KiB.
class HelloAssembler {
 public:
  HelloAssembler() = default;
  HelloAssembler(const HelloAssembler&) = delete;
  HelloAssembler& operator=(const HelloAssembler&) = delete;

  // Takes a datagram of `wire_len` bytes, of which `captured` holds the first.
  // `parsed`: the hello is complete. `truncated`: the datagram held a part of it, from a client;
  // hello() has what can be read so far, perhaps the name already. `not_this`: nothing of it, or
  // nothing that could be opened.
  ParseStatus add(ByteView captured, std::size_t wire_len);

  // What was read so far.
  [[nodiscard]] const Hello& hello() const { return hello_; }
  // True when the hello is complete, or when too many packets could not be opened: no further
  // datagram changes anything.
  [[nodiscard]] bool done() const { return complete_ || tries_ >= kMostTries; }
  // The handshake message without a hole from its start.
  [[nodiscard]] ByteView message() const { return stream_.start(); }
  // Bytes allocated for the message.
  [[nodiscard]] std::size_t held() const { return stream_.held(); }

 private:
  static constexpr std::uint8_t kMostTries = 32;

  bool take_initial(const Packet& packet);
  bool try_known_keys(const Packet& packet);
  bool try_new_keys(const Packet& packet);
  bool take_frames(const Packet& packet, const Opened& opened);
  bool take_google(ByteView datagram);
  ParseStatus read();
  ParseStatus read_tls(ByteView message);
  ParseStatus read_google(ByteView message);
  void read_loose_pieces();

  CryptoStream stream_;
  Hello hello_;
  Keys keys_;
  ConnectionId id_;      // the keys were made from; empty while there are none
  ConnectionId client_;  // how the client calls itself
  std::uint32_t version_ = 0;
  std::uint64_t next_number_ = 0;
  std::uint8_t tries_ = 0;
  bool proven_ = false;  // an authentication tag agreed with the keys
  bool complete_ = false;
};

}  // namespace deadair::proto::quic
