// Reads SIP messages (RFC 3261).
#include "proto/sip.hpp"

#include <algorithm>
#include <array>

#include "proto/text_line.hpp"

namespace deadair::proto::sip {
namespace {

using std::string_view;
using text::Line;

constexpr string_view kVersion = "SIP/2.0";
constexpr std::size_t kMaxStartLine = 8192;
constexpr std::size_t kMaxHead = 65536;  // where the search for the end of the fields stops
constexpr std::size_t kMaxMethod = 32;
constexpr std::size_t kMaxKeepAlive = 64;  // line ends before a start line
constexpr std::size_t kStatusEnd = 11;     // "SIP/2.0 200"

constexpr struct {
  string_view name;
  Method method;
} kMethods[] = {
    {"INVITE", Method::invite},       {"ACK", Method::ack},         {"BYE", Method::bye},
    {"CANCEL", Method::cancel},       {"OPTIONS", Method::options}, {"REGISTER", Method::register_},
    {"PRACK", Method::prack},         {"NOTIFY", Method::notify},   {"PUBLISH", Method::publish},
    {"SUBSCRIBE", Method::subscribe}, {"INFO", Method::info},       {"REFER", Method::refer},
    {"MESSAGE", Method::message},     {"UPDATE", Method::update},   {"SERVICE", Method::service},
};

// Fields kept as they are, with their compact forms (RFC 3261 section 7.3.3).
constexpr struct {
  string_view name;
  string_view compact;
  string_view Message::*value;
} kFields[] = {
    {"via", "v", &Message::via},         {"from", "f", &Message::from},
    {"to", "t", &Message::to},           {"call-id", "i", &Message::call_id},
    {"contact", "m", &Message::contact}, {"content-type", "c", &Message::content_type},
    {"server", "", &Message::server},    {"user-agent", "", &Message::user_agent},
};

// What the start of the bytes says.
enum class Start : std::uint8_t {
  foreign,   // no start line of SIP
  possible,  // too short to tell
  cut,       // method and scheme, or version and status, but not the end of the line
  complete,
};

// RFC 3261 section 25.1, token.
bool is_token(string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           string_view("-.!%*_+`'~").find(c) != string_view::npos;
  });
}

Method method_of(string_view name) {
  if (name.empty()) return Method::none;
  for (const auto& known : kMethods) {
    if (known.name == name) return known.method;
  }
  return Method::other;
}

bool has_sip_scheme(string_view uri) {
  for (const string_view scheme : {"sip:", "sips:", "tel:", "im:", "pres:", "urn:"}) {
    if (text::starts_ignoring_case(uri, scheme)) return true;
  }
  return false;
}

// Bytes that cannot tell yet: the start of a version or of a method.
Start judge_short(string_view line) {
  if (text::same_ignoring_case(kVersion.substr(0, line.size()), line)) return Start::possible;
  if (line.size() <= kMaxMethod && is_token(line)) return Start::possible;
  return Start::foreign;
}

Start read_status_line(const Line& line, Message& out) {
  string_view rest = line.line.substr(kVersion.size());
  if (line.line.size() < kStatusEnd) return line.complete ? Start::foreign : Start::possible;
  const auto status = text::number(rest.substr(1, 3), 699);
  if (rest[0] != ' ' || !status || *status < 100) return Start::foreign;
  if (rest.size() > 4 && rest[4] != ' ') return Start::foreign;
  out.status = static_cast<std::uint16_t>(*status);
  if (!line.complete) return Start::cut;
  out.kind = Kind::response;
  out.reason = text::trim(rest.substr(4));
  return Start::complete;
}

Start read_request_line(const Line& line, Message& out) {
  const std::size_t space = line.line.find(' ');
  if (space == string_view::npos) return line.complete ? Start::foreign : judge_short(line.line);
  const string_view name = line.line.substr(0, space);
  if (name.empty() || name.size() > kMaxMethod || !is_token(name)) return Start::foreign;
  const Method method = method_of(name);
  const string_view rest = line.line.substr(space + 1);
  if (!line.complete) {
    if (method == Method::other || line.line.size() >= kMaxStartLine) return Start::foreign;
    if (rest.size() < 5) return Start::possible;
    if (!has_sip_scheme(rest)) return Start::foreign;
  } else {
    const std::size_t last = rest.rfind(' ');
    if (last == string_view::npos || last == 0) return Start::foreign;
    if (!text::same_ignoring_case(text::trim(rest.substr(last)), kVersion)) return Start::foreign;
    // Blanks inside the URI are a known fault of senders (RFC 4475 section 3.1.2.9).
    const string_view uri = text::trim(rest.substr(0, last));
    if (uri.starts_with('/')) return Start::foreign;
    if (uri.find(' ') != string_view::npos && (method == Method::other || !has_sip_scheme(uri))) {
      return Start::foreign;
    }
    out.kind = Kind::request;
    out.uri = uri;
  }
  out.method = method;
  out.method_name = name;
  return line.complete ? Start::complete : Start::cut;
}

