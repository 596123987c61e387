// Finds the text flows that lived around a call.
#include "call/chat_book.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

constexpr unsigned kNumberBits = 24;  // of an entry, in a ChatFlow

}  // namespace

ChatBook::ChatBook(std::uint64_t seed, std::uint32_t capacity) : seed_(seed), capacity_(capacity) {}

ChatFlow ChatBook::begin(const IpAddress& client, std::uint32_t app, const flow::ChatTrack& track,
                         std::int64_t ts_ns) {
  forget_old(ts_ns);
  if (entries_.live() >= capacity_)
    remove(ended_.front() != kNoNode ? ended_.front() : alive_.front());
  const std::uint32_t number = entries_.take();
  if (number >= known_.size()) known_.resize(std::size_t{number} + 1);
  const ChatFlow id = ++begun_ << kNumberBits | number;
  known_[number] = id;
  Entry& entry = entries_[number];
  entry.client = client;
  entry.app = app;
  entry.track = &track;
  entry.begin_ns = ts_ns;
  chains_.add(hash(client, app), number);
  alive_.push(number);
  return id;
}

void ChatBook::end(ChatFlow flow, std::int64_t ts_ns) {
  const auto number = static_cast<std::uint32_t>(flow & ((1U << kNumberBits) - 1));
  if (flow == 0 || number >= known_.size() || known_[number] != flow) return;
  Entry& entry = entries_[number];
  if (entry.track == nullptr) return;
  entry.kept = static_cast<std::uint32_t>(entry.track->newest(entry.buckets, entry.numbers));
  entry.track = nullptr;
  entry.end_ns = ts_ns;
  alive_.remove(number);
  ended_.push(number);
  forget_old(ts_ns);
}

void ChatBook::forget_old(std::int64_t now_ns) {
  while (ended_.front() != kNoNode && entries_[ended_.front()].end_ns < now_ns - kKeptNs)
    remove(ended_.front());
}

void ChatBook::remove(std::uint32_t number) {
  const Entry& entry = entries_[number];
  chains_.remove(hash(entry.client, entry.app), number);
  (entry.track == nullptr ? ended_ : alive_).remove(number);
  known_[number] = 0;
  entries_.give_back(number);
}

flow::ChatCounts ChatBook::Entry::around(std::int64_t from_ns, std::int64_t to_ns) const {
  if (track != nullptr) return track->around(from_ns, to_ns);
  flow::ChatCounts sum;
  for (std::uint32_t i = 0; i < kept; ++i) {
    const bool in = numbers[i] >= flow::ChatBucket::number_of(from_ns) &&
                    numbers[i] <= flow::ChatBucket::number_of(to_ns);
    if (in) sum += buckets[i].counts();
  }
  return sum;
}

bool ChatBook::Entry::burst_before(std::int64_t ts_ns) const {
  if (track != nullptr) return track->burst_before(ts_ns);
  const flow::ChatCounts counts = around(ts_ns - flow::ChatTrack::kBurstNs, ts_ns);
  return counts.up + counts.down >= flow::ChatTrack::kBurst;
}

template <class Visit>
void ChatBook::each(const IpAddress& client, std::uint32_t app, Visit visit) const {
  unsigned walked = 0;
  for (std::uint32_t number = chains_.first(hash(client, app));
       number != kNoNode && walked < kMostFlows; number = chains_.next(number), ++walked) {
    const Entry& entry = entries_[number];
    if (entry.app == app && entry.client == client) visit(entry);
  }
}

ChatSummary ChatBook::around(const IpAddress& client, std::uint32_t app, std::int64_t from_ns,
                             std::int64_t to_ns) const {
  ChatSummary summary;
  flow::ChatCounts sum;
  each(client, app, [&](const Entry& entry) {
    const bool ended_before = entry.track == nullptr && entry.end_ns < from_ns;
    if (entry.begin_ns > to_ns || ended_before) return;
    ++summary.flows;
    sum += entry.around(from_ns, to_ns);
  });
  summary.sent = sum.up;
  summary.received = sum.down;
  summary.replies = sum.replies;
  summary.rtt_ms = sum.rtt_ms;
  return summary;
}

void ChatBook::each_bucket(const IpAddress& client, std::uint32_t app, std::int64_t from_ns,
                           std::int64_t to_ns, const VisitBucket& visit) const {
  const std::int32_t first = flow::ChatBucket::number_of(from_ns);
  const std::int32_t last = flow::ChatBucket::number_of(to_ns);
  each(client, app, [&](const Entry& entry) {
    std::array<flow::ChatBucket, flow::ChatTrack::kBuckets> alive;
    std::array<std::int32_t, flow::ChatTrack::kBuckets> numbers{};
    const bool lives = entry.track != nullptr;
    const std::size_t count = lives ? entry.track->newest(alive, numbers) : entry.kept;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t number = lives ? numbers[i] : entry.numbers[i];
      if (number >= first && number <= last) visit(number, lives ? alive[i] : entry.buckets[i]);
    }
  });
}

bool ChatBook::burst_before(const IpAddress& client, std::uint32_t app, std::int64_t ts_ns) const {
  bool burst = false;
  each(client, app, [&](const Entry& entry) { burst = burst || entry.burst_before(ts_ns); });
  return burst;
}

}  // namespace deadair::call
