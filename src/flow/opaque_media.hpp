// Judges media without readable RTP headers by what its framing says, else by sizes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/media_kind.hpp"
#include "flow/pulse.hpp"

namespace deadair::flow {

// One direction of a flow, in windows of 2 s. Five packets whose framing names their kind carry it.
// Among packets of unknown kind a tenth above 900 bytes, or half above 400, is video, for no speech
// codec fills such packets at its rate; at least ten packets a second that all stay below 300 bytes
// are voice. Anything between stays undecided.
class OpaqueMedia {
 public:
  // `kind`: media_kind bits where the framing says them, else 0.
  void add(std::size_t size, std::uint8_t kind, std::int64_t ts_ns);

  [[nodiscard]] bool flowing() const { return packets_ >= kProven; }
  [[nodiscard]] const Pulse& pulse() const { return pulse_; }
  // The window at hand included.
  [[nodiscard]] std::uint8_t kinds() const { return static_cast<std::uint8_t>(kinds_ | judge()); }

 private:
  static constexpr std::uint8_t kProven = 4;

  [[nodiscard]] std::uint8_t judge() const;

  Pulse pulse_;
  std::uint32_t window_start_ = 0;  // in 2^20 ns
  std::uint16_t voice_ = 0;         // packets whose framing says so
  std::uint16_t video_ = 0;
  std::uint16_t small_ = 0;  // packets of unknown kind, by size
  std::uint16_t middle_ = 0;
  std::uint16_t large_ = 0;
  std::uint16_t full_ = 0;
  std::uint8_t kinds_ = 0;    // of finished windows
  std::uint8_t packets_ = 0;  // up to kProven
};

}  // namespace deadair::flow
