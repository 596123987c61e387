// Reads every byte a dissector hands out, so that a sanitizer sees a view that leaves its input.
#pragma once

#include <cstdint>
#include <string_view>

#include "bytes/byte_view.hpp"

namespace deadair::fuzz {

inline void touch(ByteView bytes) {
  volatile std::uint8_t sum = 0;
  for (const std::uint8_t byte : bytes) sum = static_cast<std::uint8_t>(sum + byte);
}

inline void touch(std::string_view text) { touch(ByteView::of(text)); }

}  // namespace deadair::fuzz
