// Any bytes as a capture file: the readers, and the unpacking in front of them.
#include <array>

#include "capture/file_format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace deadair;
  // A small window makes packets straddle its ends; packed zeros may go on for ever.
  constexpr std::size_t kWindow = 256;
  constexpr int kMostBatches = 1000;
  const auto opened = capture::open_capture(capture::memory_input(ByteView(data, size)), kWindow);
  std::array<wire::RawPacket, 16> out;
  std::uint64_t sum = 0;
  for (int batch = 0; opened.reader && batch < kMostBatches; ++batch) {
    const std::size_t count = opened.reader->next(out);
    if (count == 0) break;
    for (const wire::RawPacket& packet : std::span(out).first(count))
      sum += packet.bytes.u8(0) + packet.bytes.u8(packet.bytes.size() - 1) + packet.wire_len;
  }
  volatile std::uint64_t keep = sum;
  static_cast<void>(keep);
  return 0;
}
