// Finds the state of a packet's flow; bounded, the flow idle longest goes first.
#include "flow_table.hpp"

#include <algorithm>

namespace deadair::middlebox {
namespace {

using wire::tcp_flag::kAck;
using wire::tcp_flag::kFin;
using wire::tcp_flag::kRst;
using wire::tcp_flag::kSyn;

bool begins_anew(const FlowState& flow, const wire::Packet& packet) {
  if (packet.proto != wire::ip_proto::kTcp || (packet.tcp_flags & (kSyn | kAck)) != kSyn)
    return false;
  return flow.reset || (flow.isn_known && flow.client_isn != packet.seq);
}

void note_tcp(FlowState& flow, FlowSide& side, const wire::Packet& packet, Way way) {
  const std::uint32_t end = packet.seq + sequence_length(packet);
  const bool opening = (packet.tcp_flags & kSyn) != 0;
  if (!side.seen || opening || static_cast<std::int32_t>(end - side.next_seq) > 0)
    side.next_seq = end;
  side.window = packet.window;
  if ((packet.tcp_flags & kAck) != 0) {
    side.ack = packet.ack;
    side.acked = true;
  }
  if (way == Way::up && opening) {
    flow.client_isn = packet.seq;
    flow.isn_known = true;
  }
  if ((packet.tcp_flags & kFin) != 0) flow.fin[index(way)] = true;
  if ((packet.tcp_flags & kRst) != 0 || (flow.fin[0] && flow.fin[1])) flow.reset = true;
}

void note_packet(FlowState& flow, const wire::Packet& packet, Way way, std::int64_t now_ns) {
  FlowSide& side = flow.side(way);
  if (packet.proto == wire::ip_proto::kTcp) note_tcp(flow, side, packet, way);
  side.seen = true;
  side.ttl = packet.ttl;
  side.ip_id = packet.ip_id;
  flow.previous_ns = flow.last_ns;
  flow.last_ns = now_ns;
}

}  // namespace

FlowTable::FlowTable(std::size_t most_flows, std::size_t rules, Ended ended)
    : most_flows_(std::max<std::size_t>(most_flows, 1)), rules_(rules), ended_(std::move(ended)) {}

FlowState& FlowTable::note(const wire::Packet& packet, Way way, std::int64_t now_ns) {
  const flow::FlowKey key = flow::key_of(packet).key;
  auto found = flows_.find(key);
  if (found != flows_.end() && way == Way::up && begins_anew(found->second->state, packet)) {
    end(found->second);
    found = flows_.end();
  }
  if (found != flows_.end()) order_.splice(order_.begin(), order_, found->second);
  FlowState& flow = found == flows_.end() ? begin(key, packet, way) : found->second->state;
  note_packet(flow, packet, way, now_ns);
  return flow;
}

FlowState& FlowTable::begin(const flow::FlowKey& key, const wire::Packet& packet, Way way) {
  if (order_.size() >= most_flows_) end(std::prev(order_.end()));
  FlowState& flow = order_.emplace_front(Entry{key, {}}).state;
  flows_[key] = order_.begin();
  flow.proto = packet.proto;
  flow.ordinal = ++flows_so_far_;
  flow.memories.resize(rules_);
  FlowSide& sender = flow.side(way);
  FlowSide& receiver = flow.side(back(way));
  sender.address = packet.src;
  sender.port = packet.src_port;
  receiver.address = packet.dst;
  receiver.port = packet.dst_port;
  return flow;
}

void FlowTable::end(Order::iterator entry) {
  ended_(entry->state);
  flows_.erase(entry->key);
  order_.erase(entry);
}

void FlowTable::end_all() {
  order_.sort(
      [](const Entry& one, const Entry& other) { return one.state.ordinal < other.state.ordinal; });
  for (const Entry& entry : order_) ended_(entry.state);
  order_.clear();
  flows_.clear();
}

}  // namespace deadair::middlebox
