// Finds the state of a packet's flow; bounded, the flow idle longest goes first.
#pragma once

#include <functional>
#include <list>
#include <unordered_map>

#include "flow/key.hpp"
#include "flow_state.hpp"

namespace deadair::middlebox {

class FlowTable {
 public:
  using Ended = std::function<void(const FlowState&)>;

  // `ended` is told of every flow that leaves; each flow gets `rules` memories.
  FlowTable(std::size_t most_flows, std::size_t rules, Ended ended);

  // The state of the packet's flow, with the packet's fields noted. A SYN that is no repetition
  // begins a new flow.
  FlowState& note(const wire::Packet& packet, Way way, std::int64_t now_ns);
  // Ends all flows in the order they began.
  void end_all();
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  struct Entry {
    flow::FlowKey key;
    FlowState state;
  };
  struct Hash {
    std::size_t operator()(const flow::FlowKey& key) const { return flow::hash(key, 0); }
  };
  using Order = std::list<Entry>;

  FlowState& begin(const flow::FlowKey& key, const wire::Packet& packet, Way way);
  void end(Order::iterator entry);

  std::size_t most_flows_;
  std::size_t rules_;
  Ended ended_;
  std::uint64_t flows_so_far_ = 0;
  Order order_;  // by last packet, the latest first
  std::unordered_map<flow::FlowKey, Order::iterator, Hash> flows_;
};

}  // namespace deadair::middlebox
