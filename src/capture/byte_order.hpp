// Reads the numbers of a capture file, which are in the byte order of the machine that wrote it.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"

namespace deadair::capture {

struct ByteOrder {
  bool big = false;

  [[nodiscard, gnu::always_inline]] std::uint16_t u16(ByteView view, std::size_t at) const {
    return big ? view.be16(at) : view.le16(at);
  }
  [[nodiscard, gnu::always_inline]] std::uint32_t u32(ByteView view, std::size_t at) const {
    return big ? view.be32(at) : view.le32(at);
  }
  [[nodiscard, gnu::always_inline]] std::uint64_t u64(ByteView view, std::size_t at) const {
    return big ? view.be64(at) : view.le64(at);
  }
};

}  // namespace deadair::capture
