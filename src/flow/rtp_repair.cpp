// Compares the timestamps of two streams at the same times.
#include "flow/rtp_repair.hpp"

#include <cstdint>

#include "flow/rtp_clock.hpp"

namespace deadair::flow {
namespace {

// How long after its time a packet is still sent again, and by how much arrival misleads.
constexpr double kBehindSeconds = 3;
constexpr double kAheadSeconds = 0.3;
constexpr double kNsPerSecond = 1e9;
// So many times as many packets the other stream must have. What is repaired comes first, except
// that padding may be sent before there is a picture.
constexpr std::uint64_t kLater = 2, kSooner = 10;

double between(std::int64_t earlier_ns, std::int64_t later_ns) {
  return static_cast<double>(later_ns) - static_cast<double>(earlier_ns);
}

// True when a packet stamped `timestamp` fits what `other` sent lately at `ts_ns`.
bool stamped_like(const RtpFacts& other, double clock, std::int64_t ts_ns,
                  std::uint32_t timestamp) {
  const double since_first = between(other.first_ns, ts_ns);
  const double since_last = between(other.last_ns, ts_ns);
  // From the nearer end of the other: it may have paused, and clocks run apart.
  const bool first = since_first < -since_last;
  const double passed = first ? since_first : since_last;
  const std::uint32_t from = first ? other.first_timestamp : other.last_timestamp;
  const auto ticks =
      static_cast<std::uint32_t>(static_cast<std::int64_t>(passed / kNsPerSecond * clock));
  const double ahead = static_cast<std::int32_t>(timestamp - from - ticks);
  return ahead >= -kBehindSeconds * clock && ahead <= kAheadSeconds * clock;
}

}  // namespace

bool repairs(const RtpFacts& stream, const RtpFacts& other) {
  if (stream.ssrc == other.ssrc) return false;
  if (stream.ssrc == 0 && stream.kinds == 0) return true;
  const bool sooner = stream.first_ns < other.first_ns;
  if (stream.packets * (sooner ? kSooner : kLater) >= other.packets) return false;
  if (stream.payload_type == other.payload_type) return false;
  const double clock = other.clock != 0 ? other.clock : kVideoClock;
  return (stream.first_timestamp == 0 ||
          stamped_like(other, clock, stream.first_ns, stream.first_timestamp)) &&
         stamped_like(other, clock, stream.last_ns, stream.last_timestamp);
}

}  // namespace deadair::flow
