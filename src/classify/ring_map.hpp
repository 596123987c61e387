// A hash map of fixed capacity that forgets its oldest entry: memory across flows without a leak.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "flow/slab.hpp"

namespace deadair::classify {

// `Hash` is called with a key and must be deterministic. Entries are found by key and forgotten in
// the order in which they were added; the room grows only as it is needed.
template <class Key, class Value, class Hash>
class RingMap {
 public:
  // `capacity` must be a power of two.
  explicit RingMap(std::uint32_t capacity, Hash hash = {})
      : capacity_(capacity), hash_(hash), heads_(capacity, kEnd) {}

  [[nodiscard]] Value* find(const Key& key) { return find_in(bucket(key), key); }
  [[nodiscard]] const Value* find(const Key& key) const { return find_in(bucket(key), key); }

  // The value of `key`, made anew if it is not known; what can be recycled keeps its memory.
  Value& claim(const Key& key) {
    const std::uint32_t in = bucket(key);
    if (Value* known = find_in(in, key)) return *known;
    const std::uint32_t at = next_place();
    Entry& made = entry(at);
    made.key = key;
    if constexpr (flow::Recyclable<Value>)
      made.value.recycle();
    else
      made.value = Value{};
    made.next = heads_[in];
    heads_[in] = at;
    return made.value;
  }

  [[nodiscard]] std::size_t size() const { return used_; }

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

  // Entries in chunks that stay where they are, found by a shift and a mask.
  [[nodiscard]] Entry& entry(std::uint32_t at) const {
    return chunks_[at >> kChunkBits][at & (kChunk - 1)];
  }

  Value* find_in(std::uint32_t in, const Key& key) const {
    for (std::uint32_t at = heads_[in]; at != kEnd;) {
      Entry& known = entry(at);
      if (known.key == key) return &known.value;
      at = known.next;
    }
    return nullptr;
  }

  std::uint32_t next_place() {
    if (used_ < capacity_) {
      if (used_ >> kChunkBits == chunks_.size())
        chunks_.push_back(std::make_unique<Entry[]>(kChunk));
      return used_++;
    }
    const std::uint32_t at = oldest_;
    oldest_ = (oldest_ + 1) & (capacity_ - 1);
    const Entry& old = entry(at);
    std::uint32_t* link = &heads_[bucket(old.key)];
    while (*link != at) link = &entry(*link).next;
    *link = old.next;
    return at;
  }

  // About 16 KiB.
  static constexpr unsigned kChunkBits =
      static_cast<unsigned>(std::bit_width(std::max<std::size_t>((1U << 14) / sizeof(Entry), 1))) -
      1;
  static constexpr std::uint32_t kChunk = 1U << kChunkBits;

  std::uint32_t capacity_;
  Hash hash_;
  std::uint32_t oldest_ = 0;
  std::uint32_t used_ = 0;
  std::vector<std::uint32_t> heads_;
  std::vector<std::unique_ptr<Entry[]>> chunks_;
};

}  // namespace deadair::classify
