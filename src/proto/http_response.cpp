// Reads HTTP/1 response heads (RFC 9110, RFC 9112).
#include "proto/http_response.hpp"

#include "proto/http.hpp"
#include "proto/text_line.hpp"

namespace deadair::proto::http {
namespace {

using std::string_view;

constexpr std::size_t kMaxHead = 16384;
constexpr std::uint32_t kMaxLength = 0x7fff'ffff;

void take_first(string_view value, string_view& out) {
  if (out.empty()) out = value;
}

void take_field(string_view line, ResponseHead& out) {
  const std::size_t colon = line.find(':');
  if (colon == string_view::npos) return;
  const string_view name = line.substr(0, colon);
  const string_view value = text::trim(line.substr(colon + 1));
  if (text::same_ignoring_case(name, "location")) take_first(value, out.location);
  if (text::same_ignoring_case(name, "server")) take_first(value, out.server);
  if (text::same_ignoring_case(name, "via")) take_first(value, out.via);
  if (text::same_ignoring_case(name, "connection")) {
    out.close = out.close || text::same_ignoring_case(value, "close");
  }
  if (text::same_ignoring_case(name, "content-length") && !out.content_length) {
    out.content_length = text::number(value, kMaxLength);
  }
}

}  // namespace

ParseStatus parse_response_head(ByteView stream, ResponseHead& out) {
  out = {};
  Response first;
  const ParseStatus status = parse_response(stream, first);
  if (status != ParseStatus::parsed) return status;
  out.status = first.status;
  const string_view head = stream.first(kMaxHead).text();
  for (std::size_t at = text::first_line(head).next; at < head.size();) {
    const text::Line line = text::first_line(head.substr(at));
    if (!line.complete) return ParseStatus::truncated;
    at += line.next;
    if (line.line.empty()) {
      out.complete = true;
      out.body = stream.from(at);
      return ParseStatus::parsed;
    }
    take_field(line.line, out);
  }
  return ParseStatus::truncated;
}

}  // namespace deadair::proto::http
