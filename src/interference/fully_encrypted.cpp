// Counting bits and printable bytes.
#include "interference/fully_encrypted.hpp"

#include <algorithm>
#include <cstdint>

namespace deadair::interference {
namespace {

constexpr bool printable(std::uint8_t byte) { return byte >= 0x20 && byte <= 0x7e; }

// RFC 8446 section 5.1: handshake or data, version 3.x. Methods of HTTP begin with printable bytes.
bool is_tls(ByteView payload) {
  return (payload.u8(0) == 0x16 || payload.u8(0) == 0x17) && payload.u8(1) == 3 &&
         payload.u8(2) <= 9;
}

// One bits of eight bytes: without the instruction, which not every amd64 has, popcount() is a
// call.
constexpr std::size_t ones(std::uint64_t word) {
  word -= word >> 1 & 0x5555'5555'5555'5555;
  word = (word & 0x3333'3333'3333'3333) + (word >> 2 & 0x3333'3333'3333'3333);
  word = (word + (word >> 4)) & 0x0f0f'0f0f'0f0f'0f0f;
  return static_cast<std::size_t>(word * 0x0101'0101'0101'0101 >> 56);
}

std::size_t ones_in(ByteView bytes) {
  std::size_t sum = 0, at = 0;
  for (; at + 8 <= bytes.size(); at += 8) sum += ones(bytes.be64(at));
  for (; at < bytes.size(); ++at) sum += ones(bytes.u8(at));
  return sum;
}

}  // namespace

bool looks_fully_encrypted(ByteView payload) {
  constexpr std::size_t kMost = 512, kLeast = 16, kGreeting = 6, kRun = 20;
  const std::size_t size = std::min(payload.size(), kMost);
  if (size < kLeast || is_tls(payload)) return false;
  std::size_t text = 0, run = 0, longest = 0, greeting = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint8_t byte = payload.u8(i);
    run = printable(byte) ? run + 1 : 0;
    text += printable(byte) ? 1 : 0;
    longest = std::max(longest, run);
    if (run == i + 1) greeting = run;
    if (greeting >= kGreeting || longest > kRun) return false;
  }
  const std::size_t bits = ones_in(payload.first(size));
  return bits * 10 > 34 * size && bits * 10 < 46 * size && 2 * text <= size;
}

}  // namespace deadair::interference
