// Reads the head of an HTTP/1 response, and where its body begins.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::http {

//  HTTP/1.x SP 3DIGIT SP [reason] CRLF
//  field-name ":" OWS field-value OWS CRLF
//  ... CRLF CRLF                                RFC 9112 sections 2 and 4
// Views point into the stream; they hold the sender's bytes and may be anything.
struct ResponseHead {
  std::uint16_t status = 0;  // 100 to 599
  std::string_view location;
  std::string_view server;
  std::string_view via;
  std::optional<std::uint32_t> content_length;  // bytes, as far as it is a number below 2^31
  bool close = false;                           // Connection: close
  bool complete = false;                        // the empty line was there
  ByteView body;                                // what was captured of it, as sent
};

// Reads a response at the start of a stream. `truncated`: the head is not there in full (`out`
// holds what is), or is longer than 16 KiB. Of fields that come twice the first counts.
ParseStatus parse_response_head(ByteView stream, ResponseHead& out);

}  // namespace deadair::proto::http
