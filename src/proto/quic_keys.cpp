// Derives the keys of QUIC Initial packets from a connection id.
#include "proto/quic_keys.hpp"

#include <algorithm>
#include <string_view>

#include "proto/quic.hpp"
#include "proto/quic_cipher.hpp"

namespace deadair::proto::quic {
namespace {

using Secret = std::array<std::uint8_t, 32>;

// draft-ietf-quic-tls-21, also Meta's faceb001.
constexpr Salt kDraft22 = {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                           0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a};
// draft-ietf-quic-tls-23, also Meta's own versions (mvfst, getQuicVersionSalt(), 2022).
constexpr Salt kDraft23 = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                           0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};
// draft-ietf-quic-tls-29.
constexpr Salt kDraft29 = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                           0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
// RFC 9001 section 5.2, also drafts 33 and 34, and Meta's faceb003.
constexpr Salt kV1 = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                      0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
// RFC 9369 section 3.3.1.
constexpr Salt kV2 = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                      0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
// Chromium, quic/core/crypto/crypto_utils.cc, 2020.
constexpr Salt kQ050 = {0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94,
                        0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b, 0x45};
constexpr Salt kT050 = {0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
                        0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10};
constexpr Salt kT051 = {0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
                        0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d};

constexpr std::array<const Salt*, 1> kOnlyDraft22 = {&kDraft22};
constexpr std::array<const Salt*, 1> kOnlyDraft23 = {&kDraft23};
constexpr std::array<const Salt*, 1> kOnlyDraft29 = {&kDraft29};
constexpr std::array<const Salt*, 1> kOnlyV1 = {&kV1};
constexpr std::array<const Salt*, 1> kOnlyV2 = {&kV2};
constexpr std::array<const Salt*, 1> kOnlyQ050 = {&kQ050};
constexpr std::array<const Salt*, 1> kOnlyT050 = {&kT050};
constexpr std::array<const Salt*, 1> kOnlyT051 = {&kT051};
constexpr std::array<const Salt*, 2> kMeta = {&kDraft23, &kV1};
constexpr std::array<const Salt*, 2> kMetaLikeV1 = {&kV1, &kDraft23};

std::span<const Salt* const> draft_salts(std::uint32_t draft) {
  if (draft >= 33) return kOnlyV1;
  if (draft >= 29) return kOnlyDraft29;
  if (draft >= 23) return kOnlyDraft23;
  if (draft >= 21) return kOnlyDraft22;
  return {};
}

std::span<const Salt* const> meta_salts(std::uint32_t version) {
  if (version <= 0xfaceb001) return kOnlyDraft22;
  return version == 0xfaceb003 || version > 0xfaceb013 ? std::span<const Salt* const>(kMetaLikeV1)
                                                       : kMeta;
}

// HKDF-Expand-Label with an empty context and at most 32 bytes (RFC 8446 section 7.1, RFC 5869).
template <std::size_t kSize>
bool expand(const Secret& secret, std::string_view label, std::array<std::uint8_t, kSize>& out) {
  static_assert(kSize <= 32);
  std::array<std::uint8_t, 40> info{};
  const std::string_view prefix = "tls13 ";
  info[1] = kSize;
  info[2] = static_cast<std::uint8_t>(prefix.size() + label.size());
  auto* end = std::copy(prefix.begin(), prefix.end(), info.begin() + 3);
  end = std::copy(label.begin(), label.end(), end);
  *end++ = 0;  // context
  *end++ = 1;  // first and only block
  Secret block;
  const auto size = static_cast<std::size_t>(end - info.begin());
  if (!hmac_sha256(ByteView(secret), ByteView(info).first(size), block)) return false;
  std::copy_n(block.begin(), kSize, out.begin());
  return true;
}

}  // namespace

std::span<const Salt* const> salts_of(std::uint32_t version) {
  if (version == 1) return kOnlyV1;
  if (version == 0x6b3343cf || version == 0x709a50c4) return kOnlyV2;
  if (version >> 8 == 0xff0000) return draft_salts(version & 0xffU);
  if (version >> 5 == 0xfaceb000 >> 5) return meta_salts(version);
  if (version == kGoogleQ050) return kOnlyQ050;
  if (version == 0x54303530) return kOnlyT050;
  if (version == 0x54303531) return kOnlyT051;
  return {};
}

bool derive_initial_keys(std::uint32_t version, const Salt& salt, ByteView destination_id,
                         Sender sender, Keys& out) {
  Secret initial;
  Secret secret;
  const bool v2 = version == 0x6b3343cf || version == 0x709a50c4;
  return hmac_sha256(ByteView(salt), destination_id, initial) &&
         expand(initial, sender == Sender::client ? "client in" : "server in", secret) &&
         expand(secret, v2 ? "quicv2 key" : "quic key", out.key) &&
         expand(secret, v2 ? "quicv2 iv" : "quic iv", out.iv) &&
         expand(secret, v2 ? "quicv2 hp" : "quic hp", out.hp);
}

}  // namespace deadair::proto::quic
