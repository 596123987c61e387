// Out-of-order assembly of a stream's first bytes.
#include "flow/stream_head.hpp"

#include <algorithm>

namespace deadair::flow {

bool StreamHead::add(std::uint32_t offset, ByteView segment) {
  if (offset >= kMost || segment.empty()) return false;
  segment = segment.first(kMost - offset);
  const std::size_t end = offset + segment.size();
  if (end <= ready_) return false;
  const std::size_t before = ready_;
  if (offset == bytes_.size()) {
    bytes_.insert(bytes_.end(), segment.begin(), segment.end());
  } else {
    if (bytes_.size() < end) bytes_.resize(end);
    // What is ready stays as it was seen first.
    const std::size_t from = std::max<std::size_t>(offset, ready_);
    std::copy(segment.begin() + (from - offset), segment.end(),
              bytes_.begin() + static_cast<std::ptrdiff_t>(from));
  }
  if (offset <= ready_)
    ready_ = end;
  else
    remember({offset, static_cast<std::uint32_t>(end)});
  for (bool joined = true; joined;) {
    joined = false;
    for (std::size_t i = 0; i < waiting_count_; ++i) {
      if (waiting_[i].begin > ready_) continue;
      ready_ = std::max<std::size_t>(ready_, waiting_[i].end);
      waiting_[i] = waiting_[--waiting_count_];
      joined = true;
      break;
    }
  }
  return ready_ > before;
}

void StreamHead::recycle() {
  constexpr std::size_t kMostKept = 4096;  // most streams show who they are within it
  if (bytes_.capacity() > kMostKept)
    *this = StreamHead{};
  else {
    bytes_.clear();
    ready_ = waiting_count_ = 0;
  }
}

void StreamHead::remember(Stretch added) {
  if (waiting_count_ < waiting_.size()) waiting_[waiting_count_++] = added;
}

}  // namespace deadair::flow
