// A growing run of characters that output is rendered into before it is written in one block.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace deadair::report {

// Cheaper than std::string for many small appends: room is made ahead, nothing is zeroed twice and
// no terminator is kept.
class Buffer {
 public:
  explicit Buffer(std::size_t capacity = 4096) : storage_(capacity) {}

  [[nodiscard]] std::string_view view() const { return {storage_.data(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

  // At least `count` writable characters at the end; keep(n) makes the first n of them count.
  std::span<char> room(std::size_t count) {
    if (storage_.size() - size_ < count) grow(count);
    return std::span<char>(storage_).subspan(size_, count);
  }
  void keep(std::size_t count) { size_ += count; }

  void append(std::string_view text) {
    std::copy_n(text.begin(), text.size(), room(text.size()).begin());
    size_ += text.size();
  }
  void append(char character) {
    room(1)[0] = character;
    ++size_;
  }
  void append_number(std::uint64_t value) {
    constexpr std::size_t kMostDigits = 20;
    const std::span<char> out = room(kMostDigits);
    char* const end = std::to_chars(&out.front(), &out.back() + 1, value).ptr;
    size_ += static_cast<std::size_t>(end - &out.front());
  }

 private:
  void grow(std::size_t count) { storage_.resize(std::max(storage_.size() * 2, size_ + count)); }

  std::vector<char> storage_;
  std::size_t size_ = 0;
};

}  // namespace deadair::report
