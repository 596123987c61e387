// Forgets flows that were idle, as a NAT or stateful firewall does.
#include "actions/nat_timeout.hpp"

namespace deadair::middlebox {
namespace {

bool is_reset(const wire::Packet& packet) {
  return packet.proto == wire::ip_proto::kTcp && (packet.tcp_flags & wire::tcp_flag::kRst) != 0;
}

}  // namespace

ActionPtr NatTimeout::from(Fields& fields) {
  constexpr double kFiveMinutes = 300;
  auto action = std::make_unique<NatTimeout>();
  action->idle_ns_ = fields.seconds("seconds", kFiveMinutes);
  action->reset_ = fields.flag("reset", false);
  action->on_reset_ = fields.flag("on_reset", false);
  action->ack_ = fields.flag("ack", false);
  action->forgery_ = Forgery::from(fields);
  return action;
}

Outcome NatTimeout::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  if (idle_too_long(transit)) memory.spent = true;
  if (!memory.spent) {
    memory.spent = on_reset_ && is_reset(transit.packet());
    return Outcome::untouched;
  }
  if (reset_ && transit.flow->proto == wire::ip_proto::kTcp) refuse(transit, memory, injections);
  return Outcome::dropped;
}

bool NatTimeout::idle_too_long(const Transit& transit) const {
  const FlowState& flow = *transit.flow;
  return flow.previous_ns >= 0 && transit.now_ns - flow.previous_ns > idle_ns_;
}

// RFC 9293 section 3.10.7.1: the answer to a segment of no connection.
void NatTimeout::refuse(const Transit& transit, Memory& memory,
                        std::vector<Injection>& injections) const {
  namespace flag = wire::tcp_flag;
  const wire::Packet& cause = transit.packet();
  if (is_reset(cause)) return;
  const Way way = back(transit.way);
  const FlowSide& claimed = transit.flow->side(way);
  const FlowSide& victim = transit.flow->side(transit.way);
  const auto header = forgery_.next(claimed, victim, cause, memory);
  TcpFields tcp{claimed.port, victim.port, cause.ack, 0, flag::kRst, 0};
  const bool acknowledged = (cause.tcp_flags & flag::kAck) != 0;
  if (!acknowledged) tcp.seq = 0;
  if (!acknowledged || ack_) {
    tcp.ack = cause.seq + sequence_length(cause);
    tcp.flags = flag::kRst | flag::kAck;
  }
  const Bytes packet = tcp_packet(header.ip, tcp);
  injections.push_back(
      {frame_like(transit.frame, transit.headers, true, ByteView(packet)), way, 0});
}

}  // namespace deadair::middlebox
