// Many capture files as one source, in the order of time.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/bpf_filter.hpp"
#include "capture/input_scan.hpp"
#include "capture/open.hpp"

namespace deadair::capture {

// Each file is opened when time reaches its first packet. While one file covers a stretch of time
// alone its batches pass through untouched; files that overlap are merged packet by packet, at
// equal times in the order of the inputs. The order within a file is kept even where its clock
// steps back.
class Timeline final : public PacketSource {
 public:
  // Files open at the same time. Of more that overlap, the later ones wait for an end and say so.
  static constexpr std::size_t kMostOpen = 256;

  // Throws Error when nothing can be read or the filter is not valid.
  Timeline(const std::vector<std::string>& paths, const ReadOptions& options);

  std::size_t next(std::span<wire::RawPacket> out) override;
  [[nodiscard]] bool ended() const override { return ended_; }
  [[nodiscard]] const std::vector<InputSummary>& inputs() const override { return inputs_; }
  void request_stop() override { stop_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t skipped_files() const override { return scan_.skipped_files; }
  [[nodiscard]] std::uint64_t bytes_read() const override;
  [[nodiscard]] std::uint64_t bytes_total() const override { return scan_.bytes_total; }

 private:
  // A file being read. What is in queue[head..] was read but not delivered.
  struct Active {
    std::uint32_t input = 0;
    std::unique_ptr<FileReader> reader;
    std::vector<wire::RawPacket> queue;
    std::size_t head = 0;

    [[nodiscard]] bool queued() const { return head < queue.size(); }
    [[nodiscard]] std::int64_t time() const { return queue[head].ts_ns; }
  };

  void prepare_filter();
  std::size_t step(std::span<wire::RawPacket> out);
  std::size_t pass_through(Active& only, std::span<wire::RawPacket> out);
  std::size_t merge(std::span<wire::RawPacket> out);
  std::size_t read(Active& active, std::span<wire::RawPacket> out);
  void refill_queues();
  void activate_due();
  void activate_next();
  std::unique_ptr<FileReader> open_for_good(WaitingInput& input);
  void retire(Active& active);
  void finish();
  void tally(std::span<const wire::RawPacket> packets);
  [[nodiscard]] std::int64_t next_start() const;
  [[nodiscard]] std::int64_t earliest() const;

  std::atomic<bool> stop_ = false;
  InputScan scan_;
  std::unique_ptr<BpfFilter> filter_;  // null passes everything
  std::optional<std::uint64_t> packets_left_;
  std::vector<std::unique_ptr<Active>> active_;
  std::vector<InputSummary> inputs_;
  std::int64_t delayed_until_;  // how far time went while inputs had to wait for kMostOpen
  std::uint64_t bytes_done_ = 0;
  bool ended_ = false;
};

}  // namespace deadair::capture
