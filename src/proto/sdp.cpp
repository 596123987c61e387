// Reads session descriptions (RFC 8866).
#include "proto/sdp.hpp"

#include <algorithm>

#include "proto/text_line.hpp"

namespace deadair::proto::sdp {
namespace {

using std::string_view;

// RFC 3551 section 6, tables 4 and 5.
constexpr struct {
  std::uint8_t payload_type;
  string_view encoding;
  std::uint32_t clock_rate;
} kStaticTypes[] = {
    {0, "PCMU", 8000},   {3, "GSM", 8000},    {4, "G723", 8000},   {5, "DVI4", 8000},
    {6, "DVI4", 16000},  {7, "LPC", 8000},    {8, "PCMA", 8000},   {9, "G722", 8000},
    {10, "L16", 44100},  {11, "L16", 44100},  {12, "QCELP", 8000}, {13, "CN", 8000},
    {14, "MPA", 90000},  {15, "G728", 8000},  {16, "DVI4", 11025}, {17, "DVI4", 22050},
    {18, "G729", 8000},  {25, "CelB", 90000}, {26, "JPEG", 90000}, {28, "nv", 90000},
    {31, "H261", 90000}, {32, "MPV", 90000},  {33, "MP2T", 90000}, {34, "H263", 90000},
};

constexpr struct {
  string_view name;
  MediaType type;
} kMediaTypes[] = {
    {"audio", MediaType::audio},     {"video", MediaType::video},
    {"text", MediaType::text},       {"image", MediaType::image},
    {"message", MediaType::message}, {"application", MediaType::application},
};

constexpr struct {
  string_view name;
  Direction direction;
} kDirections[] = {
    {"sendrecv", Direction::sendrecv},
    {"sendonly", Direction::sendonly},
    {"recvonly", Direction::recvonly},
    {"inactive", Direction::inactive},
};

std::uint16_t port_of(string_view digits) {
  return static_cast<std::uint16_t>(text::number(digits, 65535).value_or(0));
}

std::optional<IpAddress> address_of(string_view text) {
  IpAddress address;
  if (!parse_ip_address(text, address)) return std::nullopt;
  return address;
}

// "IN IP4 192.0.2.1/127": a multicast address may carry its TTL and a count.
std::optional<IpAddress> read_connection(string_view value) {
  if (text::take_word(value) != "IN") return std::nullopt;
  text::take_word(value);  // IP4 or IP6: the address shows it
  string_view address = text::take_word(value);
  return address_of(text::take_until(address, "/"));
}

void add_format(Media& media, string_view word) {
  const auto payload_type = text::number(word, 127);
  if (!payload_type || media.format_count == kMaxFormats) return;
  Format& format = media.formats[media.format_count++];
  format = {static_cast<std::uint8_t>(*payload_type), {}, 0};
  for (const auto& known : kStaticTypes) {
    if (known.payload_type != format.payload_type) continue;
    format.encoding = known.encoding;
    format.clock_rate = known.clock_rate;
  }
}

bool holds(string_view text, string_view part) { return text.find(part) != string_view::npos; }

void read_media(string_view value, Media& out) {
  const string_view type = text::take_word(value);
  for (const auto& known : kMediaTypes) {
    if (text::same_ignoring_case(type, known.name)) out.type = known.type;
  }
  string_view ports = text::take_word(value);
  out.port = port_of(text::take_until(ports, "/"));
  out.port_count = std::max<std::uint16_t>(port_of(ports), 1);
  out.transport = text::take_word(value);
  out.rtp = holds(out.transport, "RTP/");
  out.secure = holds(out.transport, "RTP/SAVP");
  if (!out.rtp) return;
  for (string_view word = text::take_word(value); !word.empty(); word = text::take_word(value)) {
    add_format(out, word);
  }
}

//  rtpmap:<payload type> <encoding name>/<clock rate>[/<parameters>]    RFC 8866 section 6.6
void read_rtpmap(string_view value, Media& out) {
  const auto payload_type = text::number(text::take_word(value), 127);
  if (!payload_type) return;
  const string_view encoding = text::take_until(value, "/");
  const auto clock_rate = text::number(text::trim(text::take_until(value, "/")));
  for (std::size_t i = 0; i < out.format_count; ++i) {
    Format& format = out.formats[i];
    if (format.payload_type != *payload_type) continue;
    format.encoding = text::trim(encoding);
    format.clock_rate = clock_rate.value_or(0);
  }
}

void read_candidate(string_view value, Media& out) {
  if (out.candidate_count == kMaxCandidates) return;
  text::take_word(value);  // foundation
  Candidate candidate;
  const auto component = text::number(text::take_word(value), 255);
  candidate.tcp = text::same_ignoring_case(text::take_word(value), "tcp");
  text::take_word(value);  // priority
  const auto address = address_of(text::take_word(value));
  candidate.port = port_of(text::take_word(value));
  const bool typed = text::same_ignoring_case(text::take_word(value), "typ");
  candidate.type = text::take_word(value);
  if (!component || !address || !typed) return;
  candidate.component = static_cast<std::uint8_t>(*component);
  candidate.address = *address;
  out.candidates[out.candidate_count++] = candidate;
}

// What holds for every stream that says nothing else: attributes before the first m= line.
struct Defaults {
  Direction direction = Direction::sendrecv;
  bool secure = false;
};

// Attributes that may stand at either level (RFC 8866 section 6.7, RFC 8122, RFC 4568).
bool read_common(string_view name, Direction& direction, bool& secure) {
  for (const auto& known : kDirections) {
    if (name != known.name) continue;
    direction = known.direction;
    return true;
  }
  const bool keyed = name == "crypto" || name == "fingerprint";
  secure = secure || keyed;
  return keyed;
}

void read_media_attribute(string_view line, Media& out) {
  const string_view name = text::take_until(line, ":");
  if (name == "rtpmap") return read_rtpmap(line, out);
  if (name == "candidate") return read_candidate(line, out);
  if (name == "rtcp") {
    out.rtcp_port = port_of(text::take_word(line));
  } else if (name == "rtcp-mux") {
    out.rtcp_mux = true;
  } else {
    read_common(name, out.direction, out.secure);
  }
}

// Reads lines one after the other into a session.
class Reader {
 public:
  explicit Reader(Session& out) : out_(out) {}

