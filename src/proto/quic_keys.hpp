// Derives the keys of QUIC Initial packets from a connection id (RFC 9001 section 5.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/byte_view.hpp"

namespace deadair::proto::quic {

enum class Sender : std::uint8_t { client, server };

// AEAD_AES_128_GCM key and iv, and the AES-128 key of header protection.
struct Keys {
  std::array<std::uint8_t, 16> key{};
  std::array<std::uint8_t, 12> iv{};
  std::array<std::uint8_t, 16> hp{};
};

using Salt = std::array<std::uint8_t, 20>;

// The salts that senders of `version` are known to use, the likeliest first; none if unknown. Meta
// changed the salt under the same kind of number, so there may be several: the packet's tag tells.
std::span<const Salt* const> salts_of(std::uint32_t version);

// Keys for packets from `sender` of a connection whose client first chose `destination_id`. False
// only when OpenSSL lacks the primitives.
bool derive_initial_keys(std::uint32_t version, const Salt& salt, ByteView destination_id,
                         Sender sender, Keys& out);

}  // namespace deadair::proto::quic
