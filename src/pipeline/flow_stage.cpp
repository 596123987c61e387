// Batches, time, and the beginning and end of flows.
#include "pipeline/flow_stage.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "pipeline/end_order.hpp"

namespace deadair::pipeline {
namespace {

constexpr double kSecondNs = 1e9;
// Captures of several queues or interfaces step back by milliseconds. A larger step is another
// clock: times before and after cannot be compared, so every flow ends there.
constexpr std::int64_t kMostStepBackNs = 5'000'000'000;
// Ended flows wait for the end of their tick, to leave in order; should the clock stand still, no
// more than these do.
constexpr std::size_t kMostEnded = 1U << 14;

flow::TableOptions table_options(const RunOptions& options) {
  const auto ns = [](double seconds) {
    return static_cast<std::int64_t>(std::llround(seconds * kSecondNs));
  };
  flow::TableOptions table;
  table.timeouts_ns = {ns(options.timeouts.syn_s), ns(options.timeouts.tcp_s),
                       ns(options.timeouts.closed_s), ns(options.timeouts.udp_s),
                       ns(options.timeouts.media_s)};
  table.max_flows = options.max_flows;
  // Nothing in the output depends on it; it keeps a hostile capture from aiming at one slot.
  std::random_device random;
  table.hash_seed = std::uint64_t{random()} << 32 | random();
  return table;
}

// Ports above 1023 that servers of calls, messengers and tunnels are known to listen on (IANA
// registry).
bool is_server_port(std::uint16_t port) {
  if ((port >= 8801 && port <= 8810) || (port >= 19302 && port <= 19309)) return true;
  constexpr std::array<std::uint16_t, 19> kKnown = {1194, 1701, 1723, 3478, 3479, 3480, 3481,
                                                    3544, 4244, 5060, 5061, 5222, 5223, 5228,
                                                    5242, 5349, 7985, 8080, 8443};
  return port != 0 && (port < 1024 || std::binary_search(kKnown.begin(), kKnown.end(), port));
}

bool has_ports(std::uint8_t proto) {
  using namespace wire::ip_proto;
  return proto == kTcp || proto == kUdp || proto == kSctp;
}

// True when the ends of a flow's first packet suggest that it is an answer: it comes from a
// server's port, or in a capture that begins in the middle from a public address to a private one,
// for networks behind a translator seldom hold servers.
bool answers(const wire::Packet& packet) {
  if (is_server_port(packet.src_port) != is_server_port(packet.dst_port))
    return is_server_port(packet.src_port);
  return !is_private(packet.src) && is_private(packet.dst) && !packet.dst.multicast();
}

void guess_client(flow::FlowRecord& record, const wire::Packet& packet, flow::Side from) {
  using namespace wire::tcp_flag;
  if (packet.proto == wire::ip_proto::kTcp && (packet.tcp_flags & (kSyn | kRst)) == kSyn) {
    const bool answer = (packet.tcp_flags & kAck) != 0;
    record.believe_client(answer ? flow::other(from) : from, flow::ClientBasis::syn);
  } else if (has_ports(packet.proto) && answers(packet)) {
    record.believe_client(flow::other(from), flow::ClientBasis::port);
  }
}

}  // namespace

FlowStage::FlowStage(const RunOptions& options, report::Sink& sink)
    : table_(table_options(options)),
      reporter_(sink),
      interference_(reporter_, options.public_nets, options.watch_list),
      calls_(reporter_, interference_),
      engine_(classify::all_classifiers(), options.witness, options.public_nets, {}, &calls_) {}

InputCounts& FlowStage::counts(std::uint32_t input) {
  if (input >= counts_.size()) counts_.resize(input + 1);
  return counts_[input];
}

void FlowStage::process(std::span<const wire::Packet> packets) {
  for (; !packets.empty(); packets = packets.subspan(std::min(packets.size(), kBatch)))
    process_batch(packets.first(std::min(packets.size(), kBatch)));
}

// Three passes, each fetching what the next will read: slots, records, side tables.
void FlowStage::process_batch(std::span<const wire::Packet> packets) {
  const std::size_t count = packets.size();
  const std::uint64_t ends = table_.ends();
  for (std::size_t i = 0; i < count; ++i) {
    flow::key_of(packets[i], keyed_[i]);
    hashes_[i] = table_.hash_of(keyed_[i].key);
    table_.prefetch_slot(hashes_[i]);
  }
  for (std::size_t i = 0; i < count; ++i) {
    probable_[i] = table_.probable(hashes_[i]);
    if (probable_[i] == flow::kNone) continue;
    table_.prefetch(probable_[i]);
    if (packets[i].proto == wire::ip_proto::kTcp) interference_.prefetch_slot(probable_[i]);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (probable_[i] == flow::kNone) continue;
    engine_.prefetch(table_[probable_[i]], keyed_[i].from);
    if (packets[i].proto == wire::ip_proto::kTcp) interference_.prefetch(probable_[i]);
  }
  for (std::size_t i = 0; i < count; ++i) {
    keep_time(packets[i].ts_ns);
    const bool known = probable_[i] != flow::kNone && table_.ends() == ends &&
                       table_.is(probable_[i], keyed_[i].key);
    process(packets[i], keyed_[i], hashes_[i],
            known ? probable_[i] : table_.find(keyed_[i].key, hashes_[i]));
  }
}

void FlowStage::turn_clock(std::int64_t ts_ns) {
  if (started_ && ts_ns < now_ns_) interference_.gates().stepped_back(now_ns_, ts_ns);
  if (!started_ || ts_ns < now_ns_ - kMostStepBackNs) {
    if (started_) {
      end_all();
      interference_.gates().next_epoch(now_ns_);
    }
    started_ = true;
    now_ns_ = ts_ns;
    calls_.start(ts_ns);
    table_.restart(ts_ns);
    return;
  }
  interference_.gates().leap(now_ns_, ts_ns);
  now_ns_ = std::max(now_ns_, ts_ns);
  if (!table_.idle().due(now_ns_)) return;
  expired_.clear();
  table_.idle().expire(now_ns_, expired_);
  for (std::size_t i = 0; i < expired_.size(); ++i) {
    constexpr std::size_t kAhead = 8;
    if (i + kAhead < expired_.size()) table_.prefetch_slot_of(expired_[i + kAhead]);
    end_flow(expired_[i], table_.idle().deadline_ns(table_[expired_[i]]));
  }
  report_ended();
  calls_.pass_time(now_ns_);
}

void FlowStage::pass_time(std::int64_t ts_ns) {
  if (started_ && ts_ns > now_ns_) keep_time(ts_ns);
}

void FlowStage::process(const wire::Packet& packet, const flow::Keyed& keyed, std::uint32_t hash,
                        std::uint32_t known) {
  const std::uint32_t index = flow_of(packet, keyed, hash, known);
  flow::FlowRecord& record = table_[index];
  const bool tcp = packet.proto == wire::ip_proto::kTcp;
  if (interference_.gates().leapt()) [[unlikely]]
    show_after_leap(record, keyed.from, packet);
  interference_.gates().packet(index, keyed.from, record, packet);
  if (tcp) {
    follow_tcp(index, packet, keyed.from);
    interference_.tcp_packet(index, keyed.from, packet);
    if ((packet.tcp_flags & wire::tcp_flag::kSyn) != 0) [[unlikely]]
      interference_.syn(index, keyed.from, record, packet);
  } else if (packet.proto == wire::ip_proto::kUdp) {
    interference_.udp_packet(index, keyed.from, record, packet);
  } else if (packet.proto == wire::ip_proto::kIcmp || packet.proto == wire::ip_proto::kIcmp6)
      [[unlikely]] {
    interference_.icmp(packet);
  }
  if (record.packets_[static_cast<std::size_t>(keyed.from)] == 0 && record.packets() != 0)
      [[unlikely]]
    calls_.answered(keyed.key, packet.ts_ns);
  record.count(keyed.from, packet.frames, packet.ip_len);
  record.ts_last_ns = std::max(record.ts_last_ns, packet.ts_ns);
  record.frame_last = packet.frame;
  if (packet.payload.empty() || !classify::Engine::wants(record)) return;
  const flow::TcpTrack* track =
      tcp && record.tracker != flow::kNone ? &tracks_[record.tracker] : nullptr;
  if (engine_.on_payload(record, keyed, packet, track))
    table_.idle().change_class(index, flow::IdleClass::media);
}

void FlowStage::show_after_leap(const flow::FlowRecord& record, flow::Side from,
                                const wire::Packet& packet) {
  const bool tcp = packet.proto == wire::ip_proto::kTcp && record.tracker != flow::kNone;
  interference_.gates().after_leap(record, from, packet, tcp ? &tracks_[record.tracker] : nullptr,
                                   engine_.media_of(record));
}

std::uint32_t FlowStage::flow_of(const wire::Packet& packet, const flow::Keyed& keyed,
                                 std::uint32_t hash, std::uint32_t known) {
  if (known == flow::kNone) return begin_flow(packet, keyed, hash);
  const flow::FlowRecord& record = table_[known];
  const std::int64_t deadline = table_.idle().deadline_ns(record);
  if (packet.ts_ns > deadline) {
    end_flow(known, deadline);
  } else if (reopens(record, packet, keyed.from)) {
    end_flow(known, now_ns_);
  } else {
    return known;
  }
  return begin_flow(packet, keyed, hash);
}

std::uint32_t FlowStage::begin_flow(const wire::Packet& packet, const flow::Keyed& keyed,
                                    std::uint32_t hash) {
  if (ended_.size() >= kMostEnded) report_ended();
  if (table_.full()) {
    const std::uint32_t oldest = table_.oldest();
    ++counts(table_[oldest].frame_first.input()).evicted_flows;
    end_flow(oldest, now_ns_);
  }
  const std::uint32_t index = table_.begin(keyed, hash, packet);
  guess_client(table_[index], packet, keyed.from);
  ++flows_begun_;
  return index;
}

void FlowStage::end_flow(std::uint32_t index, std::int64_t end_ns) {
  table_.end(index);
  ended_.push_back({end_ns, table_[index].frame_first, index});
}

void FlowStage::end_all() {
  report_ended();
  for (const std::uint32_t index : table_.end_all())
    ended_.push_back({table_[index].ts_last_ns, table_[index].frame_first, index});
  report_ended();
  calls_.finish(now_ns_);
}

// Ended flows lie anywhere in memory: those next in turn are fetched ahead.
[[gnu::always_inline]] inline void FlowStage::fetch_ended(std::size_t at) {
  constexpr std::size_t kAhead = 16;
  if (at + kAhead < ended_.size()) table_.prefetch(ended_[at + kAhead].index);
  if (at + kAhead / 2 < ended_.size())
    engine_.prefetch_ended(table_[ended_[at + kAhead / 2].index]);
}

void FlowStage::report_ended() {
  order_by_end(ended_, scratch_);
  for (std::size_t i = 0; i < ended_.size(); ++i) {
    fetch_ended(i);
    flow::FlowRecord& record = table_[ended_[i].index];
    if (record.dossier != flow::kNone) engine_.close(record, table_.key(record));
  }
  for (std::size_t i = 0; i < ended_.size(); ++i) {
    fetch_ended(i);
    report(ended_[i]);
  }
  ended_.clear();
}

void FlowStage::report(const Ended& ended) {
  flow::FlowRecord& record = table_[ended.index];
  const flow::FlowKey key = table_.key(record);
  flow::TcpTrack* track = record.proto == wire::ip_proto::kTcp && record.tracker != flow::kNone
                              ? &tracks_[record.tracker]
                              : nullptr;
  const std::uint64_t missed = track != nullptr ? tcp_.missed_bytes(*track) : 0;
  counts(record.frame_first.input()).missed_bytes += missed;
  const classify::Decision decision = engine_.decide(record, key);
  reporter_.flow(record, key, decision, track, missed, engine_.media_of(record));
  calls_.flow(record, key, decision, engine_, now_ns_);
  const interference::GateSet gates = interference_.gates().flow(ended.index, record, track, tcp_,
                                                                 engine_.setup_of(record), now_ns_);
  interference_.flow(ended.index, record, key, decision, engine_, gates);
  engine_.forget(record);
  if (track != nullptr) {
    tcp_.drop(*track);
    tracks_.give_back(record.tracker);
  }
  table_.release(ended.index);
}

void FlowStage::finish() {
  end_all();
  interference_.finish(now_ns_);
}

}  // namespace deadair::pipeline
