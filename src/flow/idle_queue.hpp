// Orders live flows by their last packet, cheaply: a flow is queued when its class changes and
// looked at again only when its time might be up.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "flow/record.hpp"

namespace deadair::flow {

using RecordSlab = Slab<FlowRecord, 16>;  // chunks of 6 MiB, whole huge pages

// Time-outs in nanoseconds of packet time, by IdleClass. The queue rounds them up to whole ticks.
using Timeouts = std::array<std::int64_t, kIdleClasses>;

// One ring of buckets for each class; a bucket holds the flows last seen (as far as known) in one
// tick. Entries go stale when a flow gets another packet and are put right when their bucket comes
// up, so a packet of a known flow costs nothing.
class IdleQueue {
 public:
  static constexpr std::int64_t kTickNs = 250'000'000;

  IdleQueue(RecordSlab& records, const Timeouts& timeouts);

  // Starts or restarts the clock; there must be no flow queued.
  void restart(std::int64_t now_ns);

  // Queues a flow under its idle_class by its ts_last_ns.
  void add(std::uint32_t index);
  void remove(std::uint32_t index);
  void change_class(std::uint32_t index, IdleClass to);
  // Takes every flow out of the queue at once.
  void clear();

  // When the flow's time is up, were no further packet to come.
  [[nodiscard]] std::int64_t deadline_ns(const FlowRecord& record) const {
    return record.ts_last_ns + timeouts_[static_cast<std::size_t>(record.idle_class)];
  }

  // True when `now_ns` lies in a later tick than the last expire(): time to call it.
  [[nodiscard]] bool due(std::int64_t now_ns) const { return now_ns >= next_tick_ns_; }
  // Removes every flow whose deadline lies before the tick of `now_ns` and appends it to `expired`.
  void expire(std::int64_t now_ns, std::vector<std::uint32_t>& expired);

  // The flow idle longest, removed from the queue; kNone when there is none.
  std::uint32_t take_oldest();

 private:
  struct Ring {
    std::vector<std::uint32_t> heads;
    std::int64_t timeout_ticks = 0;
    std::int64_t next = 0;    // first tick whose bucket has not been expired
    std::int64_t oldest = 0;  // no bucket before this tick holds anything
    std::uint64_t live = 0;
  };
  struct Victim {
    std::int64_t ts_last_ns;
    std::uint32_t index;
  };

  Ring& ring_of(const FlowRecord& record) {
    return rings_[static_cast<std::size_t>(record.idle_class)];
  }
  [[nodiscard]] std::uint32_t& head(Ring& ring, std::int64_t tick) {
    return ring.heads[static_cast<std::size_t>(tick) % ring.heads.size()];
  }
  [[nodiscard]] std::int64_t tick_of(std::int64_t ts_ns) const {
    return ts_ns <= base_ns_ ? 0 : (ts_ns - base_ns_) / kTickNs;
  }
  void link(Ring& ring, std::uint32_t index, std::int64_t tick);
  void expire_bucket(Ring& ring, std::int64_t tick, std::vector<std::uint32_t>& expired);
  void gather_victims();
  void collect_victims(Ring& ring);
  [[nodiscard]] bool victims_due() const;
  void requeue_victims();

  RecordSlab& records_;
  Timeouts timeouts_;
  std::array<Ring, kIdleClasses> rings_;
  std::int64_t base_ns_ = 0;
  std::int64_t now_tick_ = 0;
  std::int64_t next_tick_ns_ = 0;
  std::vector<Victim> victims_;  // sorted, the longest idle last; all of one tick
  std::int64_t victims_tick_ = 0;
  std::array<bool, kIdleClasses> victims_classes_{};  // those among the victims
};

}  // namespace deadair::flow
