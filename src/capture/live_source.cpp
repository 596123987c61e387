// Turns the ring into a packet source: waiting, stopping without loss, and counting.
#include "capture/live_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "capture/live_ring.hpp"

namespace deadair::capture {
namespace {

constexpr int kPollMilliseconds = 10;
// After stopping, the ring is empty when several polls, each as long as the kernel holds a block
// back, bring nothing.
constexpr unsigned kIdlePollsToEnd = 5;
// Reading the drop counters costs system calls.
constexpr unsigned kCallsPerUpdate = 256;

}  // namespace

LiveSource::LiveSource(const LiveOptions& options)
    : ring_(std::make_unique<LiveRing>(options)), packets_left_(options.max_packets), inputs_(1) {
  inputs_[0].name = options.interface;
  inputs_[0].link_types = {ring_->link()};
  update_drops();
}

LiveSource::~LiveSource() = default;

std::size_t LiveSource::next(std::span<wire::RawPacket> out) {
  if (packets_left_) out = out.first(std::min<std::uint64_t>(out.size(), *packets_left_));
  if (out.empty()) finish({});
  if (ended_) return 0;
  if (stop_.load(std::memory_order_relaxed) && !stopping_) {
    stopping_ = true;
    ring_->stop_filling();
  }
  if (++calls_ % kCallsPerUpdate == 0) update_drops();
  std::size_t count = ring_->take(out);
  if (count == 0 && ring_->failure().empty()) {
    ring_->wait(kPollMilliseconds);
    count = ring_->take(out);
  }
  idle_polls_ = count == 0 ? idle_polls_ + 1 : 0;
  tally(out.first(count));
  if (count > 0) return count;
  if (!ring_->failure().empty())
    finish(fmt::format("{}: the capture ended: {}", inputs_[0].name, ring_->failure()));
  else if (stopping_ && idle_polls_ >= kIdlePollsToEnd)
    finish({});
  return 0;
}

void LiveSource::tally(std::span<const wire::RawPacket> packets) {
  InputSummary& summary = inputs_[0];
  if (packets_left_) *packets_left_ -= packets.size();
  for (const wire::RawPacket& packet : packets) {
    const bool first = summary.packets++ == 0;
    summary.bytes += packet.wire_len;
    summary.ts_first_ns = first ? packet.ts_ns : std::min(summary.ts_first_ns, packet.ts_ns);
    summary.ts_last_ns = first ? packet.ts_ns : std::max(summary.ts_last_ns, packet.ts_ns);
  }
}

void LiveSource::update_drops() {
  const LiveRing::Drops drops = ring_->drops();
  inputs_[0].kernel_drops = drops.kernel;
  inputs_[0].interface_drops = drops.interface;
}

void LiveSource::finish(const std::string& problem) {
  if (ended_) return;
  update_drops();
  inputs_[0].problem = problem;
  ended_ = true;
}

}  // namespace deadair::capture
