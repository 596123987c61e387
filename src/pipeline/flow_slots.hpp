// A bounded side table by flow: what only a few flows of the table need, the newest ones first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "flow/slab.hpp"

namespace deadair::pipeline {

// Four bytes for every place in the flow table up to the last flow that had an entry. At the bound
// the entry made first is dropped. `T` is recyclable and knows nothing of its flow.
template <class T>
class FlowSlots {
 public:
  explicit FlowSlots(std::size_t most) : most_(most) {}

  // Fetch ahead what find() and its caller will read: first where it is, then what is there.
  [[gnu::always_inline]] void prefetch_place(std::uint32_t flow) const {
    if (flow < slots_.size()) __builtin_prefetch(&slots_[flow]);
  }
  [[gnu::always_inline]] void prefetch(std::uint32_t flow) const {
    if (has(flow)) slab_.prefetch(slots_[flow]);
  }
  // Null when the flow has none.
  T* find(std::uint32_t flow) {
    if (flow >= slots_.size() || slots_[flow] == flow::kNone) return nullptr;
    return &slab_[slots_[flow]].value;
  }
  // The flow must not have one.
  T& make(std::uint32_t flow) {
    // Behind an entry that lives long gather the turns of others that ended.
    if (order_.size() >= kMostTurns * most_)
      std::erase_if(order_, [this](const Turn& turn) { return !lives(turn); });
    while (slab_.live() >= most_ && !order_.empty()) {
      const Turn turn = order_.front();
      order_.pop_front();
      if (lives(turn)) drop(turn.flow);
    }
    if (flow >= slots_.size())
      slots_.resize(std::max<std::size_t>(flow + 1, slots_.size() * 2), flow::kNone);
    const std::uint32_t index = slab_.take();
    slots_[flow] = index;
    slab_[index].number = ++number_;
    order_.push_back({flow, number_});
    // Whose place is taken next was last touched long ago.
    if (slab_.live() >= most_ && has(order_.front().flow)) fetch(slots_[order_.front().flow]);
    return slab_[index].value;
  }
  void drop(std::uint32_t flow) {
    if (!has(flow)) return;
    slab_.give_back(slots_[flow]);
    slots_[flow] = flow::kNone;
    // Entries of ended flows leave from the front, so that the queue stays near what lives.
    while (!order_.empty() && !lives(order_.front())) order_.pop_front();
  }

 private:
  struct Entry {
    T value;
    std::uint64_t number = 0;
    void recycle() { value.recycle(); }
  };
  struct Turn {
    std::uint32_t flow;
    std::uint64_t number;
  };

  static constexpr std::size_t kMostTurns = 4;  // for each entry there may be

  // What a new entry touches first.
  [[gnu::always_inline]] void fetch(std::uint32_t slot) const {
    constexpr std::size_t kPair = 128, kMost = 3 * kPair;
    for (std::size_t offset = 0; offset < std::min(sizeof(Entry), kMost); offset += kPair)
      slab_.prefetch_pair(slot, offset);
  }
  [[nodiscard]] bool has(std::uint32_t flow) const {
    return flow < slots_.size() && slots_[flow] != flow::kNone;
  }
  [[nodiscard]] bool lives(const Turn& turn) const {
    return has(turn.flow) && slab_[slots_[turn.flow]].number == turn.number;
  }

  std::size_t most_;
  std::uint64_t number_ = 0;
  flow::Slab<Entry, 6> slab_;
  std::vector<std::uint32_t> slots_;
  std::deque<Turn> order_;
};

}  // namespace deadair::pipeline
