// Recognises the transports of MTProto, Telegram's protocol, at the head of a TCP stream, the
// obfuscated one included.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::mtproto {

// core.telegram.org/mtproto/mtproto-transports, read 2026-11-22.
enum class Transport : std::uint8_t { abridged, intermediate, padded, full };

// One side of a stream in a transport that can be read.
struct Stream {
  Transport transport = Transport::abridged;
  // The bytes cannot be chance: a message of the key exchange, two messages of one key, the tag of
  // the intermediate transports, or the checksum of the full one. Otherwise only lengths fit.
  bool proven = false;
};

// Reads what a client sends from its first byte on. `truncated`: more bytes may decide; `out` then
// holds nothing.
ParseStatus parse_client(ByteView head, Stream& out);
// Reads what a server answers. Only messages of the key exchange tell it from anything else, so
// whatever is `parsed` is proven; the obfuscated transport never is.
ParseStatus parse_server(ByteView head, Stream& out);

// +----------+---------+--------+---------+-------+---------+----------------------
// | random   | key     | IV     | tag     | DC id | random  | frames ...
// | 8        | 32      | 16     | 4       | 2     | 2       |
// +----------+---------+--------+---------+-------+---------+----------------------
//  plain: 56 bytes               encrypted with AES-256-CTR from byte 0 on: from the tag on
// core.telegram.org/mtproto/mtproto-transports#transport-obfuscation. The key lies in the header,
// so anybody can read the tag. With the secret of a proxy mixed into the key nobody else can: such
// a stream is not_this.
struct Obfuscated {
  static constexpr std::size_t kHeaderSize = 64;

  Transport transport = Transport::abridged;
  std::array<std::uint8_t, 48> first{};  // decrypted, behind the header
  std::size_t held = 0;                  // of `first`

  [[nodiscard]] ByteView frames() const { return ByteView(first).first(held); }
};

// Decrypts the header of a client's stream. `truncated`: fewer than 64 bytes, and the ones there do
// not begin what the transport forbids itself (TLS, HTTP, the other transports). Chance: 3 in 2^32.
ParseStatus parse_obfuscated(ByteView head, Obfuscated& out);

}  // namespace deadair::proto::mtproto
