// What identifies WireGuard: the sizes and fixed fields of its four messages, and the documented
// signals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::wireguard {

using classify::Rank;
using classify::SignalInfo;

// Message types and their sizes: "WireGuard: Next Generation Kernel Network Tunnel", section 5.4
// (revision of 2020-06-01), read 2026-11-22. All integers are little-endian.
namespace type {
inline constexpr std::uint8_t kInitiation = 1, kResponse = 2, kCookieReply = 3, kData = 4;
}  // namespace type

inline constexpr std::size_t kInitiationSize = 148;
inline constexpr std::size_t kResponseSize = 92;
inline constexpr std::size_t kCookieReplySize = 64;
inline constexpr std::size_t kLeastData = 32;  // header and tag around nothing: a keep-alive
inline constexpr std::size_t kPadding = 16;    // inner packets are padded to a multiple of this

// Curve25519 coordinates are below 2^255, so the last bit of a public key is never set (RFC 7748
// section 5).
inline constexpr std::size_t kInitiationKeyEnd = 39;
inline constexpr std::size_t kResponseKeyEnd = 43;
inline constexpr std::uint8_t kKeyTopBit = 0x80;

// mac2 ends both handshake messages and is zero unless the other side is under load (section 5.3).
inline constexpr std::size_t kMac2Size = 16;

// Tailscale finds paths with datagrams of its own between those of WireGuard: "TS" and a speech
// balloon in UTF-8 (tailscale/tailscale, disco/disco.go, read 2026-11-22).
inline constexpr std::array<std::uint8_t, 6> kTailscaleDiscovery = {0x54, 0x53, 0xf0,
                                                                    0x9f, 0x92, 0xac};

inline constexpr SignalInfo kHandshake = {"WG.HANDSHAKE", Rank::bytes,
                                          "A handshake message: its size, a public key whose last "
                                          "bit is clear, sixteen zeros at the end"};
inline constexpr SignalInfo kAnswer = {"WG.INDEX", Rank::bytes,
                                       "A message to the index that the other side announced"};
inline constexpr SignalInfo kData = {
    "WG.DATA", Rank::bytes,
    "Data messages of one direction: the same random index, a counter that begins small and rises"};
inline constexpr SignalInfo kUnderLoad = {
    "WG.HANDSHAKE.MAC2", Rank::bytes,
    "A message of the size and type of a handshake whose last sixteen bytes are not zero"};

inline constexpr std::array kSignals = {kHandshake, kAnswer, kData, kUnderLoad};

}  // namespace deadair::classifiers::wireguard
