// Writes bytes in network order: what ByteReader is for reading.
#pragma once

#include <cstdint>
#include <vector>

#include "bytes/byte_view.hpp"

namespace deadair::middlebox {

using Bytes = std::vector<std::uint8_t>;

class BytesOut {
 public:
  BytesOut& u8(std::uint64_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  BytesOut& be16(std::uint64_t value) { return u8(value >> 8).u8(value); }
  BytesOut& be32(std::uint64_t value) { return be16(value >> 16).be16(value); }
  BytesOut& be64(std::uint64_t value) { return be32(value >> 32).be32(value); }
  BytesOut& add(ByteView view) {
    bytes_.insert(bytes_.end(), view.begin(), view.end());
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Overwrites two bytes that exist.
inline void put_be16(Bytes& bytes, std::size_t at, std::uint64_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace deadair::middlebox
