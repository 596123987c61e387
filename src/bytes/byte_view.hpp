// Bounded view over packet bytes: the only way deadair reads what came off the wire.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace deadair {

// A read-only view whose every access is checked. Reading past the end yields zero and slicing past
// the end yields the part that exists, so that no input can make a parser leave the packet; parsers
// ask has() where the difference between "zero" and "not captured" matters. Always inlined: after
// one has() for a whole header the compiler drops the checks of its fields.
class ByteView {
 public:
  constexpr ByteView() = default;
  constexpr ByteView(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  constexpr ByteView(std::span<const std::uint8_t> bytes)  // NOLINT: implicit by intent
      : data_(bytes.data()), size_(bytes.size()) {}

  static ByteView of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  // True when the `count` bytes from `offset` on were captured.
  [[nodiscard, gnu::always_inline]] constexpr bool has(std::size_t offset,
                                                       std::size_t count) const {
    return offset <= size_ && count <= size_ - offset;
  }

  // Big-endian (network order) reads; zero when any byte is missing.
  [[nodiscard, gnu::always_inline]] constexpr std::uint8_t u8(std::size_t at) const {
    return at < size_ ? data_[at] : std::uint8_t{0};
  }
  [[nodiscard, gnu::always_inline]] constexpr std::uint16_t be16(std::size_t at) const {
    return has(at, 2) ? static_cast<std::uint16_t>(data_[at] << 8 | data_[at + 1])
                      : std::uint16_t{0};
  }
  [[nodiscard, gnu::always_inline]] constexpr std::uint32_t be24(std::size_t at) const {
    return has(at, 3)
               ? std::uint32_t{data_[at]} << 16 | std::uint32_t{data_[at + 1]} << 8 | data_[at + 2]
               : 0U;
  }
  [[nodiscard, gnu::always_inline]] constexpr std::uint32_t be32(std::size_t at) const {
    return has(at, 4) ? std::uint32_t{data_[at]} << 24 | std::uint32_t{data_[at + 1]} << 16 |
                            std::uint32_t{data_[at + 2]} << 8 | data_[at + 3]
                      : 0U;
  }
  [[nodiscard, gnu::always_inline]] constexpr std::uint64_t be64(std::size_t at) const {
    return has(at, 8) ? std::uint64_t{be32(at)} << 32 | be32(at + 4) : 0U;
  }
  // Little-endian reads, for formats that use host order (pcap headers, radiotap, loopback).
  [[nodiscard, gnu::always_inline]] constexpr std::uint16_t le16(std::size_t at) const {
    return has(at, 2) ? static_cast<std::uint16_t>(data_[at + 1] << 8 | data_[at])
                      : std::uint16_t{0};
  }
  [[nodiscard, gnu::always_inline]] constexpr std::uint32_t le32(std::size_t at) const {
    return has(at, 4) ? std::uint32_t{data_[at + 3]} << 24 | std::uint32_t{data_[at + 2]} << 16 |
                            std::uint32_t{data_[at + 1]} << 8 | data_[at]
                      : 0U;
  }
  [[nodiscard, gnu::always_inline]] constexpr std::uint64_t le64(std::size_t at) const {
    return has(at, 8) ? std::uint64_t{le32(at + 4)} << 32 | le32(at) : 0U;
  }

  // The bytes from `offset` on, clamped to what exists.
  [[nodiscard, gnu::always_inline]] constexpr ByteView from(std::size_t offset) const {
    return offset < size_ ? ByteView{data_ + offset, size_ - offset} : ByteView{};
  }
  // At most `count` bytes from `offset` on, clamped to what exists.
  [[nodiscard, gnu::always_inline]] constexpr ByteView sub(std::size_t offset,
                                                           std::size_t count) const {
    const ByteView rest = from(offset);
    return {rest.data_, std::min(count, rest.size_)};
  }
  [[nodiscard, gnu::always_inline]] constexpr ByteView first(std::size_t count) const {
    return sub(0, count);
  }

  [[nodiscard]] constexpr std::span<const std::uint8_t> span() const { return {data_, size_}; }
  [[nodiscard]] constexpr const std::uint8_t* data() const { return data_; }
  [[nodiscard]] constexpr const std::uint8_t* begin() const { return data_; }
  [[nodiscard]] constexpr const std::uint8_t* end() const { return data_ + size_; }
  // The same bytes as characters; they may hold anything, control characters included.
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(data_), size_};
  }

  [[nodiscard]] bool starts_with(std::span<const std::uint8_t> prefix) const {
    return size_ >= prefix.size() &&
           (prefix.empty() || std::memcmp(data_, prefix.data(), prefix.size()) == 0);
  }
  [[nodiscard]] bool starts_with(std::string_view prefix) const {
    return starts_with(of(prefix).span());
  }
  [[nodiscard]] bool equals(ByteView other) const {
    return size_ == other.size_ && starts_with(other.span());
  }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// The first N bytes of a view that is known to hold as many: reads at places fixed in the program
// are checked when it is compiled, not when it runs.
template <std::size_t N>
class FixedView {
 public:
  // `bytes.has(0, N)` must be true.
  explicit constexpr FixedView(ByteView bytes) : data_(bytes.data()) {}

  template <std::size_t At>
  [[nodiscard, gnu::always_inline]] constexpr std::uint8_t u8() const {
    static_assert(At < N);
    return data_[At];
  }
  // Big-endian (network order).
  template <std::size_t At>
  [[nodiscard, gnu::always_inline]] constexpr std::uint16_t be16() const {
    return static_cast<std::uint16_t>(u8<At>() << 8 | u8<At + 1>());
  }
  template <std::size_t At>
  [[nodiscard, gnu::always_inline]] constexpr std::uint32_t be32() const {
    return std::uint32_t{u8<At>()} << 24 | std::uint32_t{u8<At + 1>()} << 16 |
           std::uint32_t{u8<At + 2>()} << 8 | u8<At + 3>();
  }

 private:
  const std::uint8_t* data_;
};

// Reads a view front to back. After the first read past the end ok() stays false and every further
// read yields zero or an empty view, so a parser may check once, at its end.
class ByteReader {
 public:
  explicit constexpr ByteReader(ByteView view) : view_(view) {}

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t offset() const { return at_; }
  [[nodiscard]] constexpr std::size_t left() const { return view_.size() - at_; }
  [[nodiscard]] constexpr ByteView rest() const { return view_.from(at_); }

  constexpr std::uint8_t u8() { return view_.u8(advance(1)); }
  constexpr std::uint16_t be16() { return view_.be16(advance(2)); }
  constexpr std::uint32_t be24() { return view_.be24(advance(3)); }
  constexpr std::uint32_t be32() { return view_.be32(advance(4)); }
  constexpr std::uint64_t be64() { return view_.be64(advance(8)); }
  constexpr ByteView take(std::size_t count) {
    const std::size_t at = advance(count);
    return ok_ ? view_.sub(at, count) : ByteView{};
  }
  constexpr void skip(std::size_t count) { advance(count); }

 private:
  // Returns where the read starts, or a place past the end once a read has failed.
  constexpr std::size_t advance(std::size_t count) {
    if (!ok_ || count > left()) {
      ok_ = false;
      at_ = view_.size();
      return at_;
    }
    const std::size_t here = at_;
    at_ += count;
    return here;
  }

  ByteView view_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace deadair
