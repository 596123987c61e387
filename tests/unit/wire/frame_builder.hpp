// Builds frames octet by octet for the tests of the wire layer.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "wire/decoder.hpp"

namespace deadair::wire::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes be16(unsigned value) {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}
inline Bytes be32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}
// "45 00 1c" with any spacing.
inline Bytes hex(std::string_view text) {
  Bytes out;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      out.push_back(static_cast<std::uint8_t>(high * 16 + digit));
      high = -1;
    }
  }
  return out;
}
inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
inline Bytes zeros(std::size_t count) { return Bytes(count, 0); }
// 0, 1, 2 ... so that misplaced bytes show.
inline Bytes counting(std::size_t count, unsigned first = 0) {
  Bytes out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

inline Bytes ethernet(unsigned type, const Bytes& payload) {
  return join({hex("020000000001 020000000002"), be16(type), payload});
}

struct Ipv4 {
  unsigned proto = 17;
  std::uint32_t src = 0x0a000001, dst = 0x0a000002;  // 10.0.0.1, 10.0.0.2
  unsigned id = 0x1234;
  unsigned fragment = 0;  // flags and offset field
  Bytes options = {};     // a multiple of 4 octets
  int total = -1;         // -1: the true length
};
inline Bytes ipv4(const Ipv4& h, const Bytes& payload) {
  const std::size_t header = 20 + h.options.size();
  const std::size_t total =
      h.total < 0 ? header + payload.size() : static_cast<std::size_t>(h.total);
  return join({{static_cast<std::uint8_t>(0x40 | header / 4), 0},
               be16(static_cast<unsigned>(total)),
               be16(h.id),
               be16(h.fragment),
               {64, static_cast<std::uint8_t>(h.proto), 0, 0},
               be32(h.src),
               be32(h.dst),
               h.options,
               payload});
}

// 2001:db8::1 to 2001:db8::2.
inline Bytes ipv6(unsigned next, const Bytes& payload, int length = -1) {
  const std::size_t size = length < 0 ? payload.size() : static_cast<std::size_t>(length);
  return join({hex("60 00 00 00"),
               be16(static_cast<unsigned>(size)),
               {static_cast<std::uint8_t>(next), 63},
               hex("20010db8 00000000 00000000 00000001"),
               hex("20010db8 00000000 00000000 00000002"),
               payload});
}

inline Bytes udp(unsigned src, unsigned dst, const Bytes& payload, int length = -1) {
  const std::size_t size = length < 0 ? payload.size() + 8 : static_cast<std::size_t>(length);
  return join({be16(src), be16(dst), be16(static_cast<unsigned>(size)), be16(0), payload});
}
inline Bytes tcp(unsigned src, unsigned dst, unsigned flags, const Bytes& options,
                 const Bytes& payload) {
  return join({be16(src),
               be16(dst),
               be32(0x01020304),
               be32(0x05060708),
               {static_cast<std::uint8_t>((20 + options.size()) / 4 << 4),
                static_cast<std::uint8_t>(flags)},
               be16(0x2000),
               zeros(4),
               options,
               payload});
}
// The packet that most link and tunnel tests carry: 10.0.0.1:1000 to 10.0.0.2:2000, payload "hi".
inline Bytes inner_ipv4() { return ipv4({}, udp(1000, 2000, hex("6869"))); }
inline Bytes inner_ipv6() { return ipv6(17, udp(1000, 2000, hex("6869"))); }

struct Decoded {
  Undecoded reason = Undecoded::none;
  Packet packet;
};
inline RawPacket raw(LinkType link, const Bytes& bytes, std::size_t wire_len = 0) {
  RawPacket out;
  out.bytes = ByteView(std::span<const std::uint8_t>(bytes));
  out.wire_len = static_cast<std::uint32_t>(wire_len < bytes.size() ? bytes.size() : wire_len);
  out.link = link;
  out.frame = FrameRef(0, 1);
  return out;
}
// `bytes` must outlive the result.
inline Decoded decode(Decoder& decoder, LinkType link, const Bytes& bytes,
                      std::size_t wire_len = 0) {
  Decoded out;
  out.reason = decoder.decode(raw(link, bytes, wire_len), out.packet);
  return out;
}
inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

}  // namespace deadair::wire::test
