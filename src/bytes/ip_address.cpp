// Text forms of addresses and the special-purpose ranges.
#include "bytes/ip_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace deadair {
namespace {

char* put_octet(char* out, unsigned value) {
  if (value >= 100) *out++ = static_cast<char>('0' + value / 100);
  if (value >= 10) *out++ = static_cast<char>('0' + value / 10 % 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

std::array<std::uint8_t, 16> octets(const IpAddress& address) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(address.high >> (56 - 8 * i));
    bytes[i + 8] = static_cast<std::uint8_t>(address.low >> (56 - 8 * i));
  }
  return bytes;
}

constexpr IpPrefix v4_range(std::uint32_t address, std::uint8_t bits) {
  return {IpAddress::v4(address), bits};
}

// RFC 6890, RFC 6598 (100.64/10), RFC 5737 (documentation), RFC 2544 (198.18/15).
constexpr std::array kPrivateV4 = {
    v4_range(0x00000000, 8),  v4_range(0x0a000000, 8),  v4_range(0x64400000, 10),
    v4_range(0x7f000000, 8),  v4_range(0xa9fe0000, 16), v4_range(0xac100000, 12),
    v4_range(0xc0000200, 24), v4_range(0xc0a80000, 16), v4_range(0xc6120000, 15),
    v4_range(0xc6336400, 24), v4_range(0xcb007100, 24),
};
// ::/127, fc00::/7, fe80::/10, 2001:db8::/32 (RFC 4291, 4193, 3849).
constexpr std::array kPrivateV6 = {
    IpPrefix{{0, 0}, 127},
    IpPrefix{{0xfc00'0000'0000'0000, 0}, 7},
    IpPrefix{{0xfe80'0000'0000'0000, 0}, 10},
    IpPrefix{{0x2001'0db8'0000'0000, 0}, 32},
};

// First octets of IPv4 addresses that may be private: most are not, and every flow is asked.
constexpr std::array<bool, 256> kPrivateOctets = [] {
  std::array<bool, 256> octets{};
  for (const IpPrefix& range : kPrivateV4) octets[range.address.v4() >> 24] = true;
  return octets;
}();
static_assert(std::ranges::all_of(kPrivateV4,
                                  [](const IpPrefix& range) { return range.bits >= 8; }));

}  // namespace

std::size_t format_to(const IpAddress& address, char* out) {
  if (address.is_v4()) {
    char* at = out;
    for (unsigned shift = 32; shift > 0; shift -= 8) {
      at = put_octet(at, address.v4() >> (shift - 8) & 0xff);
      if (shift > 8) *at++ = '.';
    }
    return static_cast<std::size_t>(at - out);
  }
  const auto bytes = octets(address);
  inet_ntop(AF_INET6, bytes.data(), out, INET6_ADDRSTRLEN);
  return std::strlen(out);
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return {text.data(), format_to(address, text.data())};
}

bool parse_ip_address(std::string_view text, IpAddress& out) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.size() >= copy.size()) return false;
  std::copy(text.begin(), text.end(), copy.begin());
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, copy.data(), bytes.data()) == 1) {
    out = IpAddress::v4(ByteView(bytes).be32(0));
    return true;
  }
  if (inet_pton(AF_INET6, copy.data(), bytes.data()) != 1) return false;
  out = IpAddress::v6(ByteView(bytes));
  return true;
}

bool parse_ip_prefix(std::string_view text, IpPrefix& out) {
  const std::size_t slash = text.find('/');
  if (!parse_ip_address(text.substr(0, slash), out.address)) return false;
  const unsigned longest = out.address.is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) {
    out.bits = static_cast<std::uint8_t>(longest);
    return true;
  }
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), bits);
  if (error != std::errc{} || end != digits.end() || bits > longest) return false;
  out.bits = static_cast<std::uint8_t>(bits);
  return true;
}

bool is_private(const IpAddress& address) {
  const auto holds = [&](const IpPrefix& prefix) { return prefix.contains(address); };
  if (!address.is_v4()) return std::ranges::any_of(kPrivateV6, holds);
  return kPrivateOctets[address.v4() >> 24] && std::ranges::any_of(kPrivateV4, holds);
}

bool is_private(const IpAddress& address, std::span<const IpPrefix> public_nets) {
  return is_private(address) && std::ranges::none_of(public_nets, [&](const IpPrefix& net) {
           return net.contains(address);
         });
}

}  // namespace deadair
