// Sequence tracking of TCP flows.
#include "flow/tcp_track.hpp"

#include <algorithm>

namespace deadair::flow {
namespace {

constexpr std::uint32_t kFarthest = 1U << 30;
// A gap filled within this time was reordering on the path; later, a retransmission (as Wireshark
// judges it).
constexpr std::int64_t kReorderNs = 3'000'000;
// A card with several queues hands packets over this much out of order.
constexpr std::int64_t kQueuesNs = 2'000'000;

constexpr bool near(std::uint32_t x, std::uint32_t y) {
  return x - y < kFarthest || y - x < kFarthest;
}

void note_closing(Closing& closing, const wire::Packet& packet) {
  if (!closing.frame.valid()) closing = {packet.frame, packet.ts_ns};
}

}  // namespace

void TcpTracker::open_hole(TcpDirection& sender, const Hole& hole) {
  if (sender.holes == kNone) sender.holes = holes_.take();
  HoleList& list = holes_[sender.holes];
  if (list.count == HoleList::kMost) settle_oldest(sender);
  list.holes[list.count++] = hole;
}

// What was acknowledged of the oldest hole is missing for good.
void TcpTracker::settle_oldest(TcpDirection& sender) {
  HoleList& list = holes_[sender.holes];
  sender.missed_bytes += acked_part(sender, list.holes[0]);
  std::move(list.holes.begin() + 1, list.holes.end(), list.holes.begin());
  --list.count;
}

// Sequence numbers wrap: a hole must be settled before the stream has gone half round from it.
void TcpTracker::settle_distant(TcpDirection& sender) {
  if (sender.holes == kNone) return;
  const HoleList& list = holes_[sender.holes];
  while (list.count > 0 && sender.next_seq - list.holes[0].begin >= kFarthest)
    settle_oldest(sender);
}

std::uint32_t TcpTracker::acked_part(const TcpDirection& sender, const Hole& hole) {
  if (!sender.acked || !seq_before(hole.begin, sender.max_ack)) return 0;
  const std::uint32_t end = seq_before(sender.max_ack, hole.end) ? sender.max_ack : hole.end;
  return end - hole.begin;
}

Hole TcpTracker::fill(TcpDirection& sender, std::uint32_t begin, std::uint32_t end) {
  Hole touched{0, 0, -1};
  if (sender.holes == kNone) return touched;
  HoleList& list = holes_[sender.holes];
  HoleList kept;
  const auto keep = [&kept](std::uint32_t from, std::uint32_t to, const Hole& of) {
    if (seq_before(from, to) && kept.count < HoleList::kMost)
      kept.holes[kept.count++] = {from, to, of.made_ns, of.by_ack};
  };
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const Hole& hole = list.holes[i];
    if (!seq_before(begin, hole.end) || !seq_before(hole.begin, end)) {
      keep(hole.begin, hole.end, hole);
      continue;
    }
    if (touched.made_ns < 0) touched = hole;
    keep(hole.begin, begin, hole);
    keep(end, hole.end, hole);
  }
  list = kept;
  return touched;
}

void TcpTracker::on_segment(TcpDirection& sender, const wire::Packet& packet,
                            std::uint32_t length) {
  const std::uint32_t end = packet.seq + length;
  if (!sender.known) {
    sender.known = true;
    sender.next_seq = end;
    return;
  }
  if (!near(packet.seq, sender.next_seq)) return;
  if (length == 0) return;
  if (!seq_before(packet.seq, sender.next_seq)) {  // new data, perhaps after a gap
    if (packet.seq != sender.next_seq)
      open_hole(sender, {sender.next_seq, packet.seq, packet.ts_ns});
    sender.next_seq = end;
    settle_distant(sender);
    if (sender.sample_ns == 0) {
      sender.sample_ns = packet.ts_ns;
      sender.sample_end = end;
    }
    return;
  }
  // A byte or less below next_seq is a keep-alive (RFC 9293 section 3.8.4), not a retransmission.
  if (packet.payload_len <= 1 && end == sender.next_seq &&
      (packet.tcp_flags & (wire::tcp_flag::kFin | wire::tcp_flag::kSyn)) == 0)
    return;
  const Hole filled = fill(sender, packet.seq, end);
  const std::int64_t late = packet.ts_ns - filled.made_ns;
  if (filled.made_ns >= 0 && filled.by_ack && late <= kQueuesNs) sender.acked_early = true;
  if (filled.made_ns >= 0 && late <= kReorderNs)
    ++sender.out_of_order;
  else
    ++sender.retransmitted;
  sender.sample_ns = 0;  // Karn: an acknowledgement would be ambiguous (RFC 6298 section 3)
  if (seq_before(sender.next_seq, end)) sender.next_seq = end;
}

void TcpTracker::on_ack(TcpDirection& acknowledged, const wire::Packet& packet) {
  if (!acknowledged.known || !near(packet.ack, acknowledged.next_seq)) return;
  if (!acknowledged.acked || seq_before(acknowledged.max_ack, packet.ack)) {
    acknowledged.acked = true;
    acknowledged.max_ack = packet.ack;
  }
  if (seq_before(acknowledged.next_seq, packet.ack)) {
    // One number beyond may be a FIN that was not captured; no payload is missing then.
    if (packet.ack - acknowledged.next_seq > 1)
      open_hole(acknowledged, {acknowledged.next_seq, packet.ack, packet.ts_ns, true});
    acknowledged.next_seq = packet.ack;
    settle_distant(acknowledged);
  }
  if (acknowledged.sample_ns != 0 && !seq_before(packet.ack, acknowledged.sample_end)) {
    const std::int64_t took_us =
        std::clamp<std::int64_t>((packet.ts_ns - acknowledged.sample_ns) / 1000, 1, 0xffff'ffff);
    const auto rtt = static_cast<std::uint32_t>(took_us);
    if (acknowledged.min_rtt_us == 0 || rtt < acknowledged.min_rtt_us)
      acknowledged.min_rtt_us = rtt;
    acknowledged.sample_ns = 0;
  }
}

void TcpTracker::update(TcpTrack& track, Side from, const wire::Packet& packet) {
  using namespace wire::tcp_flag;
  const auto side = static_cast<std::size_t>(from);
  TcpDirection& sender = track.directions[side];
  const std::uint16_t flags = packet.tcp_flags;
  if ((flags & kRst) != 0) {
    note_closing(track.resets[side], packet);
    return;  // its sequence number is often zero, and a payload is a diagnostic text at best
  }
  const std::uint32_t length =
      packet.payload_len + ((flags & kSyn) != 0 ? 1U : 0U) + ((flags & kFin) != 0 ? 1U : 0U);
  on_segment(sender, packet, length);
  if ((flags & kFin) != 0) note_closing(track.fins[side], packet);
  if ((flags & kAck) != 0) on_ack(track.directions[1 - side], packet);
  const bool closed = packet.window == 0 && (flags & kSyn) == 0;
  if (closed && !sender.window_closed) ++sender.zero_windows;
  sender.window_closed = closed;
}

std::uint64_t TcpTracker::missed_bytes(const TcpDirection& sender) const {
  std::uint64_t missed = sender.missed_bytes;
  if (sender.holes == kNone) return missed;
  const HoleList& list = holes_[sender.holes];
  for (std::uint32_t i = 0; i < list.count; ++i) missed += acked_part(sender, list.holes[i]);
  return missed;
}

void TcpTracker::drop(TcpTrack& track) {
  for (TcpDirection& sender : track.directions) {
    if (sender.holes != kNone) holes_.give_back(sender.holes);
    sender.holes = kNone;
  }
}

}  // namespace deadair::flow
