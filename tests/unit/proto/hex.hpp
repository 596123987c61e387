// Packet bytes for tests, written as hexadecimal text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/byte_view.hpp"

namespace deadair::test {

using Bytes = std::vector<std::uint8_t>;

// Two hexadecimal digits a byte; everything else (spaces, line ends) is skipped.
inline Bytes hex(std::string_view text) {
  Bytes out;
  int high = -1;
  for (const char c : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) continue;
    if (high >= 0) out.push_back(static_cast<std::uint8_t>(high * 16 + static_cast<int>(digit)));
    high = high >= 0 ? -1 : static_cast<int>(digit);
  }
  return out;
}

// Not inlined: g++ 12 then sees overflows that are not there.
[[gnu::noinline]] inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// `bytes` behind their own length in `width` octets.
inline Bytes counted(std::size_t width, const Bytes& bytes) {
  Bytes out;
  for (std::size_t i = width; i-- > 0;) {
    out.push_back(static_cast<std::uint8_t>(bytes.size() >> (8 * i)));
  }
  return out + bytes;
}

inline Bytes ascii(std::string_view text) { return {text.begin(), text.end()}; }

inline ByteView view(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

// A view of a copy that lives until the next call, for parsers whose results are views.
inline ByteView kept(const Bytes& bytes) {
  static Bytes copy;
  copy = Bytes(bytes);
  return view(copy);
}

// A copy that ends exactly at `count`, so that a sanitizer sees any read past it.
inline Bytes cut(const Bytes& bytes, std::size_t count) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace deadair::test
