// Receives and sends whole frames on one interface through a packet socket.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "file_descriptor.hpp"
#include "frame.hpp"

namespace deadair::middlebox {

class Port {
 public:
  // Throws Error when the interface cannot be opened.
  explicit Port(const std::string& interface);

  [[nodiscard]] int fd() const { return fd_.get(); }
  // Calls `take(Frame)` for up to kBatch frames that have come in. True when there may be more.
  template <class Take>
  bool receive(Take&& take) {
    const std::size_t count = receive_batch();
    for (std::size_t i = 0; i < count; ++i) take(frame_at(i));
    return count == kBatch;
  }
  // Sends at once. A frame that the interface does not take is lost and counted.
  void send(const Frame& frame);
  [[nodiscard]] std::uint64_t failed() const { return failed_; }
  // Frames the kernel dropped because they were not read in time.
  [[nodiscard]] std::uint64_t missed() const;

 private:
  static constexpr std::size_t kBatch = 32;
  static constexpr std::size_t kMostFrame = 66'000;  // 64 KiB left to the card to segment

  std::size_t receive_batch();
  [[nodiscard]] Frame frame_at(std::size_t i) const;

  FileDescriptor fd_;
  std::vector<Bytes> buffers_;
  std::array<Offload, kBatch> offloads_{};
  std::array<std::array<iovec, 2>, kBatch> parts_{};
  std::array<mmsghdr, kBatch> messages_{};
  std::uint64_t failed_ = 0;
};

}  // namespace deadair::middlebox
