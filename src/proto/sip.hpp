// Turns a datagram, or the head of a stream, into a SIP message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::sip {

enum class Kind : std::uint8_t { unproven, request, response };

// The methods of RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665; `other` is an extension.
enum class Method : std::uint8_t {
  none,
  invite,
  ack,
  bye,
  cancel,
  register_,
  options,
  prack,
  subscribe,
  notify,
  publish,
  info,
  refer,
  message,
  update,
  service,
  other
};

//  Method SP Request-URI SP SIP/2.0 CRLF        or        SIP/2.0 SP 3DIGIT SP [reason] CRLF
//  field-name ":" value CRLF                    a line that begins with SP or HTAB continues
//  ... CRLF                                     the value of the line before it
//  [ message-body ]                             RFC 3261 section 7
// Views point into the bytes read and hold what the sender put there; a value folded over lines
// contains the line ends. Of a field that occurs several times the first is kept.
struct Message {
  Kind kind = Kind::unproven;
  Method method = Method::none;  // of the request; in a response the method of CSeq
  std::string_view method_name;  // of the request
  std::string_view uri;          // Request-URI
  std::uint16_t status = 0;      // of the response, 100 to 699
  std::string_view reason;
  std::string_view call_id;
  std::string_view from;
  std::string_view to;
  std::string_view via;  // the topmost
  std::string_view contact;
  std::string_view user_agent;
  std::string_view server;
  std::string_view content_type;
  std::optional<std::uint32_t> cseq;
  Method cseq_method = Method::none;
  std::optional<std::uint32_t> content_length;
  bool head_complete = false;   // the empty line that ends the fields was there
  std::size_t head_size = 0;    // of the start line and fields, the empty line included
  ByteView body;                // what was captured of it
  std::size_t body_length = 0;  // on the wire: Content-Length, else the rest of the datagram
};

// Reads the message that fills a datagram of `wire_len` bytes. Decided by bytes, whatever the port:
// the start line and its version. `truncated`: the capture ends before the message; `out` holds
// the fields whose end was captured, and `kind` tells whether the start line was seen to its end.
// White space alone (the keep-alive of RFC 5626 section 4.4.1) is not SIP.
ParseStatus parse(ByteView captured, std::size_t wire_len, Message& out);

// Reads the message at the start of a stream and says in `next` where the following one starts;
// CR LF before the start line is skipped (RFC 3261 section 7.5). `truncated`: the stream ends
// within the message; nothing is proven yet while `kind` is unproven. Without Content-Length a
// message on a stream has no body (RFC 3261 section 18.3).
ParseStatus parse_stream(ByteView stream, Message& out, std::size_t& next);

// True when the bytes can start a SIP message: a cheap first look that rejects most other traffic.
bool looks_like_sip(ByteView bytes);

// The URI of a From, To or Contact value, without display name, angle brackets and parameters.
std::string_view uri_of(std::string_view address);
// The host of a SIP URI ("sip:user@host:port;..."), or of the sent-by of a Via value; IPv6 without
// brackets. Empty when there is none, or when no host name can be made of its characters.
std::string_view host_of(std::string_view uri);
std::string_view sent_by(std::string_view via);
// The transport of a Via value: UDP, TCP, TLS, WS, WSS ... as the sender wrote it.
std::string_view transport(std::string_view via);
// The value of a parameter (";name=value"), such as "tag" or "branch"; empty when absent.
std::string_view parameter(std::string_view value, std::string_view name);

// The SDP the message carries: its body, or the part of a multipart body (RFC 5621) that is
// application/sdp; empty when there is none. `wire_len` is its length on the wire.
ByteView session_description(const Message& message, std::size_t& wire_len);

}  // namespace deadair::proto::sip
