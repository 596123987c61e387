// A chat over TLS and TCP: handshakes, a few messages each way with their ACKs, and a close.
#pragma once

#include <cstdint>

#include "bytes_out.hpp"
#include "frame.hpp"

namespace deadair::bench {

class TlsChat {
 public:
  TlsChat(const Endpoint& client, const Endpoint& server, std::uint64_t seed)
      : client_(client), server_(server), random_(seed) {}

  // Makes packet `step` (from 0, in order); good until `frames` makes the next one.
  std::span<const std::uint8_t> packet(std::uint32_t step, FrameBuilder& frames);

  static constexpr std::uint32_t kMessages = 4;
  static constexpr std::uint32_t kSetUpSteps = 6;
  static constexpr std::uint32_t kSteps = kSetUpSteps + 4 * kMessages + 3;

 private:
  using Payload = std::span<const std::uint8_t>;

  std::span<const std::uint8_t> up(FrameBuilder& frames, std::uint8_t flags, Payload payload = {});
  std::span<const std::uint8_t> down(FrameBuilder& frames, std::uint8_t flags,
                                     Payload payload = {});
  std::span<const std::uint8_t> set_up(std::uint32_t step, FrameBuilder& frames);
  std::span<const std::uint8_t> message(std::uint32_t step, FrameBuilder& frames);
  std::span<const std::uint8_t> close(std::uint32_t step, FrameBuilder& frames);

  Endpoint client_;
  Endpoint server_;
  Random random_;
  std::uint32_t client_next_ = 1000;
  std::uint32_t server_next_ = 5000;
};

}  // namespace deadair::bench
