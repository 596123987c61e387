// Keeps what is unread at the front of the buffer and reads as much as fits behind it.
#include "capture/byte_window.hpp"

#include <algorithm>

namespace deadair::capture {

bool ByteWindow::fill(std::size_t want) {
  if (end_ - begin_ >= want) return true;
  make_room(want);
  while (end_ - begin_ < want) {
    const std::size_t got = source_.read(room().subspan(end_));
    if (got == 0) return false;
    end_ += got;
  }
  return true;
}

void ByteWindow::make_room(std::size_t want) {
  const ByteView unread = data();
  if (want > capacity_) {
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(want);
    std::copy(unread.begin(), unread.end(), larger.get());
    buffer_ = std::move(larger);
    capacity_ = want;
  } else if (begin_ > 0) {
    std::copy(unread.begin(), unread.end(), buffer_.get());
  }
  end_ -= begin_;
  begin_ = 0;
}

}  // namespace deadair::capture
