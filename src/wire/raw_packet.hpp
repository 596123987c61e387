// One captured frame as a source hands it over, before any decoding.
#pragma once

#include <compare>
#include <cstdint>

#include "bytes/byte_view.hpp"

namespace deadair::wire {

// Where a frame lies: which input of the run (counted from 0 in the order read) and its 1-based
// number in that input, as Wireshark shows it. 24 and 40 bits: 16 million inputs of a million
// million frames.
class FrameRef {
 public:
  constexpr FrameRef() = default;
  constexpr FrameRef(std::uint32_t input, std::uint64_t number)
      : value_(std::uint64_t{input} << 40 | (number & kNumberMask)) {}

  [[nodiscard]] constexpr std::uint32_t input() const {
    return static_cast<std::uint32_t>(value_ >> 40);
  }
  [[nodiscard]] constexpr std::uint64_t number() const { return value_ & kNumberMask; }
  [[nodiscard]] constexpr bool valid() const { return number() != 0; }

  friend constexpr auto operator<=>(const FrameRef&, const FrameRef&) = default;

 private:
  static constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << 40) - 1;
  std::uint64_t value_ = 0;
};

// LINKTYPE_ number as written in capture files (https://www.tcpdump.org/linktypes.html).
using LinkType = std::uint16_t;

struct RawPacket {
  ByteView bytes;              // captured bytes; valid until the source is asked for more
  std::uint32_t wire_len = 0;  // length on the wire, at least bytes.size()
  std::int64_t ts_ns = 0;      // nanoseconds since 1970-01-01 UTC; may be negative
  FrameRef frame;
  LinkType link = 0;
};

}  // namespace deadair::wire
