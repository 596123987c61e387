// Follows a WireGuard tunnel whose handshakes are answered and whose data is not.
#pragma once

#include <cstdint>

#include "wire/packet.hpp"

namespace deadair::interference {

// The paper, section 6.5: who gets data and has none to send answers with an empty message after
// KEEPALIVE-TIMEOUT, 10 s; who has sent data and got nothing for 15 s opens the handshake anew. So
// a handshake that was answered, data after it, and nothing back until the next handshake means
// that the data did not arrive, or the answer: whatever the other end's settings are, for it
// answers before it looks where the data goes. Times are packet times.
class DataRounds {
 public:
  // One datagram of the side that opens, and one of the other; openings among them.
  void sent(const wire::Packet& packet);
  void came(const wire::Packet& packet);

  // Data passed both ways.
  [[nodiscard]] bool carried() const { return data_sent_ && data_came_; }
  // Handshakes in a row that were answered while the data after each was not.
  [[nodiscard]] std::uint32_t count() const { return count_ + (failed(last_ns_) ? 1 : 0); }
  // The first data of the first of them.
  [[nodiscard]] wire::FrameRef frame() const { return count_ != 0 ? frame_ : asked_frame_; }

 private:
  void close_round(std::int64_t ts_ns);
  [[nodiscard]] bool failed(std::int64_t until_ns) const;

  std::int64_t asked_ns_ = 0;  // the round's first data
  std::int64_t last_ns_ = 0;   // the round's last data
  wire::FrameRef frame_, asked_frame_;
  std::uint32_t count_ = 0;
  bool answered_ = false;  // the round's handshake
  bool asked_ = false;
  bool data_sent_ = false, data_came_ = false;
};

}  // namespace deadair::interference
