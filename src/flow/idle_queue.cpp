// Buckets of flows by the tick of their last packet, one ring a time-out class.
#include "flow/idle_queue.hpp"

#include <algorithm>
#include <utility>

namespace deadair::flow {
namespace {

// idle_prev of a flow at the head of a bucket names the bucket; of a flow set aside as a victim,
// this.
constexpr std::uint32_t kHeadFlag = 0x8000'0000;
constexpr std::uint32_t kVictimMark = 0xffff'fffe;

constexpr bool is_head(std::uint32_t prev) { return (prev & kHeadFlag) != 0; }

}  // namespace

IdleQueue::IdleQueue(RecordSlab& records, const Timeouts& timeouts)
    : records_(records), timeouts_(timeouts) {
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    rings_[i].timeout_ticks = (timeouts_[i] + kTickNs - 1) / kTickNs;
    timeouts_[i] = rings_[i].timeout_ticks * kTickNs;
    rings_[i].heads.assign(static_cast<std::size_t>(rings_[i].timeout_ticks) + 2, kNone);
  }
}

void IdleQueue::restart(std::int64_t now_ns) {
  victims_.clear();
  base_ns_ = now_ns;
  now_tick_ = 0;
  next_tick_ns_ = now_ns + kTickNs;
  for (Ring& ring : rings_) ring.next = ring.oldest = 0;
}

void IdleQueue::link(Ring& ring, std::uint32_t index, std::int64_t tick) {
  tick = std::clamp(tick, ring.next, now_tick_);
  std::uint32_t& first = head(ring, tick);
  FlowRecord& record = records_[index];
  record.idle_next = first;
  record.idle_prev =
      kHeadFlag | static_cast<std::uint32_t>(static_cast<std::size_t>(tick) % ring.heads.size());
  if (first != kNone) records_[first].idle_prev = index;
  first = index;
  ring.oldest = std::min(ring.oldest, tick);
  ++ring.live;
}

void IdleQueue::add(std::uint32_t index) {
  const FlowRecord& record = records_[index];
  link(ring_of(record), index, tick_of(record.ts_last_ns));
}

void IdleQueue::remove(std::uint32_t index) {
  FlowRecord& record = records_[index];
  if (record.idle_prev == kNone) return;
  if (record.idle_prev != kVictimMark) {
    Ring& ring = ring_of(record);
    if (is_head(record.idle_prev))
      ring.heads[record.idle_prev & ~kHeadFlag] = record.idle_next;
    else
      records_[record.idle_prev].idle_next = record.idle_next;
    if (record.idle_next != kNone) records_[record.idle_next].idle_prev = record.idle_prev;
    --ring.live;
  }
  record.idle_prev = record.idle_next = kNone;
}

void IdleQueue::change_class(std::uint32_t index, IdleClass to) {
  if (records_[index].idle_class == to) return;
  remove(index);
  records_[index].idle_class = to;
  add(index);
}

void IdleQueue::clear() {
  for (Ring& ring : rings_) {
    if (ring.live > 0) std::fill(ring.heads.begin(), ring.heads.end(), kNone);
    ring.live = 0;
  }
  victims_.clear();
}

void IdleQueue::expire_bucket(Ring& ring, std::int64_t tick, std::vector<std::uint32_t>& expired) {
  std::uint32_t index = std::exchange(head(ring, tick), kNone);
  while (index != kNone) {
    FlowRecord& record = records_[index];
    const std::uint32_t next = record.idle_next;
    --ring.live;
    const std::int64_t last = tick_of(record.ts_last_ns);
    if (last > tick) {
      link(ring, index, last);
    } else {
      record.idle_prev = record.idle_next = kNone;
      expired.push_back(index);
    }
    index = next;
  }
}

void IdleQueue::expire(std::int64_t now_ns, std::vector<std::uint32_t>& expired) {
  now_tick_ = std::max(now_tick_, tick_of(now_ns));
  if (victims_due()) requeue_victims();
  next_tick_ns_ = base_ns_ + (now_tick_ + 1) * kTickNs;
  for (Ring& ring : rings_) {
    const std::int64_t end = now_tick_ - ring.timeout_ticks;  // ticks before this one are over
    // After a long pause once round the ring finds everything.
    const std::int64_t last =
        std::min(end, ring.next + static_cast<std::int64_t>(ring.heads.size()));
    for (; ring.live > 0 && ring.next < last; ++ring.next) expire_bucket(ring, ring.next, expired);
    ring.next = std::max(ring.next, end);
    ring.oldest = std::max(ring.oldest, ring.next);
  }
}

// True when the time of some victims is up. Until then they stay set aside: to gather and sort
// millions of flows again in every tick would take for ever.
bool IdleQueue::victims_due() const {
  if (victims_.empty()) return false;
  for (std::size_t i = 0; i < rings_.size(); ++i)
    if (victims_classes_[i] && now_tick_ - victims_tick_ > rings_[i].timeout_ticks) return true;
  return false;
}

void IdleQueue::requeue_victims() {
  for (const Victim& victim : victims_) {
    if (records_[victim.index].idle_prev == kVictimMark) add(victim.index);
  }
  victims_.clear();
}

// Moves the flows of the ring's oldest bucket that are truly idle since then to victims_.
void IdleQueue::collect_victims(Ring& ring) {
  std::uint32_t index = std::exchange(head(ring, ring.oldest), kNone);
  while (index != kNone) {
    FlowRecord& record = records_[index];
    const std::uint32_t next = record.idle_next;
    --ring.live;
    const std::int64_t last = tick_of(record.ts_last_ns);
    if (last > ring.oldest) {
      link(ring, index, last);
    } else {
      record.idle_prev = kVictimMark;
      victims_classes_[static_cast<std::size_t>(record.idle_class)] = true;
      victims_.push_back({record.ts_last_ns, index});
    }
    index = next;
  }
}

void IdleQueue::gather_victims() {
  while (victims_.empty()) {
    std::int64_t oldest = now_tick_ + 1;
    for (Ring& ring : rings_) {
      if (ring.live == 0) continue;
      while (head(ring, ring.oldest) == kNone) ++ring.oldest;
      oldest = std::min(oldest, ring.oldest);
    }
    if (oldest > now_tick_) return;
    victims_tick_ = oldest;
    victims_classes_.fill(false);
    for (Ring& ring : rings_)
      if (ring.live > 0 && ring.oldest == oldest) collect_victims(ring);
  }
  std::sort(victims_.begin(), victims_.end(), [this](const Victim& x, const Victim& y) {
    if (x.ts_last_ns != y.ts_last_ns) return x.ts_last_ns > y.ts_last_ns;
    return records_[x.index].frame_first > records_[y.index].frame_first;
  });
}

std::uint32_t IdleQueue::take_oldest() {
  for (;;) {
    if (victims_.empty()) gather_victims();
    if (victims_.empty()) return kNone;
    const Victim victim = victims_.back();
    victims_.pop_back();
    FlowRecord& record = records_[victim.index];
    if (record.idle_prev != kVictimMark) continue;  // ended or changed class meanwhile
    record.idle_prev = record.idle_next = kNone;
    if (record.ts_last_ns == victim.ts_last_ns) return victim.index;
    add(victim.index);  // had a packet meanwhile
  }
}

}  // namespace deadair::flow
