// Fixed-size objects in chunks, addressed by 32-bit index: stable addresses, no copy when it grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "flow/huge_pages.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define DEADAIR_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DEADAIR_ASAN
#endif
#endif
#ifdef DEADAIR_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace deadair::flow {

inline constexpr std::uint32_t kNone = 0xffff'ffff;

// An object that says how it can be used again keeps its own memory between two uses.
template <class T>
concept Recyclable = requires(T object) { object.recycle(); };

// Objects are value-initialised by take() and destroyed by give_back(), or recycled where they can
// be; indices are reused.
template <class T, unsigned kChunkBits = 12>
class Slab {
 public:
  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  ~Slab() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      std::vector<bool> unused(used_, false);
      for (const std::uint32_t index : free_) {
        allow(index);
        unused[index] = !Recyclable<T>;
      }
      for (std::uint32_t i = 0; i < used_; ++i)
        if (!unused[i]) (*this)[i].~T();
    }
  }

  // Out of line: it is called where a flow needs a side table, in the midst of what every packet
  // runs through.
  [[gnu::noinline]] std::uint32_t take() {
    std::uint32_t index;
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
      ++live_;
      allow(index);
      if constexpr (Recyclable<T>) return index;
    } else {
      index = used_++;
      if (index >> kChunkBits == chunks_.size()) add_chunk();
      ++live_;
    }
    new (slot(index)) T{};
    return index;
  }

  void give_back(std::uint32_t index) {
    if constexpr (Recyclable<T>)
      (*this)[index].recycle();
    else
      (*this)[index].~T();
    forbid(index);
    free_.push_back(index);
    --live_;
  }

  T& operator[](std::uint32_t index) { return *std::launder(static_cast<T*>(slot(index))); }
  const T& operator[](std::uint32_t index) const {
    return *std::launder(static_cast<const T*>(slot(index)));
  }

  [[nodiscard]] std::uint32_t live() const { return live_; }
  // Above every index ever taken.
  [[nodiscard]] std::uint32_t reach() const { return used_; }

  // Fetches the first lines of an object, or two lines `offset` bytes into it. Always inlined, as
  // all that only prefetches must be: GCC takes such a function for one without effect, and drops
  // calls of it.
  [[gnu::always_inline]] void prefetch(std::uint32_t index) const {
    prefetch_pair(index, 0);
    if constexpr (sizeof(T) > 128)
      __builtin_prefetch(static_cast<const std::byte*>(slot(index)) + 128, 1);
  }
  [[gnu::always_inline]] void prefetch_pair(std::uint32_t index, std::size_t offset) const {
    const auto* place = static_cast<const std::byte*>(slot(index)) + offset;
    __builtin_prefetch(place, 1);
    if constexpr (sizeof(T) > 64) __builtin_prefetch(place + 64, 1);
  }

 private:
  static constexpr std::uint32_t kChunk = 1U << kChunkBits;
  static constexpr bool kLarge = sizeof(T) * kChunk >= kHugePage;
  struct alignas(kLarge ? kHugePage : std::max(alignof(T), std::size_t{32})) Chunk {
    std::byte bytes[sizeof(T) * kChunk];
  };

  void add_chunk() {
    chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    if constexpr (kLarge) madvise(chunks_.back().get(), sizeof(Chunk), MADV_HUGEPAGE);
  }
  // AddressSanitizer sees an index that outlived its object.
  void forbid([[maybe_unused]] std::uint32_t index) const {
#ifdef DEADAIR_ASAN
    __asan_poison_memory_region(slot(index), sizeof(T));
#endif
  }
  void allow([[maybe_unused]] std::uint32_t index) const {
#ifdef DEADAIR_ASAN
    __asan_unpoison_memory_region(slot(index), sizeof(T));
#endif
  }
  void* slot(std::uint32_t index) const {
    return chunks_[index >> kChunkBits]->bytes + sizeof(T) * (index & (kChunk - 1));
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
  std::uint32_t live_ = 0;
};

}  // namespace deadair::flow
