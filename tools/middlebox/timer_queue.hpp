// Keeps things until their time; those of one time leave in the order they came.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace deadair::middlebox {

template <class Thing>
class TimerQueue {
 public:
  void add(std::int64_t due_ns, Thing thing) {
    heap_.push_back({due_ns, ++added_, std::move(thing)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  // When the first is due; only when not empty.
  [[nodiscard]] std::int64_t next_ns() const { return heap_.front().due_ns; }
  [[nodiscard]] bool due(std::int64_t now_ns) const { return !empty() && next_ns() <= now_ns; }
  Thing take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Thing thing = std::move(heap_.back().thing);
    heap_.pop_back();
    return thing;
  }

 private:
  struct Entry {
    std::int64_t due_ns = 0;
    std::uint64_t number = 0;
    Thing thing;
  };
  static bool later(const Entry& one, const Entry& other) {
    return one.due_ns != other.due_ns ? one.due_ns > other.due_ns : one.number > other.number;
  }

  std::vector<Entry> heap_;
  std::uint64_t added_ = 0;
};

}  // namespace deadair::middlebox
