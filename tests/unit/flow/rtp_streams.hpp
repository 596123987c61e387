// Streams made of sent packets, for the tests of RtpStream.
#pragma once

#include <cstdint>

#include "flow/rtp_stream.hpp"
#include "unit/flow/rtp_sender.hpp"

namespace deadair::test {

using flow::RtpStream;

inline void take(RtpStream& stream, const flow::RtpArrival& packet) {
  if (!stream.used())
    stream.begin(packet);
  else
    stream.add(packet);
}

inline RtpStream steady(RtpSender& sender, int count, std::uint16_t size, std::int64_t ms) {
  RtpStream stream;
  for (int i = 0; i < count; ++i) take(stream, sender.packet(size, ms));
  return stream;
}

// Pictures of `packets` packets each, 30 a second.
inline RtpStream pictures(RtpSender& sender, int count, int packets, std::uint16_t size) {
  RtpStream stream;
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < packets; ++k) take(stream, sender.packet(size, 0));
    sender.pass(33);
  }
  return stream;
}

}  // namespace deadair::test
