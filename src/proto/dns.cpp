// Reads DNS messages (RFC 1035, RFC 6762 for multicast DNS).
#include "proto/dns.hpp"

namespace deadair::proto::dns {
namespace {

constexpr std::size_t kHeaderSize = 12;
constexpr std::size_t kMinQuestion = 5;  // root name, type, class
constexpr std::size_t kMinRecord = 11;   // root name, type, class, TTL, RDLENGTH
constexpr std::size_t kMaxName = 253;
constexpr std::uint16_t kUnicastOrFlush = 0x8000;  // RFC 6762 sections 5.4 and 10.2

bool known_opcode(std::uint8_t opcode) { return opcode <= 6 && opcode != 3; }

// IN, CH, HS, NONE and ANY (RFC 6895 section 3.2).
bool known_class(std::uint16_t value) {
  const unsigned c = value & 0x7fffU;
  return c == 1 || c == 3 || c == 4 || c == 254 || c == 255;
}

// How each byte of a label shows in a Name.
constexpr std::array<char, 256> kShown = [] {
  std::array<char, 256> table{};
  table.fill('?');
  for (std::size_t c = 0x21; c < 0x7f; ++c) table[c] = static_cast<char>(c);
  for (std::size_t c = 'A'; c <= 'Z'; ++c) table[c] = static_cast<char>(c + 32);
  table['.'] = '?';
  return table;
}();

// Offset after the name at `at` without reading it; 0 when malformed or not captured.
std::size_t skip_name(ByteView message, std::size_t at) {
  while (message.has(at, 1)) {
    const std::uint8_t length = message.u8(at);
    if (length == 0) return at + 1;
    if (length >= 0xc0) return message.has(at, 2) ? at + 2 : 0;
    if (length > 63) return 0;
    at += 1U + length;
  }
  return 0;
}

void read_header(ByteView bytes, Message& out) {
  const std::uint16_t flags = bytes.be16(2);
  out.id = bytes.be16(0);
  out.response = (flags & 0x8000U) != 0;
  out.opcode = static_cast<std::uint8_t>(flags >> 11 & 15U);
  out.authoritative = (flags & 0x0400U) != 0;
  out.truncated_flag = (flags & 0x0200U) != 0;
  out.rcode = static_cast<std::uint8_t>(flags & 15U);
  out.questions = bytes.be16(4);
  out.answers = bytes.be16(6);
  out.authorities = bytes.be16(8);
  out.additionals = bytes.be16(10);
  out.qtype = 0;
  out.qclass = 0;
  out.name.clear();
  out.bytes = bytes;
  out.answers_at = 0;
}

// Decodes the name at `at` and sets `after` to the offset behind it in place.
ParseStatus decode_name(ByteView message, std::size_t at, Name& out, std::size_t& after) {
  out.clear();
  after = 0;
  std::size_t barrier = at;  // each pointer must lead before everything read so far: no loops
  while (message.has(at, 1)) {
    const std::uint8_t length = message.u8(at);
    if (length == 0) {
      if (after == 0) after = at + 1;
      return ParseStatus::parsed;
    }
    if (length < 64) {
      const ByteView label = message.sub(at + 1, length);
      if (label.size() < length) return ParseStatus::truncated;
      if (!out.append_label(label)) return ParseStatus::not_this;
      at += 1U + length;
      continue;
    }
    if (length < 0xc0) return ParseStatus::not_this;
    if (!message.has(at, 2)) return ParseStatus::truncated;
    const std::size_t target = message.be16(at) & 0x3fffU;
    if (target >= barrier || target < kHeaderSize) return ParseStatus::not_this;
    if (after == 0) after = at + 2;
    at = barrier = target;
  }
  return ParseStatus::truncated;
}

bool plausible_header(const Message& m, std::size_t wire_len) {
  constexpr std::uint16_t kZ = 0x0040;
  if (!known_opcode(m.opcode) || (m.bytes.be16(2) & kZ) != 0) return false;
  const std::size_t records = std::size_t{m.answers} + m.authorities + m.additionals;
  if (kHeaderSize + kMinQuestion * m.questions + kMinRecord * records > wire_len) {
    // A server that sets TC may keep the counts of what it left out.
    if (!m.response || !m.truncated_flag) return false;
  }
  // RFC 8906 section 3.1: a server that cannot read the question answers with the header alone.
  return m.questions > 0 || (m.response && (m.answers > 0 || m.rcode != 0));
}

// Reads the first question and sets `after` to the offset behind it.
ParseStatus read_question(Message& out, std::size_t& after) {
  const ParseStatus status = decode_name(out.bytes, kHeaderSize, out.name, after);
  if (status != ParseStatus::parsed) return status;
  if (!out.bytes.has(after, 4)) return ParseStatus::truncated;
  out.qtype = out.bytes.be16(after);
  out.qclass = out.bytes.be16(after + 2);
  after += 4;
  return out.qtype != 0 && known_class(out.qclass) ? ParseStatus::parsed : ParseStatus::not_this;
}

// Offset of the answer section, past all questions; 0 when the captured bytes end before it.
std::size_t find_answers(const Message& m, std::size_t at) {
  for (std::uint16_t i = 1; i < m.questions; ++i) {
    at = skip_name(m.bytes, at);
    if (at == 0 || !m.bytes.has(at, 4)) return 0;
    at += 4;
  }
  return at;
}

// Where an answer stands first, it is the only thing left to tell DNS from chance.
bool first_answer_is_sound(const Message& m) {
  Record record;
  return AnswerReader(m).next(record) && known_class(record.rclass);
}

}  // namespace

bool Name::append_label(ByteView label) {
  std::size_t at = size_;  // a local: writes through char may alias the member
  if (at + (at == 0 ? 0 : 1) + label.size() > kMaxName) return false;
  if (at != 0) text_[at++] = '.';
  for (const std::uint8_t byte : label) text_[at++] = kShown[byte];
  size_ = static_cast<std::uint8_t>(at);
  return true;
}

std::size_t read_name(ByteView message, std::size_t at, Name& out) {
  std::size_t after = 0;
  return decode_name(message, at, out, after) == ParseStatus::parsed ? after : 0;
}

ParseStatus parse(ByteView captured, std::size_t wire_len, Message& out) {
  const ByteView bytes = captured.first(wire_len);
  if (!bytes.has(0, kHeaderSize)) return ParseStatus::not_this;
  read_header(bytes, out);
  if (!plausible_header(out, wire_len)) return ParseStatus::not_this;

  const bool complete = bytes.size() == wire_len;
  std::size_t at = kHeaderSize;
  if (out.questions > 0) {
    const ParseStatus status = read_question(out, at);
    if (status == ParseStatus::truncated && complete) return ParseStatus::not_this;
    if (status != ParseStatus::parsed) return status;
  }
  out.answers_at = find_answers(out, at);
  if (!complete) return ParseStatus::truncated;
  if (out.answers_at == 0 && !out.truncated_flag) return ParseStatus::not_this;
  const bool answer_only = out.questions == 0 && out.answers > 0;
  return answer_only && !first_answer_is_sound(out) ? ParseStatus::not_this : ParseStatus::parsed;
}

ParseStatus parse_tcp(ByteView stream, Message& out) {
  const std::size_t length = stream.be16(0);
  if (stream.has(0, 2) && length < kHeaderSize) return ParseStatus::not_this;
  if (!stream.has(0, 2 + kHeaderSize)) return ParseStatus::truncated;
  return parse(stream.from(2), length, out);
}

bool AnswerReader::next(Record& out) {
  constexpr std::size_t kFixed = 10;  // type, class, TTL and RDLENGTH
  if (left_ == 0) return false;
  const std::size_t fixed_at = skip_name(bytes_, at_);
  const std::size_t data_at = fixed_at + kFixed;
  const std::size_t length = bytes_.be16(fixed_at + 8);
  if (fixed_at == 0 || !bytes_.has(fixed_at, kFixed) || !bytes_.has(data_at, length)) {
    left_ = 0;
    return false;
  }
  out = {at_,     bytes_.be16(fixed_at),      bytes_.be16(fixed_at + 2), bytes_.be32(fixed_at + 4),
         data_at, bytes_.sub(data_at, length)};
  at_ = data_at + length;
  --left_;
  return true;
}

bool address_of(const Record& record, IpAddress& out) {
  if ((record.rclass & ~kUnicastOrFlush) != 1) return false;
  if (record.type == record_type::kA && record.data.size() == 4) {
    out = IpAddress::v4(record.data.be32(0));
    return true;
  }
  if (record.type == record_type::kAaaa && record.data.size() == 16) {
    out = IpAddress::v6(record.data);
    return true;
  }
  return false;
}

}  // namespace deadair::proto::dns
