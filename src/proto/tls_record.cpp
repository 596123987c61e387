// Finds TLS records in a stream.
#include "proto/tls.hpp"

namespace deadair::proto::tls {
namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMaxFragment = 16384 + 2048;  // TLSCiphertext of RFC 5246 section 6.2.3

bool plausible_start(std::uint8_t type, std::uint16_t version) {
  return type >= record_type::kChangeCipherSpec && type <= record_type::kHeartbeat &&
         version >= 0x0300 && version <= kVersion13;
}

}  // namespace

ParseStatus parse_record(ByteView stream, Record& out) {
  if (!looks_like_tls(stream)) return ParseStatus::not_this;
  if (!stream.has(0, kRecordHeader)) return ParseStatus::truncated;
  out = {stream.u8(0), stream.be16(1), stream.be16(3), {}};
  if (out.length > kMaxFragment) return ParseStatus::not_this;
  if (out.length == 0 && out.type != record_type::kApplicationData) return ParseStatus::not_this;
  out.fragment = stream.sub(kRecordHeader, out.length);
  return out.fragment.size() < out.length ? ParseStatus::truncated : ParseStatus::parsed;
}

bool looks_like_tls(ByteView stream) {
  if (stream.empty()) return false;
  const auto version = stream.has(1, 2) ? stream.be16(1) : kVersion10;
  return plausible_start(stream.u8(0), version) && (stream.size() < 2 || stream.u8(1) == 3);
}

}  // namespace deadair::proto::tls
