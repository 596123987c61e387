// Memory that the kernel may back with huge pages: large tables are walked at random, and TLB
// misses cost more than cache misses.
#pragma once

#include <cstddef>
#include <new>

#include <sys/mman.h>

namespace deadair::flow {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// An allocator for std::vector; what is smaller than a huge page comes from the ordinary heap.
// Whether huge pages are given is up to the kernel, and a refusal costs nothing.
template <class T>
struct HugePageAllocator {
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>&) {
  }  // NOLINT: implicit by the allocator requirements

  T* allocate(std::size_t count) {
    const std::size_t size = count * sizeof(T);
    if (size < kHugePage) return static_cast<T*>(::operator new(size));
    void* memory = ::operator new(size, std::align_val_t{kHugePage});
    madvise(memory, size, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kHugePage)
      ::operator delete(memory);
    else
      ::operator delete(memory, std::align_val_t{kHugePage});
  }
  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
};

}  // namespace deadair::flow
