// Linear probing with backward-shift deletion: no tombstones, so lookups stay short for ever.
#include "flow/flow_table.hpp"

#include <algorithm>
#include <bit>

namespace deadair::flow {
namespace {

constexpr unsigned kFirstBits = 12;  // 4096 slots, 32 KiB

}  // namespace

FlowTable::FlowTable(const TableOptions& options)
    : seed_(options.hash_seed),
      max_flows_(std::max<std::uint64_t>(options.max_flows, 1)),
      shift_(32 - kFirstBits),
      slots_(std::size_t{1} << kFirstBits, kEmpty),
      idle_(records_, options.timeouts_ns) {}

void FlowTable::restart(std::int64_t now_ns) {
  constexpr std::size_t kFirstSlots = std::size_t{1} << kFirstBits;
  if (slots_.size() > kFirstSlots) {
    slots_ = Slots(kFirstSlots, kEmpty);
    shift_ = 32 - kFirstBits;
  }
  idle_.restart(now_ns);
}

FlowKey FlowTable::key(const FlowRecord& record) const {
  FlowKey key{{}, {}, record.port_a, record.port_b, record.proto, 4};
  if (record.v6) {
    key.ip_version = 6;
    key.a = pairs_[record.addr_a].a;
    key.b = pairs_[record.addr_a].b;
  } else {
    key.a = IpAddress::v4(record.addr_a);
    key.b = IpAddress::v4(record.addr_b);
  }
  return key;
}

bool FlowTable::matches_v6(const FlowRecord& record, const FlowKey& key) const {
  const AddressPair& pair = pairs_[record.addr_a];
  return pair.a == key.a && pair.b == key.b;
}

std::uint32_t FlowTable::find(const FlowKey& key, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = home(hash);; at = (at + 1) & mask) {
    const std::uint64_t slot = slots_[at];
    if (slot == kEmpty) return kNone;
    if (slot >> 32 == hash && matches(records_[slot_index(slot)], key)) return slot_index(slot);
  }
}

void FlowTable::place(std::uint64_t slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = home(static_cast<std::uint32_t>(slot >> 32));
  while (slots_[at] != kEmpty) at = (at + 1) & mask;
  slots_[at] = slot;
}

void FlowTable::grow() {
  Slots old(slots_.size() * 2, kEmpty);
  old.swap(slots_);
  --shift_;
  for (const std::uint64_t slot : old)
    if (slot != kEmpty) place(slot);
}

std::uint32_t FlowTable::begin(const Keyed& keyed, std::uint32_t hash, const wire::Packet& packet) {
  if (live_ * 10 >= slots_.size() * 7) grow();
  const std::uint32_t index = records_.take();
  FlowRecord& record = records_[index];
  const FlowKey& key = keyed.key;
  record.port_a = key.port_a;
  record.port_b = key.port_b;
  record.proto = key.proto;
  record.v6 = key.ip_version == 6;
  record.one_way = packet.one_way;
  record.client_is_b = keyed.from == Side::b;
  if (record.v6) {
    record.addr_a = pairs_.take();
    pairs_[record.addr_a] = {key.a, key.b};
  } else {
    record.addr_a = key.a.v4();
    record.addr_b = key.b.v4();
  }
  record.ts_first_ns = record.ts_last_ns = packet.ts_ns;
  record.frame_first = record.frame_last = packet.frame;
  record.idle_class = key.proto == wire::ip_proto::kTcp ? IdleClass::syn : IdleClass::udp;
  place(std::uint64_t{hash} << 32 | index);
  idle_.add(index);
  ++live_;
  return index;
}

void FlowTable::end(std::uint32_t index) {
  ++ends_;
  idle_.remove(index);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = home(hash_of(records_[index]));
  while (slot_index(slots_[at]) != index) at = (at + 1) & mask;
  // Close the gap: move back every later slot of the cluster that would no longer be found.
  for (std::size_t probe = (at + 1) & mask; slots_[probe] != kEmpty; probe = (probe + 1) & mask) {
    const std::size_t wanted = home(static_cast<std::uint32_t>(slots_[probe] >> 32));
    if (((probe - wanted) & mask) < ((probe - at) & mask)) continue;
    slots_[at] = slots_[probe];
    at = probe;
  }
  slots_[at] = kEmpty;
  --live_;
}

void FlowTable::release(std::uint32_t index) {
  if (records_[index].v6) pairs_.give_back(records_[index].addr_a);
  records_.give_back(index);
}

std::vector<std::uint32_t> FlowTable::end_all() {
  ++ends_;
  // Put in order by marking: millions of indices are slow to sort.
  constexpr unsigned kBits = 64;
  std::vector<std::uint64_t> marks(records_.reach() / kBits + 1, 0);
  for (const std::uint64_t slot : slots_)
    if (slot != kEmpty)
      marks[slot_index(slot) / kBits] |= std::uint64_t{1} << slot_index(slot) % kBits;
  std::vector<std::uint32_t> indices;
  indices.reserve(live_);
  for (std::size_t word = 0; word < marks.size(); ++word)
    for (std::uint64_t left = marks[word]; left != 0; left &= left - 1)
      indices.push_back(static_cast<std::uint32_t>(word * kBits) +
                        static_cast<std::uint32_t>(std::countr_zero(left)));
  std::fill(slots_.begin(), slots_.end(), kEmpty);
  idle_.clear();
  live_ = 0;
  return indices;
}

}  // namespace deadair::flow
