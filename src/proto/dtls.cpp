// Recognises DTLS records (RFC 6347, RFC 9146, RFC 9147); dtls_hello.cpp reads what a hello says.
#include "proto/dtls.hpp"

namespace deadair::proto::dtls {
namespace {

constexpr std::size_t kRecordHeader = 13;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kConnectionId = 25;
constexpr std::uint8_t kAck = 26;

bool is_record(ByteView bytes) {
  const std::uint8_t type = bytes.u8(0);
  const std::uint16_t version = bytes.be16(1);
  return type >= 20 && type <= kAck &&
         (version == 0xfeff || version == 0xfefd || version == 0xfefc || version == 0x0100);
}

// True from a ciphertext of DTLS 1.3 on: its short header ends what can be walked (RFC 9147
// section 4: first bits 001).
bool is_short_header(ByteView bytes) { return bytes.u8(0) >> 5 == 1; }

// True when the records from the second on can be records that fill the datagram.
bool rest_is_records(ByteView bytes) {
  while (!bytes.empty()) {
    if (is_short_header(bytes) || bytes.u8(0) == kConnectionId) return true;
    if (!is_record(bytes) || !bytes.has(kRecordHeader, bytes.be16(11))) return false;
    bytes = bytes.from(kRecordHeader + bytes.be16(11));
  }
  return true;
}

void note_hello(ByteView bytes, Header& out) {
  if (out.type != kHandshake || out.epoch != 0 || out.length < 12) return;
  out.client_hello = bytes.u8(kRecordHeader) == 1;
  out.server_hello = bytes.u8(kRecordHeader) == 2;
}

}  // namespace

ParseStatus parse(ByteView captured, std::size_t wire_len, Header& out) {
  const ByteView bytes = captured.first(wire_len);
  if (wire_len < kRecordHeader || !bytes.has(0, 3) || !is_record(bytes)) {
    return ParseStatus::not_this;
  }
  out = {};
  out.type = bytes.u8(0);
  out.version = bytes.be16(1);
  out.epoch = bytes.be16(3);
  out.sequence = std::uint64_t{bytes.be16(5)} << 32 | bytes.be32(7);
  if (!bytes.has(0, kRecordHeader)) return ParseStatus::truncated;
  if (out.type == kConnectionId) return ParseStatus::parsed;
  out.length = bytes.be16(11);
  if (kRecordHeader + out.length > wire_len) return ParseStatus::not_this;
  note_hello(bytes, out);
  if (bytes.size() < wire_len) return ParseStatus::truncated;
  return rest_is_records(bytes.from(kRecordHeader + out.length)) ? ParseStatus::parsed
                                                                 : ParseStatus::not_this;
}

}  // namespace deadair::proto::dtls
