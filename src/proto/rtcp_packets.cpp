// Reads what RTCP packets report (RFC 3550, RFC 4585).
#include "proto/rtcp.hpp"

namespace deadair::proto::rtcp {
namespace {

constexpr std::size_t kSenderInfoAt = 8;
constexpr std::size_t kSenderInfoSize = 20;
constexpr std::size_t kBlockSize = 24;
constexpr std::uint32_t kRemb = 0x52454d42;  // "REMB"
constexpr std::uint8_t kCname = 1;

Feedback transport_feedback(std::uint8_t format) {
  switch (format) {
    case 1:
      return Feedback::nack;
    case 3:
      return Feedback::tmmbr;
    case 4:
      return Feedback::tmmbn;
    case 15:
      return Feedback::transport_wide;
    default:
      return Feedback::other;
  }
}

Feedback payload_feedback(std::uint8_t format) {
  switch (format) {
    case 1:
      return Feedback::picture_loss;
    case 2:
      return Feedback::slice_loss;
    case 3:
      return Feedback::reference_picture;
    case 4:
      return Feedback::full_intra;
    case 15:
      return Feedback::application;
    default:
      return Feedback::other;
  }
}

// 24 bits in two's complement.
std::int32_t signed24(std::uint32_t value) {
  const auto plain = static_cast<std::int32_t>(value);
  return (value & 0x800000U) != 0 ? plain - 0x1000000 : plain;
}

}  // namespace

Feedback feedback(std::uint8_t packet_type, std::uint8_t count) {
  if (packet_type == packet_type::kTransportFeedback) return transport_feedback(count);
  if (packet_type == packet_type::kPayloadFeedback) return payload_feedback(count);
  return Feedback::none;
}

bool next_packet(ByteView& rest, Packet& out) {
  const std::size_t size = 4U * (rest.be16(2) + 1U);
  if (!rest.has(0, size) || rest.u8(0) >> 6 != 2) return false;
  out = {rest.u8(1), static_cast<std::uint8_t>(rest.u8(0) & 31U), rest.first(size).be32(4),
         rest.first(size)};
  rest = rest.from(size);
  return true;
}

std::optional<SenderInfo> sender_info(const Packet& packet) {
  const ByteView bytes = packet.bytes;
  if (packet.packet_type != packet_type::kSenderReport) return std::nullopt;
  if (!bytes.has(kSenderInfoAt, kSenderInfoSize)) return std::nullopt;
  return SenderInfo{bytes.be64(8), bytes.be32(16), bytes.be32(20), bytes.be32(24)};
}

std::optional<ReportBlock> report_block(const Packet& packet, std::size_t index) {
  const bool sender = packet.packet_type == packet_type::kSenderReport;
  if (!sender && packet.packet_type != packet_type::kReceiverReport) return std::nullopt;
  if (index >= packet.count) return std::nullopt;
  const std::size_t at = kSenderInfoAt + (sender ? kSenderInfoSize : 0) + kBlockSize * index;
  const ByteView block = packet.bytes.sub(at, kBlockSize);
  if (block.size() < kBlockSize) return std::nullopt;
  return ReportBlock{block.be32(0),  block.u8(4),    signed24(block.be24(5)), block.be32(8),
                     block.be32(12), block.be32(16), block.be32(20)};
}

//  |                  Unique identifier 'R' 'E' 'M' 'B'            |
//  |  Num SSRC     | BR Exp    |  BR Mantissa                      |
// draft-alvestrand-rmcat-remb-03 section 2.2
std::optional<std::uint64_t> estimated_bitrate(const Packet& packet) {
  if (feedback(packet.packet_type, packet.count) != Feedback::application) return std::nullopt;
  if (packet.bytes.be32(12) != kRemb || !packet.bytes.has(16, 4)) return std::nullopt;
  const std::uint32_t rate = packet.bytes.be24(17);
  const unsigned exponent = rate >> 18;
  if (exponent > 45) return std::nullopt;  // beyond 64 bits
  return std::uint64_t{rate & 0x3ffffU} << exponent;
}

//  SSRC, then items: type (8 bits), length (8 bits), text; type zero ends a chunk
std::string_view cname(const Packet& packet) {
  if (packet.packet_type != packet_type::kSourceDescription || packet.count == 0) return {};
  ByteReader reader(packet.bytes.from(8));
  while (reader.left() > 0) {
    const std::uint8_t type = reader.u8();
    if (type == 0) return {};
    const ByteView text = reader.take(reader.u8());
    if (type == kCname) return text.text();
  }
  return {};
}

}  // namespace deadair::proto::rtcp
