// The table of live flows: find by key, begin, end by time or budget.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/idle_queue.hpp"
#include "flow/key.hpp"
#include "flow/record.hpp"
#include "wire/packet.hpp"

namespace deadair::flow {

struct TableOptions {
  Timeouts timeouts_ns{};
  std::uint64_t max_flows = 4'000'000;  // at least 1
  std::uint64_t hash_seed = 0;
};

// Open addressing over 8-byte slots (32 bits of hash, 32 bits of record index) in front of 96-byte
// records: a packet of a known flow touches one slot line and one record, both prefetched a batch
// ahead.
class FlowTable {
 public:
  explicit FlowTable(const TableOptions& options);

  // Starts or restarts the clock of a table without live flows; an index grown large is given back,
  // for it is walked whenever all flows end.
  void restart(std::int64_t now_ns);

  [[nodiscard]] std::uint32_t hash_of(const FlowKey& key) const { return hash(key, seed_); }
  [[gnu::always_inline]] void prefetch_slot(std::uint32_t hash) const {
    __builtin_prefetch(&slots_[home(hash)]);
  }
  [[gnu::always_inline]] void prefetch_slot_of(std::uint32_t index) const {
    prefetch_slot(hash_of(records_[index]));
  }
  // The record that is probably meant, by the hash alone; kNone when none of the first slots holds
  // it. A third of the flows lie behind another one when the table is half full.
  [[nodiscard]] std::uint32_t probable(std::uint32_t hash) const {
    constexpr unsigned kMostProbes = 6;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = home(hash);
    for (unsigned probe = 0; probe < kMostProbes; ++probe, at = (at + 1) & mask) {
      const std::uint64_t slot = slots_[at];
      if (slot >> 32 == hash) return slot_index(slot);
      if (slot == kEmpty) break;
    }
    return kNone;
  }
  [[gnu::always_inline]] void prefetch(std::uint32_t index) const { records_.prefetch(index); }

  // Changes whenever a flow ends: while it has not, a record that was probable still is a live
  // flow's.
  [[nodiscard]] std::uint64_t ends() const { return ends_; }
  // Whether the record of a live flow is of this key.
  [[nodiscard]] bool is(std::uint32_t index, const FlowKey& key) const {
    return matches(records_[index], key);
  }
  // The live flow of this key, or kNone.
  [[nodiscard]] std::uint32_t find(const FlowKey& key, std::uint32_t hash) const;
  // Begins a flow with the packet's time, frame and ends; its class is udp, or syn for TCP. The key
  // must not be in the table, and the table not full().
  std::uint32_t begin(const Keyed& keyed, std::uint32_t hash, const wire::Packet& packet);
  // Takes the flow out of the index and the idle queue; the record stays readable until release().
  void end(std::uint32_t index);
  void release(std::uint32_t index);

  [[nodiscard]] FlowRecord& operator[](std::uint32_t index) { return records_[index]; }
  [[nodiscard]] const FlowRecord& operator[](std::uint32_t index) const { return records_[index]; }
  [[nodiscard]] FlowKey key(const FlowRecord& record) const;

  [[nodiscard]] std::uint64_t live() const { return live_; }
  [[nodiscard]] bool full() const { return live_ >= max_flows_; }
  [[nodiscard]] IdleQueue& idle() { return idle_; }
  [[nodiscard]] const IdleQueue& idle() const { return idle_; }

  // The flow idle longest; kNone when the table is empty. It is out of the idle queue, so end() it.
  std::uint32_t oldest() { return idle_.take_oldest(); }
  // Takes every flow out at once, as end() would; returns them in the order of their records in
  // memory.
  std::vector<std::uint32_t> end_all();

 private:
  struct AddressPair {
    IpAddress a, b;
  };

  using Slots = std::vector<std::uint64_t, HugePageAllocator<std::uint64_t>>;

  // An empty slot is all ones: its index reads as kNone.
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  static constexpr std::uint32_t slot_index(std::uint64_t slot) {
    return static_cast<std::uint32_t>(slot);
  }
  [[nodiscard]] std::size_t home(std::uint32_t hash) const { return hash >> shift_; }
  [[nodiscard, gnu::always_inline]] bool matches(const FlowRecord& record,
                                                 const FlowKey& key) const {
    const bool v6 = key.ip_version == 6;
    if (record.port_a != key.port_a || record.port_b != key.port_b || record.proto != key.proto ||
        record.v6 != v6)
      return false;
    if (v6) [[unlikely]]
      return matches_v6(record, key);
    return record.addr_a == key.a.v4() && record.addr_b == key.b.v4();
  }
  [[nodiscard]] bool matches_v6(const FlowRecord& record, const FlowKey& key) const;
  [[nodiscard]] std::uint32_t hash_of(const FlowRecord& record) const {
    return hash_of(key(record));
  }
  void place(std::uint64_t slot);
  void grow();

  std::uint64_t seed_;
  std::uint64_t max_flows_;
  std::uint64_t live_ = 0;
  std::uint64_t ends_ = 0;
  unsigned shift_;
  Slots slots_;
  RecordSlab records_;
  Slab<AddressPair, 10> pairs_;
  IdleQueue idle_;
};

}  // namespace deadair::flow
