// Reads HTTP/1 request heads and status lines (RFC 9110, RFC 9112).
#include "proto/http.hpp"

#include <algorithm>
#include <array>

#include "proto/host_name.hpp"

namespace deadair::proto::http {
namespace {

using std::string_view;

constexpr std::size_t kMaxLine = 8192;   // a request line or field longer than this is refused
constexpr std::size_t kMaxHead = 65536;  // where the search for Host stops

// RFC 9110 section 9, RFC 5789 and WebDAV (RFC 4918, RFC 3253) as seen on the wire.
constexpr std::array<string_view, 22> kMethods = {
    "GET",    "POST",     "HEAD",      "PUT",       "DELETE",    "OPTIONS", "CONNECT", "PATCH",
    "TRACE",  "PROPFIND", "PROPPATCH", "MKCOL",     "COPY",      "MOVE",    "LOCK",    "UNLOCK",
    "REPORT", "SEARCH",   "MERGE",     "BITS_POST", "SUBSCRIBE", "NOTIFY"};

// The line at the start of `text` without its end; `complete` is false when no end was found.
struct Line {
  string_view text;
  std::size_t next = 0;
  bool complete = false;
};

Line first_line(string_view text) {
  const std::size_t end = text.substr(0, kMaxLine).find('\n');
  if (end == string_view::npos) return {text, text.size(), false};
  const std::size_t size = end > 0 && text[end - 1] == '\r' ? end - 1 : end;
  return {text.substr(0, size), end + 1, true};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_ignoring_case(string_view a, string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

string_view trim(string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(from);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// Decimal digits up to 65535; zero when it is anything else.
std::uint16_t parse_port(string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) return 0;
  }
  return static_cast<std::uint16_t>(value);
}

bool is_ipv6_text(string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF:.") == string_view::npos;
}

// uri-host [":" port] (RFC 3986 section 3.2.2).
void set_authority(string_view authority, Request& out) {
  string_view host = authority;
  string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = std::min(authority.find(']'), authority.size());
    host = authority.substr(1, close - 1);
    port = authority.substr(std::min(close + 1, authority.size()));
    if (!is_ipv6_text(host)) return;
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    port = authority.substr(colon);
    if (!is_host_name(host)) return;
  }
  out.host = host;
  if (!port.empty() && port.front() == ':') out.port = parse_port(port.substr(1));
}

// The host of an absolute target ("http://host/...") or of CONNECT.
void set_host_of_target(Request& out) {
  if (out.connect) return set_authority(out.target, out);
  if (out.target.starts_with('/')) return;
  const std::size_t scheme = out.target.find("://");
  if (scheme > 8) return;  // too long for a scheme, or npos
  const string_view rest = out.target.substr(scheme + 3);
  set_authority(rest.substr(0, rest.find_first_of("/?#")), out);
}

// The method that starts `text`, followed by a space; empty when none does. `possible` tells
// whether more bytes could still complete one.
string_view find_method(string_view text, bool& possible) {
  possible = false;
  for (const string_view method : kMethods) {
    if (text.size() > method.size()) {
      if (text.starts_with(method) && text[method.size()] == ' ') return method;
    } else if (method.starts_with(text)) {
      possible = true;
    }
  }
  return {};
}

// Reads the fields up to Host or the empty line.
ParseStatus find_host(string_view head, Request& out) {
  while (true) {
    const Line line = first_line(head);
    if (!line.complete) return ParseStatus::truncated;
    if (line.text.empty()) return ParseStatus::parsed;
    // Only what may be "Host" is looked at closely.
    const std::size_t colon =
        lower(line.text.front()) == 'h' ? line.text.find(':') : string_view::npos;
    if (colon != string_view::npos && same_ignoring_case(line.text.substr(0, colon), "host")) {
      set_authority(trim(line.text.substr(colon + 1)), out);
      return ParseStatus::parsed;
    }
    head.remove_prefix(line.next);
  }
}

}  // namespace

ParseStatus parse_request(ByteView stream, Request& out) {
  out = {};
  const string_view text = stream.first(kMaxHead).text();
  bool possible = false;
  out.method = find_method(text, possible);
  if (out.method.empty()) return possible ? ParseStatus::truncated : ParseStatus::not_this;

  const Line line = first_line(text);
  const string_view rest = line.text.substr(out.method.size() + 1);
  if (!line.complete) {
    return text.size() < kMaxLine ? ParseStatus::truncated : ParseStatus::not_this;
  }
  const std::size_t space = rest.rfind(' ');
  if (space == string_view::npos || space == 0 || !rest.substr(space).starts_with(" HTTP/1.")) {
    return ParseStatus::not_this;
  }
  out.target = rest.substr(0, space);
  out.connect = out.method == "CONNECT";
  set_host_of_target(out);
  return out.connect && !out.host.empty() ? ParseStatus::parsed
                                          : find_host(text.substr(line.next), out);
}

ParseStatus parse_response(ByteView stream, Response& out) {
  constexpr string_view kStart = "HTTP/1.";
  constexpr std::size_t kStatusEnd = 12;  // "HTTP/1.1 200"
  const string_view text = stream.first(kStatusEnd).text();
  out = {};
  if (!text.starts_with(kStart.substr(0, text.size()))) return ParseStatus::not_this;
  if (text.size() < kStatusEnd) return ParseStatus::truncated;
  const std::uint16_t status = parse_port(text.substr(9, 3));
  if (text[8] != ' ' || status < 100 || status > 599) return ParseStatus::not_this;
  out.status = status;
  return ParseStatus::parsed;
}

}  // namespace deadair::proto::http
