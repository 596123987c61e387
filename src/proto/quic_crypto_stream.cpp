// Joins pieces of a QUIC handshake message that come in any order.
#include "proto/quic_crypto_stream.hpp"

#include <algorithm>

namespace deadair::proto::quic {
namespace {

// Most hellos fit the first step, those with post-quantum keys and a ticket the second.
std::size_t room_for(std::size_t size) {
  std::size_t room = 2048;
  while (room < size) room *= 2;
  return room;
}

}  // namespace

bool CryptoStream::add(std::uint64_t offset, ByteView piece) {
  if (piece.empty() || offset > kMostBytes || piece.size() > kMostBytes - offset) return false;
  const Range range{static_cast<std::uint16_t>(offset),
                    static_cast<std::uint16_t>(offset + piece.size())};
  if (!note(range)) return false;
  if (bytes_.capacity() < range.end) bytes_.reserve(room_for(range.end));
  if (bytes_.size() < range.end) bytes_.resize(range.end);
  std::copy(piece.begin(), piece.end(), bytes_.begin() + range.begin);
  return true;
}

void CryptoStream::clear() {
  bytes_.clear();
  count_ = 0;
}

// Merges the range into those that it touches.
bool CryptoStream::note(Range range) {
  std::size_t first = 0;
  while (first < count_ && ranges_[first].end < range.begin) ++first;
  std::size_t last = first;  // one past the ranges touched
  while (last < count_ && ranges_[last].begin <= range.end) ++last;
  if (last == first) {
    if (count_ == ranges_.size()) return false;
    std::copy_backward(ranges_.begin() + static_cast<std::ptrdiff_t>(first),
                       ranges_.begin() + static_cast<std::ptrdiff_t>(count_),
                       ranges_.begin() + static_cast<std::ptrdiff_t>(count_ + 1));
    ranges_[first] = range;
    ++count_;
    return true;
  }
  Range& kept = ranges_[first];
  if (last == first + 1 && kept.begin <= range.begin && kept.end >= range.end) return false;
  kept = {std::min(kept.begin, range.begin), std::max(ranges_[last - 1].end, range.end)};
  std::copy(ranges_.begin() + static_cast<std::ptrdiff_t>(last),
            ranges_.begin() + static_cast<std::ptrdiff_t>(count_),
            ranges_.begin() + static_cast<std::ptrdiff_t>(first + 1));
  count_ -= last - first - 1;
  return true;
}

ByteView CryptoStream::start() const {
  return has_start() ? ByteView(bytes_).first(ranges_[0].end) : ByteView{};
}

std::size_t CryptoStream::loose_pieces() const { return count_ - (has_start() ? 1 : 0); }

ByteView CryptoStream::loose_piece(std::size_t i) const {
  const Range range = ranges_[i + (has_start() ? 1 : 0)];
  return ByteView(bytes_).sub(range.begin, range.end - range.begin);
}

}  // namespace deadair::proto::quic
