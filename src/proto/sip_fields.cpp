// Takes apart the values of SIP fields: addresses, Via, parameters, multipart bodies.
#include <algorithm>

#include "proto/host_name.hpp"
#include "proto/sip.hpp"
#include "proto/text_line.hpp"

namespace deadair::proto::sip {
namespace {

using std::string_view;

constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 section 5.1.1

bool is_ipv6_text(string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF:.") == string_view::npos;
}

// hostport (RFC 3261 section 25.1) at the start of `text`; `ends` may follow the host.
string_view leading_host(string_view text, string_view ends) {
  if (text.starts_with('[')) {
    const string_view inner = text.substr(1, std::min(text.find(']'), text.size()) - 1);
    return is_ipv6_text(inner) ? inner : string_view{};
  }
  const string_view host = text.substr(0, text.find_first_of(ends));
  return is_host_name(host) ? host : string_view{};
}

// Where the closing quote of the string that opens at `at` stands, or the end.
std::size_t end_of_quotes(string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at, text.size());
}

// The first of `wanted` outside quoted strings, from `at` on; the size when there is none.
std::size_t find_unquoted(string_view text, string_view wanted, std::size_t at = 0) {
  while (at < text.size()) {
    if (wanted.find(text[at]) != string_view::npos) return at;
    at = text[at] == '"' ? end_of_quotes(text, at) + 1 : at + 1;
  }
  return text.size();
}

// A Via value in its parts: sent-protocol (name "/" version "/" transport) LWS sent-by.
struct Via {
  string_view transport;
  string_view rest;
};

Via split_via(string_view via) {
  text::take_until(via, "/");
  text::take_until(via, "/");
  const string_view name = text::take_word(via);
  return {name, text::trim(via)};
}

bool is_sdp(string_view content_type) {
  constexpr string_view kSdp = "application/sdp";
  if (!text::starts_ignoring_case(content_type, kSdp)) return false;
  return content_type.substr(kSdp.size()).find_first_not_of(" \t;\r\n") != 0;
}

// The value of Content-Type in the head of a body part.
string_view content_type_of(string_view head) {
  while (!head.empty()) {
    const text::Line line = text::first_line(head);
    head.remove_prefix(line.next);
    const std::size_t colon = std::min(line.line.find(':'), line.line.size());
    const string_view name = text::trim(line.line.substr(0, colon));
    if (text::same_ignoring_case(name, "content-type") || text::same_ignoring_case(name, "c")) {
      return text::trim(line.line.substr(std::min(colon + 1, line.line.size())));
    }
  }
  return {};
}

// The size of a part's head, its empty line included; npos when that is not there.
std::size_t part_head_size(string_view part) {
  std::size_t size = 0;
  while (true) {
    const text::Line line = text::first_line(part.substr(size));
    if (!line.complete) return string_view::npos;
    size += line.next;
    if (line.line.empty()) return size;
  }
}

// Where the next delimiter ("--" boundary) starts, from `at` on.
std::size_t find_delimiter(string_view body, string_view boundary, std::size_t at) {
  while ((at = body.find(boundary, at)) != string_view::npos) {
    if (at >= 2 && body.substr(at - 2, 2) == "--") return at - 2;
    at += boundary.size();
  }
  return string_view::npos;
}

// Offset and size of the SDP part of a multipart body; the size is npos when its end is missing.
struct Part {
  std::size_t at = 0;
  std::size_t size = 0;
};

Part find_sdp_part(string_view body, string_view boundary) {
  std::size_t at = find_delimiter(body, boundary, 0);
  while (at != string_view::npos) {
    std::size_t start = at + 2 + boundary.size();
    start += text::first_line(body.substr(start)).next;
    const std::size_t end = find_delimiter(body, boundary, start);
    const std::size_t head = part_head_size(body.substr(start, end - start));
    if (head != string_view::npos && is_sdp(content_type_of(body.substr(start, head)))) {
      start += head;
      return {start, end == string_view::npos ? end : end - start};
    }
    at = end;
  }
  return {};
}

}  // namespace

std::string_view uri_of(std::string_view address) {
  const std::size_t open = find_unquoted(address, "<");
  if (open < address.size()) {
    const string_view inner = address.substr(open + 1);
    return text::trim(inner.substr(0, inner.find('>')));
  }
  return text::trim(address.substr(0, address.find(';')));
}

std::string_view host_of(std::string_view uri) {
  const string_view scheme = text::take_until(uri, ":");
  if (!text::same_ignoring_case(scheme, "sip") && !text::same_ignoring_case(scheme, "sips")) {
    return {};
  }
  const std::size_t at = uri.find('@');
  return leading_host(at == string_view::npos ? uri : uri.substr(at + 1), ":;?>");
}

std::string_view sent_by(std::string_view via) {
  return leading_host(split_via(via).rest, ":;, \t\r\n");
}

std::string_view transport(std::string_view via) { return split_via(via).transport; }

std::string_view parameter(std::string_view value, std::string_view name) {
  const std::size_t open = find_unquoted(value, "<");
  if (open < value.size()) value.remove_prefix(std::min(value.find('>', open), value.size()));
  value.remove_prefix(find_unquoted(value, ";"));
  while (!value.empty()) {
    const std::size_t end = find_unquoted(value, ";", 1);
    string_view assigned = value.substr(1, end - 1);
    value.remove_prefix(end);
    if (!text::same_ignoring_case(text::trim(text::take_until(assigned, "=")), name)) continue;
    assigned = text::trim(assigned);
    if (!assigned.starts_with('"')) return assigned;
    return assigned.substr(1, end_of_quotes(assigned, 0) - 1);
  }
  return {};
}

ByteView session_description(const Message& message, std::size_t& wire_len) {
  wire_len = message.body_length;
  const string_view type = message.content_type;
  if (is_sdp(type) || (type.empty() && message.body.starts_with("v=0"))) return message.body;
  const string_view boundary = parameter(type, "boundary");
  Part part;
  if (text::starts_ignoring_case(type, "multipart/") && !boundary.empty() &&
      boundary.size() <= kMaxBoundary) {
    part = find_sdp_part(message.body.text(), boundary);
  }
  wire_len = part.size == string_view::npos ? message.body_length - part.at : part.size;
  return message.body.sub(part.at, part.size);
}

}  // namespace deadair::proto::sip
