// Builds a payload field by field in network order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "random.hpp"

namespace deadair::bench {

class BytesOut {
 public:
  void clear() { bytes_.clear(); }
  [[nodiscard]] std::span<const std::uint8_t> view() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  void u8(std::uint32_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(std::uint32_t value) {
    u8(value >> 8);
    u8(value);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value);
  }
  void text(std::string_view value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
  void random(Random& random, std::size_t count) {
    for (std::size_t i = 0; i < count; i++) u8(static_cast<std::uint32_t>(random.next() >> 56));
  }

  // A 16-bit length that counts what follows until close(): returns where it stands.
  std::size_t open() {
    u16(0);
    return bytes_.size();
  }
  void close(std::size_t start) {
    const std::size_t length = bytes_.size() - start;
    bytes_[start - 2] = static_cast<std::uint8_t>(length >> 8);
    bytes_[start - 1] = static_cast<std::uint8_t>(length);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace deadair::bench
