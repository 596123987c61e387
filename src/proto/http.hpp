// Reads the head of an HTTP/1 request or response: what was asked of which host, or how it ended.
#pragma once

#include <cstdint>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::http {

//  METHOD SP request-target SP HTTP/1.x CRLF
//  Host: uri-host [":" port] CRLF
//  ... CRLF CRLF                                RFC 9112 section 3
struct Request {
  std::string_view method;
  std::string_view target;  // as sent; for CONNECT "host:port"; the sender's bytes, may be anything
  std::string_view host;    // from the Host field, else from the target; port and brackets removed
  std::uint16_t port = 0;   // zero: not named
  bool connect = false;     // CONNECT: what follows is a tunnel
};

//  HTTP/1.x SP 3DIGIT SP [reason] CRLF           RFC 9112 section 4
struct Response {
  std::uint16_t status = 0;  // 100 to 599
};

// Reads a request at the start of a stream. `truncated`: neither the Host field nor the end of the
// head is there yet; `out` holds what is. A host with characters no host name has is left out.
ParseStatus parse_request(ByteView stream, Request& out);

// Reads a status line at the start of a stream.
ParseStatus parse_response(ByteView stream, Response& out);

}  // namespace deadair::proto::http
