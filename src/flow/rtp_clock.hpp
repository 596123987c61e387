// What a payload type or the course of timestamps says about a stream's clock and kind.
#pragma once

#include <cstdint>

namespace deadair::flow {

inline constexpr std::uint32_t kVideoClock = 90000;

// What RFC 3551 section 6 assigns to a static payload type. Clock 0 and kind 0: not assigned, or
// dynamic.
struct StaticType {
  std::uint32_t clock = 0;  // Hz
  std::uint8_t kind = 0;    // media_kind bits
};
StaticType static_type(std::uint8_t payload_type);

// The usual clock rate (Hz) nearest to `ticks` in `elapsed_ns`, or 0 when none lies within 4 %:
// 44,100 and 48,000 differ by 9 %. Less than a second is too little to tell.
std::uint32_t clock_of(std::uint32_t ticks, std::int64_t elapsed_ns);

}  // namespace deadair::flow
