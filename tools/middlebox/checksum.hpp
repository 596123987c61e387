// The Internet checksum (RFC 1071), and the one of transports with their pseudo header.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"

namespace deadair::middlebox {

// The ones' complement sum of `bytes`, not folded, an odd last byte padded with zero.
inline std::uint64_t sum_of(ByteView bytes) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) sum += bytes.be16(at);
  if (bytes.size() % 2 == 1) sum += std::uint64_t{bytes.u8(bytes.size() - 1)} << 8;
  return sum;
}

inline std::uint64_t sum_of(const IpAddress& address) {
  const auto halves = [](std::uint64_t word) {
    return (word >> 48) + (word >> 32 & 0xffff) + (word >> 16 & 0xffff) + (word & 0xffff);
  };
  return address.is_v4() ? halves(address.v4()) : halves(address.high) + halves(address.low);
}

inline std::uint16_t folded(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// Of a segment whose checksum field holds zero (RFC 9293 section 3.1, RFC 8200 section 8.1).
inline std::uint16_t transport_checksum(const IpAddress& src, const IpAddress& dst,
                                        std::uint8_t proto, ByteView segment) {
  return folded(sum_of(src) + sum_of(dst) + proto + segment.size() + sum_of(segment));
}

}  // namespace deadair::middlebox
