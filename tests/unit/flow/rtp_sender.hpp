// Sends packets of one RTP source to whatever takes them.
#pragma once

#include <cmath>
#include <cstdint>

#include "flow/rtp_stream.hpp"

namespace deadair::test {

constexpr std::int64_t kMs = 1'000'000;

struct RtpSender {
  std::uint32_t ssrc = 7;
  std::uint8_t type = 111;
  std::uint32_t clock = 48000;
  std::uint16_t sequence = 65000;
  std::uint32_t timestamp = 0xffff0000;
  std::int64_t now_ns = 1'700'000'000'000'000'000;

  // The packet at hand; the next one has the next number and comes `ms` later.
  flow::RtpArrival packet(std::uint16_t size, std::int64_t ms) {
    const flow::RtpArrival packet{now_ns, ssrc, timestamp, sequence, size, type};
    ++sequence;
    pass(ms);
    return packet;
  }
  // Time goes on, for the clock as well.
  void pass(std::int64_t ms) {
    timestamp += static_cast<std::uint32_t>(ms * clock / 1000);
    now_ns += ms * kMs;
  }
};

}  // namespace deadair::test
