// Joins pieces of a QUIC handshake message that come in any order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bytes/byte_view.hpp"

namespace deadair::proto::quic {

// The bytes of CRYPTO frames (RFC 9000 section 19.6) by their offset, from 0 up to 16 KiB, with at
// most 32 pieces apart from each other. Pieces that overlap agree, or the sender is at fault.
class CryptoStream {
 public:
  static constexpr std::uint64_t kMostBytes = 16384;

  // False when nothing new was kept: known bytes, beyond the bounds, or one piece too many.
  bool add(std::uint64_t offset, ByteView piece);
  void clear();

  // The bytes without a hole from offset 0 on.
  [[nodiscard]] ByteView start() const;
  // Pieces that have not been joined to the start, in order; i < loose_pieces().
  [[nodiscard]] std::size_t loose_pieces() const;
  [[nodiscard]] ByteView loose_piece(std::size_t i) const;
  [[nodiscard]] std::size_t held() const { return bytes_.capacity(); }

 private:
  struct Range {
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
  };

  [[nodiscard]] bool has_start() const { return count_ > 0 && ranges_[0].begin == 0; }
  bool note(Range range);

  std::vector<std::uint8_t> bytes_;
  std::array<Range, 32> ranges_{};  // in order, apart from each other
  std::size_t count_ = 0;
};

}  // namespace deadair::proto::quic
