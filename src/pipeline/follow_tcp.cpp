// The TCP side of the flow stage: flags, establishment, and when a tracker is worth its memory.
#include <algorithm>

#include "pipeline/flow_stage.hpp"

namespace deadair::pipeline {

using flow::FlowRecord;
using flow::IdleClass;
using flow::Side;
using namespace flow::tcp_seen;
using namespace wire::tcp_flag;

// True when the packet is the SYN of a new connection between the same ports.
bool FlowStage::reopens(const FlowRecord& record, const wire::Packet& packet, Side from) const {
  if (packet.proto != wire::ip_proto::kTcp || (packet.tcp_flags & (kSyn | kAck | kRst)) != kSyn)
    return false;
  if ((record.seen & (kReset | kFinA | kFinB)) != 0) return true;
  // Without a handshake the packets so far were the tail of an older connection.
  if ((record.seen & (kSynSeen | kSynAck)) == 0) return true;
  if ((record.seen & kEstablished) == 0 || record.tracker == flow::kNone) return false;
  const flow::TcpDirection& sender =
      tracks_[record.tracker].directions[static_cast<std::size_t>(from)];
  return sender.start_known && packet.seq + 1 != sender.first_seq;
}

flow::TcpTrack& FlowStage::track_of(FlowRecord& record) {
  if (record.tracker == flow::kNone) record.tracker = tracks_.take();
  return tracks_[record.tracker];
}

void FlowStage::note_flags(FlowRecord& record, const wire::Packet& packet, Side from) {
  const std::uint16_t flags = packet.tcp_flags;
  std::uint8_t seen = record.seen;
  if ((flags & kRst) != 0) {
    if ((seen & kReset) == 0)
      seen = static_cast<std::uint8_t>(seen | kReset | (from == Side::b ? kResetByB : 0));
  } else if ((flags & kSyn) != 0) {
    const std::uint8_t bit = (flags & kAck) != 0 ? kSynAck : kSynSeen;
    seen = static_cast<std::uint8_t>(seen | bit | ((seen & bit) != 0 ? kSynAgain : 0));
  }
  if ((flags & kFin) != 0)
    seen = static_cast<std::uint8_t>(seen | (from == Side::a ? kFinA : kFinB));
  record.seen = seen;
}

void FlowStage::note_established(FlowRecord& record, const wire::Packet& packet, Side from) {
  const bool by_client = from == record.client();
  const bool both = (record.seen & kSynSeen) != 0 && (record.seen & kSynAck) != 0;
  if (!by_client && (record.seen & kSynAck) == 0) return;
  record.seen = static_cast<std::uint8_t>(record.seen | kEstablished);
  flow::TcpTrack& track = track_of(record);
  flow::TcpDirection& sender = track.directions[static_cast<std::size_t>(from)];
  sender.first_seq = packet.seq;
  sender.start_known = true;
  if (!by_client || !both) return;
  // The packet that completes the handshake acknowledges the server's SYN and nothing else.
  flow::TcpDirection& server = track.directions[1 - static_cast<std::size_t>(from)];
  server.first_seq = server.next_seq = packet.ack;
  server.start_known = server.known = true;
  // A repeated SYN or SYN+ACK leaves open which of them was answered.
  if ((record.seen & kSynAgain) == 0)
    record.rtt_us = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>((packet.ts_ns - record.ts_first_ns) / 1000, 1, 0xffff'ffff));
}

void FlowStage::follow_tcp(std::uint32_t index, const wire::Packet& packet, Side from) {
  FlowRecord& record = table_[index];
  const std::uint16_t flags = packet.tcp_flags;
  // A reset was the last packet so far; from now on it no longer is.
  if ((record.seen & kReset) != 0 && record.tracker == flow::kNone)
    track_of(record).resets[(record.seen & kResetByB) != 0 ? 1 : 0] = {record.frame_last,
                                                                       record.ts_last_ns};
  const bool handshake = (record.seen & (kSynSeen | kSynAck)) != 0;
  if (handshake && (record.seen & kEstablished) == 0 && (flags & (kSyn | kRst)) == 0 &&
      (flags & kAck) != 0)
    note_established(record, packet, from);
  note_flags(record, packet, from);
  const bool worth_it = packet.payload_len > 0 || (flags & kFin) != 0;
  if (record.tracker != flow::kNone || worth_it) tcp_.update(track_of(record), from, packet);

  const bool fins = (record.seen & (kFinA | kFinB)) == (kFinA | kFinB);
  IdleClass idle = record.idle_class;
  if ((record.seen & kReset) != 0 || fins)
    idle = IdleClass::closed;
  else if ((record.seen & kEstablished) != 0 || (!handshake && (flags & kSyn) == 0))
    idle = IdleClass::tcp;
  if (idle != record.idle_class) table_.idle().change_class(index, idle);
}

}  // namespace deadair::pipeline
