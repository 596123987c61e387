// Reads TURN ChannelData, Microsoft's multiplexed frames, and the data of Send and Data messages.
#include "proto/turn.hpp"

namespace deadair::proto::turn {
namespace {

constexpr std::size_t kChannelHeader = 4;
constexpr std::size_t kSessionId = 8;
constexpr std::size_t kMultiplexedHeader = 4 + kSessionId;

constexpr std::uint16_t kSendIndication = 0x0016;
constexpr std::uint16_t kDataIndication = 0x0017;
constexpr std::uint16_t kMsSendRequest = 0x0004;
constexpr std::uint16_t kMsDataIndication = 0x0115;

}  // namespace

ParseStatus parse_channel_data(ByteView captured, std::size_t wire_len, ChannelData& out) {
  const ByteView bytes = captured.first(wire_len);
  if (!bytes.has(0, kChannelHeader) || bytes.u8(0) >> 6 != 1) return ParseStatus::not_this;
  const std::size_t length = bytes.be16(2);
  const std::size_t room = wire_len - kChannelHeader;
  if (length > room || room - length > 3) return ParseStatus::not_this;
  out = {bytes.be16(0), bytes.be16(2), bytes.sub(kChannelHeader, length)};
  return out.data.size() < length ? ParseStatus::truncated : ParseStatus::parsed;
}

ParseStatus parse_multiplexed(ByteView captured, std::size_t wire_len, Multiplexed& out) {
  const ByteView bytes = captured.first(wire_len);
  if (wire_len < kMultiplexedHeader || !bytes.has(0, 4)) return ParseStatus::not_this;
  if (bytes.be16(0) != 0xff10 || bytes.be16(2) + 4U != wire_len) return ParseStatus::not_this;
  out.session_id = bytes.sub(4, kSessionId);
  out.inner = bytes.from(kMultiplexedHeader);
  out.inner_len = wire_len - kMultiplexedHeader;
  return out.inner.size() < out.inner_len ? ParseStatus::truncated : ParseStatus::parsed;
}

std::optional<Relayed> relayed_data(const stun::Message& message) {
  const bool standard = message.type == kSendIndication || message.type == kDataIndication;
  if (!standard && message.type != kMsSendRequest && message.type != kMsDataIndication) {
    return std::nullopt;
  }
  Relayed out;
  out.from_peer = message.type == kDataIndication || message.type == kMsDataIndication;
  bool found = false;
  for (const stun::Attribute& attribute : message.attributes) {
    if (attribute.type == stun::attribute::kData && !found) {
      out.data = attribute.value;
      out.length = attribute.length;
      found = true;
    } else if (attribute.type == stun::attribute::kXorPeerAddress) {
      out.peer = standard ? stun::xor_address(message, attribute) : stun::address(attribute);
    } else if (attribute.type == stun::attribute::kMsDestinationAddress && !standard) {
      out.peer = stun::address(attribute);
    }
  }
  return found ? std::optional(out) : std::nullopt;
}

}  // namespace deadair::proto::turn
