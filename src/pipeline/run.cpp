// The loop: packets from the source are decoded in batches and handed to the flow stage.
#include "pipeline/run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "pipeline/flow_stage.hpp"
#include "wire/decoder.hpp"

namespace deadair::pipeline {
namespace {

constexpr std::uint64_t kProgressEvery = 1U << 14;  // packets
// Absurd time stamps are pulled into a range (1933 to 2189) in which sums with time-outs cannot
// overflow.
constexpr std::int64_t kEarliestNs = -(std::int64_t{1} << 60);
constexpr std::int64_t kLatestNs = (std::int64_t{1} << 62) + (std::int64_t{1} << 61);

// Packet time on an interface where nothing comes: that of the last packet and the time waited
// since. Late by the margin, so that it does not overtake packets on their way.
class IdleClock {
 public:
  void packet(std::int64_t ts_ns) {
    last_ns_ = ts_ns;
    since_.reset();
  }
  // The time to pass to; call while nothing comes.
  std::int64_t now_ns() {
    constexpr std::chrono::nanoseconds kMargin = std::chrono::seconds(2);
    const Clock::time_point now = Clock::now();
    if (!since_) since_ = now;
    return last_ns_ + (std::chrono::nanoseconds(now - *since_) - kMargin).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::int64_t last_ns_ = 0;
  std::optional<Clock::time_point> since_;
};

class Run {
 public:
  Run(capture::PacketSource& source, const RunOptions& options, report::Sink& sink)
      : source_(source), sink_(sink), stage_(options, sink) {}

  void read(const std::function<bool(const Progress&)>& on_progress) {
    std::array<wire::RawPacket, 256> raw;
    std::uint64_t next_progress = 0;
    for (;;) {
      const std::size_t count = source_.next(raw);
      decode(std::span(raw).first(count));
      if (count == 0 && source_.ended()) break;
      if (count == 0) stage_.pass_time(idle_clock_.now_ns());
      // A pipe or an interface: someone may be watching, above all when it has no more at hand.
      const bool watched = source_.bytes_total() == 0;
      if (packets_ < next_progress && (count == raw.size() || !watched)) continue;
      next_progress = packets_ + kProgressEvery;
      if (!on_progress(progress())) break;
      if (watched) sink_.flush();
    }
    decoder_.finish();
    count_abandoned(last_input_);
    tell_drops();
    stage_.finish();
  }

  RunResult report() {
    const auto& inputs = source_.inputs();
    RunResult result{packets_, stage_.flows_begun(), {}};
    for (std::uint32_t i = 0; i < inputs.size(); ++i) {
      stage_.reporter().capture(i, inputs[i], stage_.counts(i), stage_.gates(i));
      if (!inputs[i].problem.empty()) result.problems.push_back(inputs[i].problem);
    }
    sink_.finish({result.flows, stage_.reporter().clients(), source_.skipped_files(), true});
    return result;
  }

 private:
  [[nodiscard]] Progress progress() const {
    Progress now{packets_, stage_.flows_begun(), source_.bytes_read(), source_.bytes_total(), 0};
    for (const auto& input : source_.inputs()) now.kernel_drops += input.kernel_drops.value_or(0);
    return now;
  }

  void decode(std::span<const wire::RawPacket> raw) {
    packets_ += raw.size();
    std::size_t filled = 0;
    const auto flush = [&] {
      if (filled > 0) idle_clock_.packet(batch_[filled - 1].ts_ns);
      stage_.process(std::span(batch_).first(filled));
      filled = 0;
    };
    for (const wire::RawPacket& frame : raw) {
      wire::Packet& packet = batch_[filled];
      const wire::Undecoded reason = decoder_.decode(frame, packet);
      if (reason != wire::Undecoded::none) {
        if (reason != wire::Undecoded::held_fragment) count(frame.frame.input(), reason, 1);
        continue;
      }
      packet.ts_ns = std::clamp(packet.ts_ns, kEarliestNs, kLatestNs);
      // A reassembled packet lives in the decoder, which the next one may change.
      if (++filled == batch_.size() || packet.frames > 1) flush();
    }
    flush();
    if (!raw.empty()) count_abandoned(raw.back().frame.input());
  }

  void tell_drops() {
    const auto& inputs = source_.inputs();
    for (std::uint32_t i = 0; i < inputs.size(); ++i) {
      const std::uint64_t drops =
          inputs[i].kernel_drops.value_or(0) + inputs[i].interface_drops.value_or(0);
      if (drops != 0) stage_.lost(i, drops, inputs[i].packets);
    }
  }

  void count(std::uint32_t input, wire::Undecoded reason, std::uint64_t frames) {
    stage_.counts(input).undecoded[static_cast<std::size_t>(reason)] += frames;
  }

  void count_abandoned(std::uint32_t input) {
    last_input_ = input;
    const std::uint64_t abandoned = decoder_.abandoned_fragments();
    if (abandoned == abandoned_) return;
    count(input, wire::Undecoded::fragment, abandoned - abandoned_);
    abandoned_ = abandoned;
  }

  capture::PacketSource& source_;
  report::Sink& sink_;
  wire::Decoder decoder_;
  FlowStage stage_;
  IdleClock idle_clock_;
  std::array<wire::Packet, FlowStage::kBatch> batch_;
  std::uint64_t packets_ = 0;
  std::uint64_t abandoned_ = 0;
  std::uint32_t last_input_ = 0;
};

}  // namespace

RunResult run(capture::PacketSource& source, const RunOptions& options, report::Sink& sink,
              const std::function<bool(const Progress&)>& on_progress) {
  Run run(source, options, sink);
  run.read(on_progress);
  return run.report();
}

}  // namespace deadair::pipeline
