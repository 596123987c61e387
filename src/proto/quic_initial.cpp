// Removes the protection of a QUIC Initial packet.
#include "proto/quic_initial.hpp"

#include <algorithm>

#include "proto/quic_cipher.hpp"

namespace deadair::proto::quic {
namespace {

constexpr std::size_t kTag = 16;
constexpr std::size_t kSample = 16;
constexpr std::size_t kMostNumberBytes = 4;
constexpr std::size_t kMostHeader = 1536;  // a token fits the datagram that brought it

// The number nearest to `expected` that ends in the bits sent (RFC 9000 section A.3). Initials stay
// far from the largest number, 2^62 - 1.
std::uint64_t full_number(std::uint64_t expected, std::uint64_t sent, std::size_t size) {
  const std::uint64_t window = std::uint64_t{1} << (8 * size);
  const std::uint64_t candidate = (expected & ~(window - 1)) | sent;
  if (candidate + window / 2 <= expected) return candidate + window;
  if (candidate > expected + window / 2 && candidate >= window) return candidate - window;
  return candidate;
}

// The header without its protection (RFC 9001 section 5.4.1), which is what the tag covers.
struct PlainHeader {
  std::array<std::uint8_t, kMostHeader> bytes;
  std::size_t size = 0;
  std::size_t number_size = 0;
  std::uint64_t number_sent = 0;
};

bool unmask_header(const Packet& packet, const Keys& keys, PlainHeader& out) {
  std::array<std::uint8_t, 16> mask;
  const ByteView sample = packet.bytes.sub(packet.number_at + kMostNumberBytes, kSample);
  if (packet.number_at + kMostNumberBytes > kMostHeader || !aes_mask(keys.hp, sample, mask)) {
    return false;
  }
  const ByteView covered = packet.bytes.first(packet.number_at + kMostNumberBytes);
  std::copy(covered.begin(), covered.end(), out.bytes.begin());
  out.bytes[0] = static_cast<std::uint8_t>(out.bytes[0] ^ (mask[0] & 0x0fU));
  out.number_size = (out.bytes[0] & 3U) + 1;
  out.size = packet.number_at + out.number_size;
  for (std::size_t i = 0; i < out.number_size; ++i) {
    std::uint8_t& byte = out.bytes[packet.number_at + i];
    byte = static_cast<std::uint8_t>(byte ^ mask[1 + i]);
    out.number_sent = out.number_sent << 8 | byte;
  }
  return true;
}

std::array<std::uint8_t, 12> nonce_of(const Keys& keys, std::uint64_t number) {
  std::array<std::uint8_t, 12> nonce = keys.iv;
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[11 - i] = static_cast<std::uint8_t>(nonce[11 - i] ^ (number >> (8 * i) & 0xffU));
  }
  return nonce;
}

}  // namespace

ParseStatus open_initial(const Packet& packet, const Keys& keys, std::uint64_t next_number,
                         std::span<std::uint8_t> buffer, Opened& out) {
  PlainHeader header;
  if (!unmask_header(packet, keys, header)) return ParseStatus::not_this;
  const std::size_t sealed_end = packet.wire_size - kTag;
  const bool whole = packet.bytes.size() == packet.wire_size;
  // Reserved bits are zero (RFC 9000 section 17.2); without a tag that is worth asking first.
  if (!whole && (header.bytes[0] & 0x0cU) != 0) return ParseStatus::not_this;
  if (sealed_end <= header.size) return ParseStatus::not_this;

  Sealed sealed;
  sealed.associated = ByteView(header.bytes).first(header.size);
  sealed.cipher_text = packet.bytes.sub(header.size, sealed_end - header.size);
  if (whole) sealed.tag = packet.bytes.from(sealed_end);
  out.number = full_number(next_number, header.number_sent, header.number_size);
  if (!gcm_open(keys.key, nonce_of(keys, out.number), sealed, buffer)) return ParseStatus::not_this;
  out.frames = ByteView(buffer).first(sealed.cipher_text.size());
  return whole ? ParseStatus::parsed : ParseStatus::truncated;
}

}  // namespace deadair::proto::quic