Start read_start_line(const Line& line, Message& out) {
  if (line.line.empty()) return line.complete ? Start::foreign : Start::possible;
  const bool response = text::starts_ignoring_case(line.line, kVersion);
  return response ? read_status_line(line, out) : read_request_line(line, out);
}

void read_cseq(string_view value, Message& out) {
  out.cseq = text::number(text::take_word(value));
  out.cseq_method = method_of(text::take_word(value));
  if (out.kind == Kind::response) out.method = out.cseq_method;
}

void read_field(string_view line, Message& out) {
  const std::size_t colon = line.find(':');
  if (colon == string_view::npos) return;
  const string_view name = text::trim(line.substr(0, colon));
  const string_view value = text::trim(line.substr(colon + 1));
  for (const auto& field : kFields) {
    if (!text::same_ignoring_case(name, name.size() == 1 ? field.compact : field.name)) continue;
    if ((out.*field.value).empty()) out.*field.value = value;
    return;
  }
  if (text::same_ignoring_case(name, "cseq")) {
    if (!out.cseq) read_cseq(value, out);
  } else if (text::same_ignoring_case(name, "content-length") ||
             text::same_ignoring_case(name, "l")) {
    if (!out.content_length) out.content_length = text::number(value, 0x7fffffff);
  }
}

// The size of the field at the start of `head`, its continuation lines included; npos when its end
// is not there.
std::size_t field_size(string_view head) {
  std::size_t size = 0;
  do {
    const Line line = text::first_line(head.substr(size));
    if (!line.complete) return string_view::npos;
    size += line.next;
  } while (size < head.size() && (head[size] == ' ' || head[size] == '\t'));
  return size;
}

// Reads the fields from `at` on.
void read_head(string_view bytes, std::size_t at, Message& out) {
  const string_view head = bytes.substr(0, kMaxHead);
  while (at < head.size()) {
    const Line line = text::first_line(head.substr(at));
    if (line.complete && line.line.empty()) {
      out.head_complete = true;
      out.head_size = at + line.next;
      return;
    }
    const std::size_t size = field_size(head.substr(at));
    if (size == string_view::npos) return;
    read_field(head.substr(at, size), out);
    at += size;
  }
}

std::size_t skip_line_ends(string_view bytes) {
  bytes = bytes.substr(0, kMaxKeepAlive);
  return std::min(bytes.find_first_not_of("\r\n"), bytes.size());
}

// Reads start line and fields; offsets count from the start of `bytes`.
Start read_message(ByteView bytes, Message& out) {
  out = {};
  const string_view all = bytes.text();
  const std::size_t skipped = skip_line_ends(all);
  const Line line = text::first_line(all.substr(skipped, kMaxStartLine));
  const Start start = read_start_line(line, out);
  if (start == Start::complete) read_head(all, skipped + line.next, out);
  return start;
}

}  // namespace

bool looks_like_sip(ByteView bytes) {
  const string_view all = bytes.first(kMaxKeepAlive + kMaxMethod + 8).text();
  const string_view text = all.substr(skip_line_ends(all));
  if (text::starts_ignoring_case(text, kVersion)) return true;
  const std::size_t space = text.find(' ');
  if (text.empty()) return false;
  if (space == string_view::npos) return text.size() <= kMaxMethod && is_token(text);
  const string_view rest = text.substr(space + 1);
  return space > 0 && is_token(text.substr(0, space)) && !rest.starts_with('/');
}

ParseStatus parse(ByteView captured, std::size_t wire_len, Message& out) {
  const ByteView bytes = captured.first(wire_len);
  const Start start = read_message(bytes, out);
  if (start == Start::foreign || start == Start::possible) return ParseStatus::not_this;
  if (!out.head_complete) return ParseStatus::truncated;
  const std::size_t rest = wire_len - out.head_size;
  out.body_length = out.content_length ? *out.content_length : rest;
  out.body = bytes.sub(out.head_size, out.body_length);
  return out.body.size() < out.body_length ? ParseStatus::truncated : ParseStatus::parsed;
}

ParseStatus parse_stream(ByteView stream, Message& out, std::size_t& next) {
  next = 0;
  const Start start = read_message(stream, out);
  if (start == Start::foreign) return ParseStatus::not_this;
  if (!out.head_complete) {
    return stream.size() < kMaxHead ? ParseStatus::truncated : ParseStatus::not_this;
  }
  out.body_length = out.content_length.value_or(0);
  out.body = stream.sub(out.head_size, out.body_length);
  next = out.head_size + out.body_length;
  return out.body.size() < out.body_length ? ParseStatus::truncated : ParseStatus::parsed;
}

}  // namespace deadair::proto::sip
