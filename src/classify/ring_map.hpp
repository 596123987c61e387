// A hash map of fixed capacity that forgets its oldest entry: memory across flows without a leak.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace deadair::classify {

// `Hash` is called with a key and must be deterministic. Entries are found by key and forgotten in
// the order in which they were added; the room grows only as it is needed.
template <class Key, class Value, class Hash>
class RingMap {
 public:
  // `capacity` must be a power of two.
  explicit RingMap(std::uint32_t capacity, Hash hash = {})
      : capacity_(capacity), hash_(hash), heads_(capacity, kEnd) {}

  [[nodiscard]] Value* find(const Key& key) {
    for (std::uint32_t at = heads_[bucket(key)]; at != kEnd; at = entries_[at].next)
      if (entries_[at].key == key) return &entries_[at].value;
    return nullptr;
  }

  [[nodiscard]] const Value* find(const Key& key) const {
    for (std::uint32_t at = heads_[bucket(key)]; at != kEnd; at = entries_[at].next)
      if (entries_[at].key == key) return &entries_[at].value;
    return nullptr;
  }

  // The value of `key`, made anew if it is not known.
  Value& claim(const Key& key) {
    if (Value* known = find(key)) return *known;
    const std::uint32_t at = next_place();
    const std::uint32_t in = bucket(key);
    entries_[at].key = key;
    entries_[at].value = Value{};
    entries_[at].next = heads_[in];
    heads_[in] = at;
    return entries_[at].value;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::uint32_t kEnd = 0xffff'ffff;
  struct Entry {
    Key key;
    Value value;
    std::uint32_t next = kEnd;
  };

  [[nodiscard]] std::uint32_t bucket(const Key& key) const {
    return static_cast<std::uint32_t>(hash_(key)) & (capacity_ - 1);
  }

  std::uint32_t next_place() {
    if (entries_.size() < capacity_) {
      entries_.emplace_back();
      return static_cast<std::uint32_t>(entries_.size() - 1);
    }
    const std::uint32_t at = oldest_;
    oldest_ = (oldest_ + 1) & (capacity_ - 1);
    std::uint32_t* link = &heads_[bucket(entries_[at].key)];
    while (*link != at) link = &entries_[*link].next;
    *link = entries_[at].next;
    return at;
  }

  std::uint32_t capacity_;
  Hash hash_;
  std::uint32_t oldest_ = 0;
  std::vector<std::uint32_t> heads_;
  std::deque<Entry> entries_;
};

}  // namespace deadair::classify
