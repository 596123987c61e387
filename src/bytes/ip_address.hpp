// IPv4 and IPv6 addresses as one small value.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>

#include "bytes/byte_view.hpp"

namespace deadair {

// 128 bits in host order; IPv4 is held as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that one
// comparison and one hash serve both families.
struct IpAddress {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static constexpr std::uint64_t kV4Prefix = 0x0000'ffff'0000'0000;

  static constexpr IpAddress v4(std::uint32_t address) { return {0, kV4Prefix | address}; }
  // `bytes` holds 16 octets in network order; missing ones read as zero.
  static constexpr IpAddress v6(ByteView bytes) { return {bytes.be64(0), bytes.be64(8)}; }

  [[nodiscard]] constexpr bool is_v4() const {
    return high == 0 && (low & 0xffff'ffff'0000'0000) == kV4Prefix;
  }
  // The IPv4 address in host order; only meaningful when is_v4().
  [[nodiscard]] constexpr std::uint32_t v4() const { return static_cast<std::uint32_t>(low); }
  [[nodiscard]] constexpr bool unspecified() const {
    return (high == 0 && low == 0) || low == kV4Prefix;
  }
  // IPv4 224.0.0.0/4 or IPv6 ff00::/8.
  [[nodiscard]] constexpr bool multicast() const {
    return is_v4() ? (v4() >> 28) == 0xe : (high >> 56) == 0xff;
  }

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

// Dotted quad, or RFC 5952 text for IPv6.
std::string to_string(const IpAddress& address);
// Writes the same text to `out` (at least 46 characters of room); returns the length.
std::size_t format_to(const IpAddress& address, char* out);
// Parses dotted quad or IPv6 text; false when it is neither.
bool parse_ip_address(std::string_view text, IpAddress& out);

// An address range in CIDR form. For IPv4 `bits` counts within 32.
struct IpPrefix {
  IpAddress address;
  std::uint8_t bits = 0;

  [[nodiscard]] constexpr bool contains(const IpAddress& other) const {
    if (address.is_v4() != other.is_v4()) return false;
    const unsigned length = address.is_v4() ? bits + 96U : bits;
    const std::uint64_t high_mask = mask(length);
    const std::uint64_t low_mask = length > 64 ? mask(length - 64) : 0;
    return ((address.high ^ other.high) & high_mask) == 0 &&
           ((address.low ^ other.low) & low_mask) == 0;
  }

 private:
  static constexpr std::uint64_t mask(unsigned length) {
    if (length == 0) return 0;
    return length >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - length);
  }
};

// Parses "192.0.2.0/24", "2001:db8::/32" or a bare address; false when it is none of these.
bool parse_ip_prefix(std::string_view text, IpPrefix& out);

// True for ranges never seen as a public peer: private, shared, loopback, link-local,
// documentation, benchmarking and unique local addresses (RFC 6890 and its updates).
bool is_private(const IpAddress& address);
// The same, but for networks that stand for the Internet (laboratory captures).
bool is_private(const IpAddress& address, std::span<const IpPrefix> public_nets);

}  // namespace deadair
