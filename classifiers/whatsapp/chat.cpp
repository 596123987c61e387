// Reads hellos, their answers and frame lengths of WhatsApp's chat.
#include "whatsapp/chat.hpp"

#include "whatsapp/signatures.hpp"

namespace deadair::classifiers::whatsapp {
namespace {

constexpr std::size_t kLengthSize = 3;

// `bytes` begins where "WA" should.
Chat read_hello(ByteView bytes) {
  if (!bytes.starts_with(kHello)) {
    const bool may_follow = bytes.empty() || (bytes.size() == 1 && bytes.u8(0) == 'W');
    return may_follow ? Chat::partial : Chat::none;
  }
  if (!bytes.has(0, 8)) return Chat::partial;
  const std::uint8_t version = bytes.u8(2);
  if (bytes.be24(4) > kFrameLimit) return Chat::none;
  if (version >= kNoiseOldest && version <= kNoiseNewest) {
    return bytes.u8(7) == kClientHelloField ? Chat::noise : Chat::none;
  }
  const bool xmpp = version == kXmppMajor && bytes.u8(3) <= kXmppNewest;
  return xmpp && bytes.u8(7) == kXmppList ? Chat::xmpp : Chat::none;
}

//  frame length (24)   1a   length (8)   0a 20   key (256)   12 or 1a   length (8) ...
// Both lengths must agree: that, with 4 fixed bytes, is what makes chance matches improbable.
bool is_noise_server(ByteView down) {
  const std::size_t frame = down.be24(0);
  constexpr std::size_t kNextField = 5 + 2 + 32;
  if (!down.has(0, kNextField + 1) || frame > kFrameLimit) return false;
  if (down.u8(3) != kServerHelloField) return false;
  const bool two_octets = (down.u8(4) & 0x80U) != 0;
  const std::size_t start = two_octets ? 6 : 5;
  const std::size_t length =
      two_octets ? (down.u8(4) & 0x7fU) + (std::size_t{down.u8(5)} << 7) : down.u8(4);
  const std::uint8_t next = down.u8(start + 2 + 32);
  return start - kLengthSize + length == frame && down.be16(start) == kEphemeralKey &&
         (next == 0x12 || next == 0x1a);
}

//  00 00 05   f8 03 01 xx xx   00 00 03   f8 01 xx ...
// Stream start (three items, the first token 1) and features.
bool is_xmpp_server(ByteView down) {
  constexpr std::size_t kFeatures = kXmppStreamStart.size() + 2;
  return down.starts_with(kXmppStreamStart) && down.be16(kFeatures) == 0 &&
         down.be16(kFeatures + kLengthSize) == kXmppFeatures;
}

}  // namespace

Chat read_client(ByteView up) {
  const ByteView magic = ByteView(kEdgeRouting);
  if (up.u8(0) != magic.u8(0)) return read_hello(up);
  if (!up.starts_with(magic.first(up.size()).span())) return Chat::none;
  if (!up.has(0, 8)) return Chat::partial;
  const std::size_t length = up.be24(4);
  if (length == 0 || length > kRoutingLimit || up.u8(7) != kRoutingFirstField) return Chat::none;
  const Chat hello = read_hello(up.from(7 + length));
  return hello == Chat::partial ? Chat::routing : hello;
}

Chat read_server(ByteView down) {
  constexpr std::size_t kNeeded = 40;
  if (down.u8(0) != 0) return Chat::none;
  if (is_xmpp_server(down)) return Chat::xmpp_server;
  if (is_noise_server(down)) return Chat::noise_server;
  return down.size() < kNeeded ? Chat::partial : Chat::none;
}

std::size_t count_frames(ByteView bytes, FrameMark mark, std::size_t most) {
  std::size_t frames = 0;
  for (std::size_t at = 0; frames < most && bytes.has(at, kLengthSize); ++frames) {
    const std::uint32_t head = bytes.be24(at);
    const std::uint32_t length = head & 0xfffffU;
    if (head >> 20 != static_cast<std::uint32_t>(mark)) return 0;
    if (length < kFrameLeast || length > kFrameLimit) return 0;
    at += kLengthSize + length;
  }
  return frames;
}

}  // namespace deadair::classifiers::whatsapp
