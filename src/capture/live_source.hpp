// Packets from a network interface, through libpcap and the kernel's ring (TPACKET_V3).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/open.hpp"

namespace deadair::capture {

class LiveRing;  // hides libpcap

class LiveSource final : public PacketSource {
 public:
  // Throws Error when the interface cannot be opened or the filter is not valid.
  explicit LiveSource(const LiveOptions& options);
  ~LiveSource() override;
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  // Waits at most some 10 ms for packets. Frames are numbered in the order of delivery.
  std::size_t next(std::span<wire::RawPacket> out) override;
  [[nodiscard]] bool ended() const override { return ended_; }
  [[nodiscard]] const std::vector<InputSummary>& inputs() const override { return inputs_; }
  void request_stop() override { stop_.store(true, std::memory_order_relaxed); }

 private:
  void tally(std::span<const wire::RawPacket> packets);
  void update_drops();
  void finish(const std::string& problem);

  std::atomic<bool> stop_ = false;
  std::unique_ptr<LiveRing> ring_;
  std::optional<std::uint64_t> packets_left_;
  std::vector<InputSummary> inputs_;  // the one interface
  unsigned calls_ = 0;
  unsigned idle_polls_ = 0;
  bool stopping_ = false;
  bool ended_ = false;
};

}  // namespace deadair::capture
