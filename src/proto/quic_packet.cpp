// Splits a datagram into the QUIC packets that share it.
#include "proto/quic_packet.hpp"

#include <algorithm>

namespace deadair::proto::quic {
namespace {

constexpr std::size_t kIdsAt = 5;
constexpr std::uint64_t kLeastLength = 4 + 16;  // what header protection samples; less is no packet

// Retry packets have no length (RFC 9000 section 17.2.5); RFC 9369 section 3.2 renumbers them.
bool has_length(const LongHeader& header, std::uint8_t first) {
  const unsigned type = first >> 4 & 3U;
  const bool retry = header.family == Family::v2 ? type == 0 : type == 3;
  const bool ietf = header.family != Family::negotiation && header.family != Family::grease &&
                    (header.family != Family::google || header.version >= kGoogleQ050);
  return ietf && !retry;
}

}  // namespace

void ConnectionId::assign(ByteView id) {
  const ByteView kept = id.first(bytes.size());
  std::copy(kept.begin(), kept.end(), bytes.begin());
  size = static_cast<std::uint8_t>(kept.size());
}

std::uint64_t read_varint(ByteReader& reader) {
  const std::uint8_t first = reader.u8();
  std::uint64_t value = first & 0x3fU;
  for (unsigned more = (1U << (first >> 6)) - 1; more > 0; --more) value = value << 8 | reader.u8();
  return value;
}

ParseStatus parse_packet(ByteView captured, std::size_t wire_len, Packet& out) {
  const ByteView bytes = captured.first(wire_len);
  if (parse_long_header(bytes, wire_len, out.header) != ParseStatus::parsed ||
      !has_length(out.header, bytes.u8(0))) {
    return ParseStatus::not_this;
  }
  ByteReader reader(bytes);
  reader.skip(kIdsAt + 2 + out.header.destination_id.size() + out.header.source_id.size());
  if (out.header.initial) {
    const std::uint64_t token = read_varint(reader);
    if (token > reader.left()) return ParseStatus::not_this;
    reader.skip(static_cast<std::size_t>(token));
  }
  const std::uint64_t length = read_varint(reader);
  if (!reader.ok() || length < kLeastLength || length > wire_len - reader.offset()) {
    return ParseStatus::not_this;
  }
  out.number_at = reader.offset();
  out.wire_size = out.number_at + static_cast<std::size_t>(length);
  out.bytes = bytes.first(out.wire_size);
  return out.bytes.size() < out.wire_size ? ParseStatus::truncated : ParseStatus::parsed;
}

}  // namespace deadair::proto::quic
