// Reads RTP headers.
#include "proto/rtp.hpp"

namespace deadair::proto::rtp {
namespace {

constexpr std::size_t kFixedHeader = 12;

}  // namespace

ParseStatus parse(ByteView captured, std::size_t wire_len, Header& out) {
  const ByteView bytes = captured.first(wire_len);
  const std::uint8_t first = bytes.u8(0);
  const std::uint8_t second = bytes.u8(1);
  if (wire_len < kFixedHeader || !bytes.has(0, 2) || first >> 6 != 2) return ParseStatus::not_this;
  if (second >= 192 && second <= 223) return ParseStatus::not_this;
  out.padding = (first & 0x20U) != 0;
  out.extension = (first & 0x10U) != 0;
  out.csrc_count = first & 15U;
  out.marker = (second & 0x80U) != 0;
  out.payload_type = second & 127U;
  out.sequence = bytes.be16(2);
  out.timestamp = bytes.be32(4);
  out.ssrc = bytes.be32(8);
  out.extension_profile = 0;
  out.header_size = kFixedHeader + 4U * out.csrc_count;
  out.payload_size = 0;
  if (out.extension) {
    const std::size_t at = out.header_size;
    if (wire_len < at + 4) return ParseStatus::not_this;
    if (!bytes.has(at, 4)) return ParseStatus::truncated;
    out.extension_profile = bytes.be16(at);
    out.header_size = at + 4 + 4U * bytes.be16(at + 2);
  }
  if (out.header_size > wire_len) return ParseStatus::not_this;
  out.payload_size = wire_len - out.header_size;
  return bytes.size() < out.header_size ? ParseStatus::truncated : ParseStatus::parsed;
}

}  // namespace deadair::proto::rtp
