// Reads the server's first flight message by message, across records.
#include "proto/tls_server.hpp"

#include <algorithm>

namespace deadair::proto::tls {
namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kHandshakeHeader = 4;
constexpr std::size_t kMaxMessages = 16;  // a first flight has five or six

namespace message_type {
constexpr std::uint8_t kHelloRequest = 0, kServerHello = 2, kNewSessionTicket = 4,
                       kCertificate = 11, kCertificateStatus = 22, kSupplementalData = 23;
}  // namespace message_type

constexpr std::uint16_t kExtensionAlpn = 16;
constexpr std::uint16_t kExtensionSupportedVersions = 43;

// SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3) begins with these bytes.
constexpr std::uint64_t kRetryRandom = 0xcf21ad74e59a6111;

// A handshake message: `body` is what the stream holds of its `length` bytes.
struct Handshake {
  std::uint8_t type = 0;
  std::size_t length = 0;
  ByteView body;

  [[nodiscard]] bool complete() const { return body.size() == length; }
};

// Why no further message came.
enum class End : std::uint8_t { none, more_bytes, other_record };

// Takes handshake messages off a stream of records; those that span records are joined in the
// scratch, behind each other, so that views of earlier ones stay good.
class Messages {
 public:
  Messages(ByteView stream, std::span<std::uint8_t> scratch) : stream_(stream), scratch_(scratch) {}

  // False when none begins here; end() tells why.
  bool next(Handshake& out) {
    if (fragment_.empty() && !next_record()) return false;
    if (fragment_.has(0, kHandshakeHeader)) {
      const std::size_t length = fragment_.be24(1);
      if (fragment_.has(kHandshakeHeader, length)) {
        out = {fragment_.u8(0), length, fragment_.sub(kHandshakeHeader, length)};
        fragment_ = fragment_.from(kHandshakeHeader + length);
        return true;
      }
    }
    return join(out);
  }

  [[nodiscard]] End end() const { return end_; }

 private:
  bool next_record() {
    Record record;
    const ParseStatus status = parse_record(stream_, record);
    if (status == ParseStatus::not_this || !stream_.has(0, kRecordHeader)) {
      end_ =
          stream_.empty() || status != ParseStatus::not_this ? End::more_bytes : End::other_record;
      return false;
    }
    if (record.type != record_type::kHandshake) {
      end_ = End::other_record;
      return false;
    }
    fragment_ = record.fragment;
    stream_ = stream_.from(kRecordHeader + record.length);
    if (fragment_.empty()) end_ = End::more_bytes;
    return !fragment_.empty();
  }

  // Moves up to `count` bytes of the stream to the scratch; what it holds then is the view.
  ByteView gather(std::size_t count) {
    std::size_t used = 0;
    count = std::min(count, scratch_.size());
    while (used < count && (!fragment_.empty() || next_record())) {
      const ByteView piece = fragment_.first(count - used);
      std::copy(piece.begin(), piece.end(), scratch_.begin() + static_cast<std::ptrdiff_t>(used));
      used += piece.size();
      fragment_ = fragment_.from(piece.size());
    }
    const ByteView gathered(scratch_.first(used));
    scratch_ = scratch_.subspan(used);
    return gathered;
  }

  bool join(Handshake& out) {
    const ByteView header = gather(kHandshakeHeader);
    if (header.size() < kHandshakeHeader) return false;
    out.type = header.u8(0);
    out.length = header.be24(1);
    out.body = gather(out.length);
    return true;
  }

  ByteView stream_;
  ByteView fragment_;  // what is left of the record last opened
  std::span<std::uint8_t> scratch_;
  End end_ = End::none;
};

void read_extension(std::uint16_t type, ByteView body, ServerFlight& out) {
  if (type == kExtensionSupportedVersions && body.size() == 2) out.version = body.be16(0);
  if (type == kExtensionAlpn && body.u8(2) + 3U == body.size()) out.alpn = body.from(3).text();
}

ParseStatus read_server_hello(const Handshake& message, ServerFlight& out) {
  ByteReader reader(message.body);
  out.version = reader.be16();
  const unsigned major = out.version >> 8;
  if (reader.ok() && major != 3 && major != 0x7f) return ParseStatus::not_this;
  out.retry = reader.take(32).be64(0) == kRetryRandom;
  const std::size_t session_id_size = reader.u8();
  if (session_id_size > 32) return ParseStatus::not_this;
  out.session_id = reader.take(session_id_size);
  out.cipher_suite = reader.be16();
  reader.skip(1);  // compression
  if (!reader.ok()) return message.complete() ? ParseStatus::not_this : ParseStatus::truncated;
  ByteReader extensions(reader.rest().from(2));
  while (extensions.left() > 0) {
    const std::uint16_t type = extensions.be16();
    const ByteView body = extensions.take(extensions.be16());
    if (!extensions.ok()) break;
    read_extension(type, body, out);
  }
  out.tls13 = out.version >= kVersion13;  // its drafts (7f xx) too
  if (!message.complete()) return ParseStatus::truncated;
  out.hello_complete = extensions.ok();
  return extensions.ok() ? ParseStatus::parsed : ParseStatus::not_this;
}

// The first certificate of the list; a list of none is a server without one.
ParseStatus read_certificate_list(const Handshake& message, ServerFlight& out) {
  ByteReader reader(message.body);
  const std::size_t list = reader.be24();
  if (reader.ok() && list + 3 != message.length) return ParseStatus::not_this;
  if (reader.ok() && list == 0) return ParseStatus::parsed;
  const std::size_t length = reader.be24();
  if (!reader.ok()) return ParseStatus::truncated;
  if (length + 3 > list) return ParseStatus::not_this;
  out.certificate = reader.rest().first(length);
  out.certificate_length = length;
  return out.certificate.size() < length ? ParseStatus::truncated : ParseStatus::parsed;
}

// Messages that may stand between ServerHello and Certificate, or where it would stand.
bool goes_on(std::uint8_t type) {
  return type == message_type::kHelloRequest || type == message_type::kNewSessionTicket ||
         type == message_type::kCertificateStatus || type == message_type::kSupplementalData;
}

}  // namespace

ParseStatus parse_server_flight(ByteView stream, std::span<std::uint8_t> scratch,
                                ServerFlight& out) {
  out = {};
  Record first;
  const ParseStatus start = parse_record(stream, first);
  if (start == ParseStatus::not_this) return start;
  if (!stream.has(0, kRecordHeader)) {
    return stream.u8(0) == record_type::kHandshake ? ParseStatus::truncated : ParseStatus::not_this;
  }
  if (first.type != record_type::kHandshake) return ParseStatus::not_this;
  out.record_version = first.version;

  Messages messages(stream, scratch);
  Handshake message;
  if (!messages.next(message)) return ParseStatus::truncated;
  if (message.type != message_type::kServerHello) return ParseStatus::not_this;
  const ParseStatus hello = read_server_hello(message, out);
  if (hello != ParseStatus::parsed || out.tls13) return hello;
  for (std::size_t count = 0; count < kMaxMessages; ++count) {
    if (!messages.next(message)) {
      return messages.end() == End::other_record ? ParseStatus::parsed : ParseStatus::truncated;
    }
    if (message.type == message_type::kCertificate) return read_certificate_list(message, out);
    if (!goes_on(message.type)) return ParseStatus::parsed;
  }
  return ParseStatus::parsed;
}

}  // namespace deadair::proto::tls