  void line(char letter, string_view value) {
    if (letter == 'm') return begin_media(value);
    const bool session_level = out_.media_seen == 0;
    if (letter == 's' && session_level) out_.name = value;
    if (letter == 'c') {
      if (session_level) out_.connection = read_connection(value);
      if (media_ != nullptr) media_->connection = read_connection(value);
    }
    if (letter != 'a') return;
    if (media_ != nullptr) read_media_attribute(value, *media_);
    if (session_level) {
      read_common(text::take_until(value, ":"), defaults_.direction, defaults_.secure);
    }
  }

  void finish() {
    for (std::size_t i = 0; i < out_.media_count; ++i) {
      Media& media = out_.media[i];
      if (media.rtcp_port != 0 || !media.rtp || media.port == 0) continue;
      media.rtcp_port = static_cast<std::uint16_t>(media.port + (media.rtcp_mux ? 0 : 1));
    }
  }

 private:
  void begin_media(string_view value) {
    ++out_.media_seen;
    media_ = nullptr;
    if (out_.media_count == kMaxMedia) return;
    media_ = &out_.media[out_.media_count++];
    media_->connection = out_.connection;
    media_->direction = defaults_.direction;
    read_media(value, *media_);
    media_->secure = media_->secure || defaults_.secure;
  }

  Session& out_;
  Media* media_ = nullptr;
  Defaults defaults_;
};

bool is_description_line(string_view line) {
  return line.size() >= 2 && line[0] >= 'a' && line[0] <= 'z' && line[1] == '=';
}

}  // namespace

ParseStatus parse(ByteView captured, std::size_t wire_len, Session& out) {
  out = {};
  const ByteView bytes = captured.first(wire_len);
  const bool whole = bytes.size() == wire_len;
  string_view rest = bytes.text();
  text::Line line = text::first_line(rest);
  if (!line.complete) {
    return !whole && rest.size() >= 3 && rest.starts_with("v=0") ? ParseStatus::truncated
                                                                 : ParseStatus::not_this;
  }
  if (line.line != "v=0") return ParseStatus::not_this;
  Reader reader(out);
  bool second = true;
  for (rest.remove_prefix(line.next); !rest.empty(); rest.remove_prefix(line.next)) {
    line = text::first_line(rest);
    if (!line.complete && !whole) break;
    const bool good = is_description_line(line.line);
    if (second && !good) return ParseStatus::not_this;
    second = false;
    if (good) reader.line(line.line[0], line.line.substr(2));
  }
  reader.finish();
  return whole ? ParseStatus::parsed : ParseStatus::truncated;
}

const Format* find_format(const Media& media, std::uint8_t payload_type) {
  for (std::size_t i = 0; i < media.format_count; ++i) {
    if (media.formats[i].payload_type == payload_type) return &media.formats[i];
  }
  return nullptr;
}

}  // namespace deadair::proto::sdp
