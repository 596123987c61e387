// Follows the pace of packets that cannot be read: whether media flows, and where it pauses.
#pragma once

#include <cstdint>

#include "flow/liveliness.hpp"

namespace deadair::flow {

struct PulseFacts {
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::uint64_t packets = 0;
  bool lively = false;  // see Liveliness
  // Pauses of more than 200 ms and their sum. Only a stand-in for freezes: a sender that falls
  // silent on purpose makes them as well.
  std::uint32_t pauses = 0;
  std::uint64_t paused_ms = 0;
};

// One direction of a flow, or of several that carry the same media. Packets that come out of order
// are counted and make no pause.
class Pulse {
 public:
  void add(std::int64_t ts_ns);
  [[nodiscard]] PulseFacts facts() const;
  [[nodiscard]] std::int64_t last_ns() const { return last_ns_; }
  [[nodiscard]] bool lively() const { return liveliness_.lively(in_second_); }

 private:
  void turn_second(std::int64_t ts_ns);

  std::int64_t first_ns_ = 0;
  std::int64_t last_ns_ = 0;
  std::int64_t second_ns_ = 0;  // where the second at hand began
  std::uint64_t packets_ = 0;
  std::uint64_t paused_ns_ = 0;
  std::uint32_t pauses_ = 0;
  std::uint32_t in_second_ = 0;
  Liveliness liveliness_;
};
static_assert(sizeof(Pulse) <= 64);

}  // namespace deadair::flow
