// Keeps the packets around the tear-down of a TCP flow.
#include "interference/story_keeper.hpp"

#include <algorithm>

#include "interference/tcp_story.hpp"

namespace deadair::interference {

void StoryKeeper::keep_before(const PacketMark& mark) { before_[passed_++ % kBefore] = mark; }

void StoryKeeper::add(const PacketMark& mark) {
  torn_by_rst_ = torn_by_rst_ || mark.rst();
  if (first_count_ < kFirst) {
    first_[first_count_++] = mark;
    return;
  }
  if (after_count_ == 0 && !mark.rst() && !mark.fin()) {
    keep_before(mark);
    return;
  }
  const bool first_rst =
      mark.rst() && std::none_of(after_.begin(), after_.begin() + after_count_,
                                 [](const PacketMark& kept) { return kept.rst(); });
  if (first_rst) {
    for (std::size_t i = 0; i < after_count_; ++i) keep_before(after_[i]);
    after_count_ = 0;
  }
  if (after_count_ == 0) end_ns_ = mark.ts_ns + kRaceWindow;
  if (after_count_ < kAfter && mark.ts_ns <= end_ns_) after_[after_count_++] = mark;
}

std::size_t StoryKeeper::assemble(std::vector<PacketMark>& out) const {
  const std::size_t kept = static_cast<std::size_t>(std::min<std::uint64_t>(passed_, kBefore));
  out.assign(first_.begin(), first_.begin() + first_count_);
  for (std::uint64_t i = passed_ - kept; i < passed_; ++i) out.push_back(before_[i % kBefore]);
  out.insert(out.end(), after_.begin(), after_.begin() + after_count_);
  return passed_ > kBefore ? kFirst : 0;
}

}  // namespace deadair::interference
