// Follows the two byte streams of a TCP flow: what was sent again, came late, was never captured,
// and how it closed.
#pragma once

#include <array>
#include <cstdint>

#include "flow/key.hpp"
#include "flow/slab.hpp"
#include "wire/packet.hpp"

namespace deadair::flow {

// A stretch of one stream that was skipped over. Sequence numbers wrap (RFC 9293 section 3.4).
struct Hole {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::int64_t made_ns = 0;
  bool by_ack = false;  // an acknowledgement told of it, not the data after it
};

// The holes of one direction; only flows that have any own one. At the limit the oldest is settled.
struct HoleList {
  static constexpr std::size_t kMost = 8;
  std::array<Hole, kMost> holes;
  std::uint32_t count = 0;
};

// A FIN or RST: which packet, and when.
struct Closing {
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
};

// One direction of a connection, from the sender's point of view.
struct TcpDirection {
  std::uint32_t first_seq = 0;   // of the stream's first byte, when start_known
  std::uint32_t next_seq = 0;    // one past the highest byte seen or acknowledged
  std::uint32_t max_ack = 0;     // highest byte the other side has acknowledged
  std::uint32_t sample_end = 0;  // the segment whose acknowledgement is being timed
  std::uint32_t holes = kNone;
  std::int64_t sample_ns = 0;  // 0 when none is
  std::uint64_t missed_bytes = 0;
  std::uint32_t min_rtt_us = 0;  // from data to its acknowledgement, smallest; 0 when not measured
  std::uint32_t retransmitted = 0;
  std::uint32_t out_of_order = 0;
  std::uint32_t zero_windows = 0;  // packets that closed the receive window of their sender
  bool known = false;              // next_seq means something
  bool start_known = false;        // the handshake was seen
  bool acked = false;              // max_ack means something
  bool window_closed = false;
  bool acked_early = false;  // an acknowledgement came by up to 2 ms before what it acknowledges
};

struct TcpTrack {
  std::array<TcpDirection, 2> directions;  // by the sender's Side
  std::array<Closing, 2> fins;
  std::array<Closing, 2> resets;  // the first of each side
};

// Sequence-space order; correct while both lie within 2^31 of each other.
constexpr bool seq_before(std::uint32_t x, std::uint32_t y) {
  return static_cast<std::int32_t>(x - y) < 0;
}

// Applies one packet. Segments further than 2^30 from what is expected are ignored: no window
// reaches that far (RFC 7323 section 2.3), so they belong to something else.
class TcpTracker {
 public:
  void update(TcpTrack& track, Side from, const wire::Packet& packet);
  // Bytes acknowledged by the receiver but never captured, in both directions so far.
  [[nodiscard]] std::uint64_t missed_bytes(const TcpTrack& track) const {
    return missed_bytes(track.directions[0]) + missed_bytes(track.directions[1]);
  }
  [[nodiscard]] std::uint64_t missed_bytes(const TcpDirection& sender) const;
  // Calls `visit` with the time of each stretch that is missing now; older ones may be forgotten.
  template <class Visit>
  void each_missing(const TcpDirection& sender, Visit visit) const {
    if (sender.holes == kNone) return;
    const HoleList& list = holes_[sender.holes];
    for (std::uint32_t i = 0; i < list.count; ++i)
      if (acked_part(sender, list.holes[i]) != 0) visit(list.holes[i].made_ns);
  }
  // Gives back what the track owns.
  void drop(TcpTrack& track);

 private:
  void on_segment(TcpDirection& sender, const wire::Packet& packet, std::uint32_t length);
  void on_ack(TcpDirection& acknowledged, const wire::Packet& packet);
  void open_hole(TcpDirection& sender, const Hole& hole);
  // Removes the stretch from the holes. Returns the oldest that it touched; made at -1 for none.
  Hole fill(TcpDirection& sender, std::uint32_t begin, std::uint32_t end);
  void settle_oldest(TcpDirection& sender);
  void settle_distant(TcpDirection& sender);
  static std::uint32_t acked_part(const TcpDirection& sender, const Hole& hole);

  Slab<HoleList, 6> holes_;
};

}  // namespace deadair::flow
