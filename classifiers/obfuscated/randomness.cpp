// Counts bits, printable bytes and byte values, and looks for the marks of framing.
#include "obfuscated/randomness.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "obfuscated/signatures.hpp"

namespace deadair::classifiers::obfuscated {
namespace {

constexpr bool is_printable(std::uint8_t byte) {
  return static_cast<std::uint8_t>(byte - 0x20) <= 0x7e - 0x20;
}

// Set bits, eight bytes at a time.
std::size_t count_ones(ByteView bytes) {
  std::size_t ones = 0, at = 0;
  for (; bytes.has(at, 8); at += 8) ones += static_cast<std::size_t>(std::popcount(bytes.be64(at)));
  for (; at < bytes.size(); ++at) ones += static_cast<std::size_t>(std::popcount(bytes.u8(at)));
  return ones;
}

bool is_balanced(ByteView bytes) {
  const std::size_t tenths = count_ones(bytes) * 10;
  return tenths > kFewestOnesTenths * bytes.size() && tenths < kMostOnesTenths * bytes.size();
}

struct Census {
  std::size_t printable = 0;
  std::size_t longest_run = 0;  // of printable bytes
};

Census take_census(ByteView bytes) {
  Census census;
  std::size_t run = 0;
  for (const std::uint8_t byte : bytes) {
    run = is_printable(byte) ? run + 1 : 0;
    census.printable += run != 0 ? 1 : 0;
    census.longest_run = std::max(census.longest_run, run);
  }
  return census;
}

bool starts_printable(ByteView packet) {
  const ByteView head = packet.first(kPrintableStart);
  return head.size() == kPrintableStart && std::all_of(head.begin(), head.end(), is_printable);
}

// Ex5 of the paper, TLS part; its HTTP methods are printable starts already.
bool starts_like_tls(ByteView packet) {
  return (packet.u8(0) == 0x16 || packet.u8(0) == 0x17) && packet.u8(1) == 3 && packet.u8(2) <= 9;
}

bool has_run(ByteView head) {
  for (std::size_t i = 2; i < head.size(); ++i) {
    if (head.u8(i) == head.u8(i - 1) && head.u8(i) == head.u8(i - 2)) return true;
  }
  return false;
}

// A length of what follows, near the start, in either byte order.
bool has_length_field(ByteView flight) {
  constexpr std::size_t kLastPlace = 3;
  constexpr std::size_t kMostHeader = 8;
  const auto tells_length = [&flight](std::size_t number) {
    return number <= flight.size() && number + kMostHeader >= flight.size();
  };
  for (std::size_t at = 0; at <= kLastPlace; ++at) {
    if (tells_length(flight.be16(at)) || tells_length(flight.le16(at))) return true;
  }
  return false;
}

bool values_are_even(ByteView bytes) {
  std::array<std::uint32_t, 256> counts{};
  for (const std::uint8_t byte : bytes) ++counts[byte];
  std::uint64_t squares = 0;
  for (const std::uint64_t count : counts) squares += count * count;
  const std::uint64_t chi_squared = squares * counts.size() / bytes.size() - bytes.size();
  return chi_squared >= kChiSquaredLow && chi_squared <= kChiSquaredHigh;
}

}  // namespace

bool may_be_random(ByteView packet) {
  const ByteView head = packet.first(kHeadOfNoRuns);
  return !head.empty() && !starts_like_tls(head) && !starts_printable(head) && is_balanced(head) &&
         !has_run(head);
}

bool passes_entropy_rule(ByteView packet) {
  if (packet.empty() || starts_like_tls(packet) || starts_printable(packet)) return false;
  if (!is_balanced(packet)) return false;
  const Census census = take_census(packet);
  return census.printable * 2 <= packet.size() && census.longest_run <= kPrintableRun;
}

bool looks_random(ByteView flight) {
  if (flight.empty() || has_length_field(flight) || has_run(flight.first(kHeadOfNoRuns)))
    return false;
  return values_are_even(flight.first(kMostCounted));
}

}  // namespace deadair::classifiers::obfuscated
