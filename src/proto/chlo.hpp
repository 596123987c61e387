// Reads the tag-value messages of Google's QUIC handshake, which Facebook Zero speaks as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::chlo {

enum class Kind : std::uint8_t {
  client_hello,  // CHLO
  server_hello,  // SHLO
  rejection,     // REJ, SREJ
  server_nonce,  // SNOM, of Facebook Zero
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                          Message tag                          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Number of entries (LE 16)    |          Padding = 0          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       Tag of each entry                       |
// |       End offset of its value (LE 32), not descending         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                     Values, one after another               ....
// "QUIC Crypto" (Langley, Chang, 2016), section "Handshake messages".
struct Message {
  Kind kind = Kind::client_hello;
  std::size_t size = 0;         // of the whole message on the wire
  std::string_view sni;         // of host-name characters, or empty
  std::string_view user_agent;  // UAID; any bytes
};

// Reads the message at the start of `bytes`. `truncated`: it is one, but the bytes end too early;
// values that were complete are in `out`.
ParseStatus parse(ByteView bytes, Message& out);

}  // namespace deadair::proto::chlo
