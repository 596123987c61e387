// A ring of buckets of what a flow said.
#include "flow/chat_track.hpp"

#include <algorithm>

namespace deadair::flow {
namespace {

void raise(std::uint16_t& counter) {
  if (counter < 0xffff) ++counter;
}

}  // namespace

ChatCounts& ChatCounts::operator+=(const ChatCounts& other) {
  up += other.up;
  down += other.down;
  replies += other.replies;
  if (other.rtt_ms >= 0 && (rtt_ms < 0 || other.rtt_ms < rtt_ms)) rtt_ms = other.rtt_ms;
  return *this;
}

ChatCounts ChatBucket::counts() const {
  ChatCounts counts{up, down, replies, -1};
  if (fastest != kNoReply) counts.rtt_ms = fastest / 10.0;
  return counts;
}

bool ChatTrack::turn_to(std::int32_t number) {
  if (newest_ != kNone && number < newest_) return newest_ - number < std::int32_t{kBuckets};
  const std::int64_t ahead =
      newest_ == kNone ? std::int64_t{kBuckets} : std::int64_t{number} - newest_;
  if (ahead >= std::int64_t{kBuckets}) {
    buckets_.fill({});
  } else {
    for (std::int32_t i = newest_ + 1; i <= number; ++i) buckets_[place(i)] = {};
  }
  newest_ = number;
  return true;
}

void ChatTrack::count(ChatBucket& bucket, bool up, std::int64_t ts_ns) {
  raise(up ? bucket.up : bucket.down);
  if (up) {
    asked_ns_ = ts_ns;
    return;
  }
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t within = ts_ns - std::int64_t{ChatBucket::number_of(ts_ns)} * ChatBucket::kNs;
  bucket.heard = static_cast<std::uint16_t>(bucket.heard | 1U << (within / kSecond));
  if (asked_ns_ == kNever) return;
  const std::int64_t delay = ts_ns - asked_ns_;
  asked_ns_ = kNever;
  if (delay < 0 || delay > kReplyNs) return;
  raise(bucket.replies);
  const auto units = static_cast<std::uint16_t>(delay / ChatBucket::kReplyUnitNs);
  bucket.fastest = std::min(bucket.fastest, units);
}

const ChatBucket* ChatTrack::bucket(std::int64_t number) const {
  if (newest_ == kNone || number > newest_ || number <= newest_ - std::int64_t{kBuckets})
    return nullptr;
  return &buckets_[place(static_cast<std::int32_t>(number))];
}

ChatCounts ChatTrack::around(std::int64_t from_ns, std::int64_t to_ns) const {
  ChatCounts sum;
  if (newest_ == kNone || to_ns < from_ns) return sum;
  const std::int64_t oldest = newest_ - std::int64_t{kBuckets} + 1;
  const std::int64_t first = std::max<std::int64_t>(ChatBucket::number_of(from_ns), oldest);
  const std::int64_t last = std::min<std::int64_t>(ChatBucket::number_of(to_ns), newest_);
  for (std::int64_t number = first; number <= last; ++number) sum += bucket(number)->counts();
  return sum;
}

bool ChatTrack::burst_before(std::int64_t ts_ns) const {
  const auto within = [&](std::int64_t packet) {
    return packet != kNever && packet <= ts_ns && packet >= ts_ns - kBurstNs;
  };
  if (std::count_if(recent_.begin(), recent_.end(), within) >= std::ptrdiff_t{kBurst}) return true;
  const std::int64_t oldest = *std::min_element(recent_.begin(), recent_.end());
  if (oldest == kNever || oldest < ts_ns - kBurstNs) return false;
  const ChatCounts counts = around(ts_ns - kBurstNs, ts_ns);
  return counts.up + counts.down >= kBurst;
}

std::size_t ChatTrack::newest(std::span<ChatBucket> out, std::span<std::int32_t> numbers) const {
  std::size_t count = 0;
  if (newest_ == kNone) return count;
  for (std::int32_t i = 0; i < std::int32_t{kBuckets} && count < out.size(); ++i) {
    const std::int32_t number = newest_ - i;
    const ChatBucket& at = buckets_[place(number)];
    if (at.empty()) continue;
    out[count] = at;
    numbers[count++] = number;
  }
  return count;
}

}  // namespace deadair::flow
