// Converts the time stamps of a pcapng interface to nanoseconds since 1970.
#pragma once

#include <cstdint>

namespace deadair::capture {

// draft-ietf-opsawg-pcapng section 4.2, options if_tsresol and if_tsoffset. Every value a file can
// hold yields some time: what does not fit into 64 bits of nanoseconds becomes the nearest that
// does.
class TimeResolution {
 public:
  // Microseconds, the default of the format.
  TimeResolution() = default;
  // `tsresol`: the option's octet, a negative power of 2 when its top bit is set, else of 10.
  explicit TimeResolution(std::uint8_t tsresol);

  // Seconds to add to every time stamp.
  void set_offset(std::int64_t seconds);

  [[nodiscard]] std::int64_t to_ns(std::uint64_t ticks) const {
    if (ticks > most_ticks_) return coarse_ns(ticks);
    std::int64_t sum = 0;
    const bool over =
        __builtin_add_overflow(static_cast<std::int64_t>(ticks * ns_per_tick_), offset_ns_, &sum);
    return over ? saturated() : sum;
  }

 private:
  [[nodiscard]] std::int64_t coarse_ns(std::uint64_t ticks) const;
  [[nodiscard]] std::uint64_t scaled(std::uint64_t ticks) const;
  [[nodiscard]] std::int64_t saturated() const;

  std::uint8_t tsresol_ = 6;
  std::uint64_t ns_per_tick_ = 1000;             // for resolutions of a nanosecond or coarser
  std::uint64_t most_ticks_ = INT64_MAX / 1000;  // up to which the product cannot overflow
  std::int64_t offset_ns_ = 0;
};

}  // namespace deadair::capture
