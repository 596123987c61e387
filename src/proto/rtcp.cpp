// Recognises RTCP (RFC 3550) and SRTCP (RFC 3711).
#include "proto/rtcp.hpp"

namespace deadair::proto::rtcp {
namespace {

constexpr std::size_t kMinSize = 8;
constexpr std::size_t kMinSrtcpTail = 4 + 4;  // E bit and index, shortest tag

// RFC 5761 section 4.
bool is_rtcp(ByteView bytes) {
  return bytes.u8(0) >> 6 == 2 && bytes.u8(1) >= 192 && bytes.u8(1) <= 223;
}

std::size_t packet_size(ByteView bytes) { return 4U * (bytes.be16(2) + 1U); }

// A report must have room for the blocks it counts (RFC 3550 sections 6.4.1 and 6.4.2).
bool holds_reports(const Header& h) {
  if (h.packet_type == packet_type::kSenderReport) return h.size >= 28U + 24U * h.count;
  if (h.packet_type == packet_type::kReceiverReport) return h.size >= 8U + 24U * h.count;
  return h.packet_type == packet_type::kSourceDescription || h.packet_type == packet_type::kBye ||
         h.size >= kMinSize;
}

bool fills(ByteView bytes) {
  while (is_rtcp(bytes) && packet_size(bytes) <= bytes.size()) {
    bytes = bytes.from(packet_size(bytes));
  }
  return bytes.empty();
}

}  // namespace

ParseStatus parse(ByteView captured, std::size_t wire_len, Header& out) {
  const ByteView bytes = captured.first(wire_len);
  if (wire_len < kMinSize || !bytes.has(0, 4) || !is_rtcp(bytes)) return ParseStatus::not_this;
  out.packet_type = bytes.u8(1);
  out.count = bytes.u8(0) & 31U;
  out.size = packet_size(bytes);
  out.ssrc = bytes.be32(4);
  out.plain = bytes.size() == wire_len && fills(bytes);
  if (out.size > wire_len || !holds_reports(out)) return ParseStatus::not_this;
  if (bytes.size() < wire_len) return ParseStatus::truncated;
  return out.plain || wire_len - out.size >= kMinSrtcpTail ? ParseStatus::parsed
                                                           : ParseStatus::not_this;
}

}  // namespace deadair::proto::rtcp
