// Puts the first bytes of a TCP stream in order, for dissectors that need a whole message.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bytes/byte_view.hpp"

namespace deadair::flow {

// Segments may come in any order, twice, or overlapping: bytes before the first gap stay as they
// came first, beyond it the latest copy counts. Bounded: bytes beyond kMost are ignored.
class StreamHead {
 public:
  static constexpr std::size_t kMost = 16640;  // one full TLS record and its header

  // `offset` is the segment's distance from the first byte of the stream. Returns true when the
  // contiguous part grew.
  bool add(std::uint32_t offset, ByteView segment);

  // The bytes from the start of the stream up to the first gap.
  [[nodiscard]] ByteView contiguous() const { return ByteView(bytes_).first(ready_); }
  // Bytes held, gaps included.
  [[nodiscard]] std::size_t held() const { return bytes_.size(); }
  // Empties it for another stream; a small buffer stays.
  void recycle();
  // Nothing more will fit.
  [[nodiscard]] bool full() const { return ready_ == kMost; }

 private:
  struct Stretch {
    std::uint32_t begin = 0, end = 0;
  };

  void remember(Stretch added);

  std::vector<std::uint8_t> bytes_;
  std::array<Stretch, 8> waiting_{};  // beyond the first gap
  std::size_t waiting_count_ = 0;
  std::size_t ready_ = 0;
};

}  // namespace deadair::flow
