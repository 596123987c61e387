// Takes the header fields that evidence needs out of a decoded packet.
#include "interference/packet_mark.hpp"

#include <algorithm>

namespace deadair::interference {

std::optional<std::uint32_t> timestamp_in(ByteView tcp_options) {
  constexpr std::uint8_t kEnd = 0, kNop = 1, kTimestamp = 8;
  for (std::size_t at = 0; at < tcp_options.size();) {
    const std::uint8_t kind = tcp_options.u8(at);
    if (kind == kEnd) break;
    if (kind == kNop) {
      ++at;
      continue;
    }
    if (kind == kTimestamp && tcp_options.u8(at + 1) == 10 && tcp_options.has(at, 10))
      return tcp_options.be32(at + 2);
    at += std::max<std::size_t>(tcp_options.u8(at + 1), 2);
  }
  return std::nullopt;
}

// RFC 8446 section 5.1: type 21, version 3.x, length.
bool holds_alert(ByteView payload) {
  constexpr std::size_t kRecordHeader = 5;
  constexpr std::uint8_t kFirstType = 20, kAlert = 21, kLastType = 23;
  constexpr int kMostRecords = 16;
  for (int i = 0; i < kMostRecords && payload.has(0, kRecordHeader); ++i) {
    const std::uint8_t type = payload.u8(0);
    if (type < kFirstType || type > kLastType || payload.u8(1) != 3 || payload.u8(2) > 4)
      return false;
    if (type == kAlert) return true;
    payload = payload.from(kRecordHeader + payload.be16(3));
  }
  return false;
}

void write_mark(PacketMark& mark, const wire::Packet& packet, bool from_client) {
  fill_mark(mark, packet, from_client);
  if (mark.has_timestamp || packet.tcp_options.empty()) return;
  if (const auto value = timestamp_in(packet.tcp_options)) {
    mark.has_timestamp = true;
    mark.ts_value = *value;
  }
}

PacketMark mark_of(const wire::Packet& packet, bool from_client) {
  PacketMark mark;
  write_mark(mark, packet, from_client);
  return mark;
}

}  // namespace deadair::interference
