// The three primitives that QUIC's Initial protection is made of, by OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "bytes/byte_view.hpp"

namespace deadair::proto::quic {

// Contexts belong to the thread and are used again, so that no call after a thread's first
// allocates. All return false where OpenSSL lacks the primitive; nothing throws.

// HMAC-SHA256 (RFC 2104) with a key of at most 64 bytes; OpenSSL's own takes half as long again.
bool hmac_sha256(ByteView key, ByteView message, std::array<std::uint8_t, 32>& out);

// One block of AES-128, the mask of header protection (RFC 9001 section 5.4.3). `sample` holds 16
// bytes.
bool aes_mask(const std::array<std::uint8_t, 16>& key, ByteView sample,
              std::array<std::uint8_t, 16>& out);

// AES-128-GCM of a sealed message. `out` has room for the cipher text. With `tag` (16 bytes) true
// only if it agrees; with an empty one what comes out is unproven.
struct Sealed {
  ByteView associated;
  ByteView cipher_text;
  ByteView tag;
};
bool gcm_open(const std::array<std::uint8_t, 16>& key, const std::array<std::uint8_t, 12>& nonce,
              const Sealed& sealed, std::span<std::uint8_t> out);

}  // namespace deadair::proto::quic
