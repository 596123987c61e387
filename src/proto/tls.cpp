// Reads TLS ClientHello and ServerHello (RFC 8446, RFC 6066, RFC 7301).
#include "proto/tls.hpp"

#include <algorithm>

#include "proto/host_name.hpp"

namespace deadair::proto::tls {
namespace {

constexpr std::uint8_t kClientHelloType = 1;
constexpr std::uint8_t kServerHelloType = 2;
constexpr std::size_t kHandshakeHeader = 4;
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMaxRecords = 64;  // one hello in more pieces than this is no client's doing

namespace extension {
constexpr std::uint16_t kServerName = 0, kAlpn = 16, kSupportedVersions = 43, kEch = 0xfe0d;
}  // namespace extension

// RFC 8701: 0a0a, 1a1a ... fafa are sent to be ignored.
bool is_grease(std::uint16_t value) {
  return (value & 0x0f0fU) == 0x0a0a && value >> 8 == (value & 0xffU);
}

// What a reader that ran off its input means: the message continues past what was captured, or its
// inner lengths contradict the outer one.
ParseStatus ran_out(const ByteReader& reader, bool complete) {
  if (reader.ok()) return ParseStatus::parsed;
  return complete ? ParseStatus::not_this : ParseStatus::truncated;
}

// A handshake message: its type, its body as far as captured, and whether that is all of it.
struct Handshake {
  std::uint8_t type = 0;
  bool complete = false;
  ByteView body;
};

ParseStatus open_handshake(ByteView message, std::uint8_t wanted, Handshake& out) {
  if (message.empty()) return ParseStatus::truncated;
  out.type = message.u8(0);
  if (out.type != wanted) return ParseStatus::not_this;
  if (!message.has(0, kHandshakeHeader)) return ParseStatus::truncated;
  const std::size_t length = message.be24(1);
  if (length > 0x20000) return ParseStatus::not_this;  // no hello is that long
  out.body = message.sub(kHandshakeHeader, length);
  out.complete = out.body.size() == length;
  return ParseStatus::parsed;
}

// The handshake message at the start of the stream: in place when its first record holds it (or
// ends the stream), else joined in `scratch` up to its length, the stream's end or the scratch's.
ByteView join_records(ByteView stream, const Record& first, std::span<std::uint8_t> scratch) {
  const std::size_t wanted = kHandshakeHeader + first.fragment.be24(1);
  if (first.fragment.size() < first.length ||
      (first.fragment.has(0, kHandshakeHeader) && first.fragment.size() >= wanted)) {
    return first.fragment;
  }
  std::size_t used = 0;
  Record record = first;
  for (std::size_t count = 0; count < kMaxRecords; ++count) {
    const ByteView piece = record.fragment.first(scratch.size() - used);
    std::copy(piece.begin(), piece.end(), scratch.begin() + static_cast<std::ptrdiff_t>(used));
    used += piece.size();
    stream = stream.from(kRecordHeader + record.length);
    if (parse_record(stream, record) == ParseStatus::not_this || record.fragment.empty() ||
        record.type != record_type::kHandshake) {
      break;
    }
  }
  return ByteView(scratch.first(used));
}

// Opens the records and hands the joined message on.
ParseStatus open_stream(ByteView stream, std::span<std::uint8_t> scratch, Record& first,
                        ByteView& message) {
  const ParseStatus status = parse_record(stream, first);
  if (status == ParseStatus::not_this) return status;
  if (!stream.has(0, kRecordHeader)) {
    return stream.u8(0) == record_type::kHandshake ? ParseStatus::truncated : ParseStatus::not_this;
  }
  if (first.type != record_type::kHandshake) return ParseStatus::not_this;
  message = join_records(stream, first, scratch);
  return ParseStatus::parsed;
}

//  struct { NameType name_type; opaque host_name<1..2^16-1>; } ServerName;   RFC 6066 section 3
void read_server_name(ByteView body, ClientHello& out) {
  out.sni_present = true;
  ByteReader reader(body);
  reader.be16();
  const std::uint8_t type = reader.u8();
  const std::string_view name = reader.take(reader.be16()).text();
  if (reader.ok() && type == 0 && is_host_name(name)) out.sni = name;
}

void read_alpn(ByteView body, ClientHello& out) {
  ByteReader reader(body);
  out.alpn_list = reader.take(reader.be16());
  ByteReader names(out.alpn_list);
  while (out.alpn.empty() && names.left() > 0) {
    const ByteView name = names.take(names.u8());
    if (!names.ok()) return;
    if (name.size() != 2 || !is_grease(name.be16(0))) out.alpn = name.text();
  }
}

void read_supported_versions(ByteView body, ClientHello& out) {
  ByteReader reader(body);
  ByteReader versions(reader.take(reader.u8()));
  while (versions.left() >= 2) {
    if (versions.be16() == kVersion13) out.tls13 = true;
  }
}

void read_extension(std::uint16_t type, ByteView body, ClientHello& out) {
  switch (type) {
    case extension::kServerName:
      return read_server_name(body, out);
    case extension::kAlpn:
      return read_alpn(body, out);
    case extension::kSupportedVersions:
      return read_supported_versions(body, out);
    case extension::kEch:
      out.ech = true;
      return;
    default:
      return;
  }
}

ParseStatus read_extensions(ByteReader& reader, bool complete, ClientHello& out) {
  if (complete && reader.left() == 0)
    return ParseStatus::parsed;  // SSL 3 and TLS 1.0 may have none
  const std::size_t length = reader.be16();
  if (!reader.ok()) return ran_out(reader, complete);
  // A length that does not fill the message is the sender's mistake; the names are still there.
  ByteReader extensions(reader.rest().first(length));
  while (extensions.left() > 0) {
    const std::uint16_t type = extensions.be16();
    const ByteView body = extensions.take(extensions.be16());
    if (!extensions.ok()) return ran_out(extensions, complete);
    read_extension(type, body, out);
  }
  return complete ? ParseStatus::parsed : ParseStatus::truncated;
}

std::uint16_t count_cipher_suites(ByteView suites) {
  std::uint16_t count = 0;
  for (std::size_t at = 0; at + 1 < suites.size(); at += 2) {
    if (!is_grease(suites.be16(at))) ++count;
  }
  return count;
}

ParseStatus read_client_hello(ByteView message, ClientHello& out) {
  Handshake handshake;
  const ParseStatus status = open_handshake(message, kClientHelloType, handshake);
  if (status != ParseStatus::parsed) return status;

  ByteReader reader(handshake.body);
  out.legacy_version = reader.be16();
  if (reader.ok() && out.legacy_version >> 8 != 3) return ParseStatus::not_this;
  reader.skip(32);  // random
  out.session_id_size = reader.u8();
  if (out.session_id_size > 32) return ParseStatus::not_this;
  reader.skip(out.session_id_size);
  const std::size_t suites_size = reader.be16();
  if (reader.ok() && (suites_size < 2 || suites_size % 2 != 0)) return ParseStatus::not_this;
  out.cipher_suites = count_cipher_suites(reader.take(suites_size));
  const std::size_t compressions = reader.u8();
  if (reader.ok() && compressions == 0) return ParseStatus::not_this;
  reader.skip(compressions);
  if (!reader.ok()) return ran_out(reader, handshake.complete);
  return read_extensions(reader, handshake.complete, out);
}

}  // namespace

ParseStatus parse_client_hello_message(ByteView message, ClientHello& out) {
  out = {};
  return read_client_hello(message, out);
}

ParseStatus parse_client_hello(ByteView stream, std::span<std::uint8_t> scratch, ClientHello& out) {
  out = {};
  Record first;
  ByteView message;
  const ParseStatus status = open_stream(stream, scratch, first, message);
  if (status != ParseStatus::parsed) return status;
  out.record_version = first.version;
  return read_client_hello(message, out);
}

ParseStatus parse_server_hello(ByteView stream, std::span<std::uint8_t> scratch, ServerHello& out) {
  out = {};
  Record first;
  ByteView message;
  ParseStatus status = open_stream(stream, scratch, first, message);
  if (status != ParseStatus::parsed) return status;
  Handshake handshake;
  status = open_handshake(message, kServerHelloType, handshake);
  if (status != ParseStatus::parsed) return status;

  ByteReader reader(handshake.body);
  out.version = reader.be16();
  const unsigned major = out.version >> 8;  // 7f: a draft of TLS 1.3
  if (reader.ok() && major != 3 && major != 0x7f) return ParseStatus::not_this;
  reader.skip(32);  // random
  const std::size_t session_id_size = reader.u8();
  if (session_id_size > 32) return ParseStatus::not_this;
  reader.skip(session_id_size);
  out.cipher_suite = reader.be16();
  reader.skip(1);  // compression
  if (!reader.ok()) return ran_out(reader, handshake.complete);
  if (handshake.complete && reader.left() == 0) return ParseStatus::parsed;
  ByteReader extensions(reader.rest().from(2));
  while (extensions.left() > 0) {
    const std::uint16_t type = extensions.be16();
    const ByteView body = extensions.take(extensions.be16());
    if (!extensions.ok()) return ran_out(extensions, handshake.complete);
    if (type == extension::kSupportedVersions && body.size() == 2) out.version = body.be16(0);
  }
  return handshake.complete ? ParseStatus::parsed : ParseStatus::truncated;
}

}  // namespace deadair::proto::tls
