// The ways a capture file can end: cleanly, cut, damaged, or unreadable from somewhere on.
#include "capture/file_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace deadair::capture {

std::size_t FileReader::next(std::span<wire::RawPacket> out) {
  while (!ended_ && !out.empty()) {
    const std::size_t count = take(out);
    if (count > 0) return count;
    if (!ended_ && !window_.fill(need_)) finish();
  }
  return 0;
}

void FileReader::finish() {
  ended_ = true;
  const std::string& why = source().problem();
  if (why.empty() && !in_mid_record()) return;
  truncated_ = true;
  problem_ = why.empty() ? fmt::format("cut in mid-packet after frame {}", frames_)
                         : fmt::format("{}; read up to frame {}", why, frames_);
}

void FileReader::damaged(const std::string& what) {
  ended_ = true;
  truncated_ = true;
  problem_ = fmt::format("damaged at byte {} after frame {}: {}", window_.offset(), frames_, what);
}

void FileReader::add_link_type(wire::LinkType link) {
  if (std::find(link_types_.begin(), link_types_.end(), link) == link_types_.end())
    link_types_.push_back(link);
}

}  // namespace deadair::capture
