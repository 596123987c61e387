// Joins the fragments of a DTLS hello and reads its extensions (RFC 6347, RFC 9147, RFC 5764).
#include "proto/dtls_hello.hpp"

#include <algorithm>

#include "proto/dtls.hpp"
#include "proto/host_name.hpp"

namespace deadair::proto::dtls {
namespace {

constexpr std::size_t kRecordHeader = 13;
constexpr std::size_t kHandshakeHeader = 12;
constexpr std::size_t kMaxLength = 0x4000;  // no hello is that long
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint16_t kVersion13 = 0xfefc;

namespace extension {
constexpr std::uint16_t kServerName = 0, kUseSrtp = 14, kAlpn = 16, kSupportedVersions = 43;
}  // namespace extension

// One fragment of a handshake message; `body` is what was captured of its `size` bytes.
struct Fragment {
  std::uint8_t type = 0;
  std::uint32_t length = 0;  // of the whole message
  std::uint16_t sequence = 0;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  ByteView body;
};

// The fragment that a plain handshake record at the start of `bytes` begins with.
ParseStatus open_fragment(ByteView bytes, Fragment& out) {
  if (bytes.u8(0) != kHandshake || bytes.be16(3) != 0) return ParseStatus::not_this;
  if (!bytes.has(0, kRecordHeader)) return ParseStatus::truncated;
  const ByteView record = bytes.sub(kRecordHeader, bytes.be16(11));
  if (bytes.be16(11) < kHandshakeHeader) return ParseStatus::not_this;
  if (!record.has(0, kHandshakeHeader)) return ParseStatus::truncated;
  out = {record.u8(0),   record.be24(1), record.be16(4),
         record.be24(6), record.be24(9), record.sub(kHandshakeHeader, record.be24(9))};
  const bool fits = kHandshakeHeader + out.size <= bytes.be16(11) &&
                    out.offset + out.size <= out.length && out.length <= kMaxLength;
  return fits && out.type >= 1 && out.type <= 3 ? ParseStatus::parsed : ParseStatus::not_this;
}

// The message from the start of the datagram's first fragment on: in place when that is all there
// is of it, else joined from the records that go on with it.
ByteView join(ByteView bytes, const Fragment& first, std::span<std::uint8_t> scratch) {
  if (first.body.size() == first.length || first.body.size() < first.size) return first.body;
  std::size_t used = 0;
  Fragment fragment = first;
  do {
    const ByteView piece = fragment.body.first(scratch.size() - used);
    std::copy(piece.begin(), piece.end(), scratch.begin() + static_cast<std::ptrdiff_t>(used));
    used += piece.size();
    bytes = bytes.from(kRecordHeader + bytes.be16(11));
  } while (open_fragment(bytes, fragment) == ParseStatus::parsed &&
           fragment.sequence == first.sequence && fragment.type == first.type &&
           fragment.offset == used && fragment.size > 0);
  return used == 0 ? first.body : ByteView(scratch.first(used));
}

void read_server_name(ByteView body, Hello& out) {
  ByteReader reader(body);
  reader.be16();
  const std::uint8_t type = reader.u8();
  const std::string_view name = reader.take(reader.be16()).text();
  if (reader.ok() && type == 0 && is_host_name(name)) out.sni = name;
}

void read_versions(ByteView body, Hello& out) {
  if (out.type == HelloType::server) {
    if (body.size() == 2) out.version = body.be16(0);
    out.dtls13 = out.version == kVersion13;
    return;
  }
  ByteReader reader(body);
  ByteReader versions(reader.take(reader.u8()));
  while (versions.left() >= 2) {
    if (versions.be16() == kVersion13) out.dtls13 = true;
  }
}

void read_extension(std::uint16_t type, ByteView body, Hello& out) {
  switch (type) {
    case extension::kServerName:
      return read_server_name(body, out);
    case extension::kUseSrtp:  // profiles<2..2^16-1>, mki<0..255>
      out.use_srtp = body.be16(0) >= 2 && body.has(2, 2);
      out.srtp_profile = body.be16(2);
      return;
    case extension::kAlpn:
      out.alpn = body.sub(3, body.u8(2)).text();
      return;
    case extension::kSupportedVersions:
      return read_versions(body, out);
    default:
      return;
  }
}

// `complete`: the body is the whole message, so that running out contradicts its lengths.
ParseStatus ended(bool complete) {
  return complete ? ParseStatus::not_this : ParseStatus::truncated;
}

ParseStatus read_extensions(ByteReader& reader, bool complete, Hello& out) {
  if (complete && reader.left() == 0) return ParseStatus::parsed;
  const std::size_t length = reader.be16();
  if (!reader.ok()) return ended(complete);
  ByteReader extensions(reader.rest().first(length));
  while (extensions.left() > 0) {
    const std::uint16_t type = extensions.be16();
    const ByteView body = extensions.take(extensions.be16());
    if (!extensions.ok()) return ended(complete);
    read_extension(type, body, out);
  }
  return complete ? ParseStatus::parsed : ParseStatus::truncated;
}

ParseStatus read_client(ByteReader& reader, bool complete, Hello& out) {
  out.cookie_size = reader.u8();
  reader.skip(out.cookie_size);
  const std::uint16_t suites = reader.be16();
  if (reader.ok() && (suites < 2 || suites % 2 != 0)) return ParseStatus::not_this;
  reader.skip(suites);
  const std::uint8_t compressions = reader.u8();
  if (reader.ok() && compressions == 0) return ParseStatus::not_this;
  reader.skip(compressions);
  if (!reader.ok()) return ended(complete);
  out.cipher_suites = suites / 2;
  return read_extensions(reader, complete, out);
}

ParseStatus read_server(ByteReader& reader, bool complete, Hello& out) {
  out.cipher_suites = reader.be16();
  reader.skip(1);  // compression
  if (!reader.ok()) return ended(complete);
  return read_extensions(reader, complete, out);
}

ParseStatus read_message(ByteView body, bool complete, Hello& out) {
  ByteReader reader(body);
  out.version = reader.be16();
  const unsigned major = out.version >> 8;
  if (reader.ok() && major != 0xfe && out.version != 0x0100) return ParseStatus::not_this;
  if (out.type == HelloType::verify_request) {
    out.cookie_size = reader.u8();
    reader.skip(out.cookie_size);
    return reader.ok() ? ParseStatus::parsed : ended(complete);
  }
  reader.skip(32);  // random
  const std::uint8_t session_id_size = reader.u8();
  if (session_id_size > 32) return ParseStatus::not_this;
  reader.skip(session_id_size);
  return out.type == HelloType::client ? read_client(reader, complete, out)
                                       : read_server(reader, complete, out);
}

}  // namespace

ParseStatus parse_hello(ByteView captured, std::size_t wire_len, std::span<std::uint8_t> scratch,
                        Hello& out) {
  out = {};
  const ByteView bytes = captured.first(wire_len);
  Header header;
  const ParseStatus record = parse(bytes, wire_len, header);
  if (record == ParseStatus::not_this) return record;
  Fragment first;
  const ParseStatus opened = open_fragment(bytes, first);
  if (opened != ParseStatus::parsed) return opened;
  out.type = static_cast<HelloType>(first.type);
  out.record_version = header.version;
  out.length = first.length;
  out.fragment_offset = first.offset;
  out.fragmented = first.size < first.length;
  if (first.offset != 0) return ParseStatus::truncated;
  const ByteView body = join(bytes, first, scratch);
  return read_message(body, body.size() == first.length, out);
}

}  // namespace deadair::proto::dtls
