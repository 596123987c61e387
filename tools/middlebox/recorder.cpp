// Writes frames to a capture file (pcap with nanoseconds, Ethernet).
#include "recorder.hpp"

#include "bytes/error.hpp"

namespace deadair::middlebox {

// draft-ietf-opsawg-pcap section 4, little-endian.
Recorder::Recorder(const std::string& path) : file_(path, std::ios::binary) {
  constexpr std::uint32_t kNanosecondMagic = 0xa1b2'3c4d, kSnapLength = 262'144, kEthernet = 1;
  if (!file_) throw Error("cannot write " + path + ": check --record and --record-server");
  put(kNanosecondMagic, 4);
  put(2, 2);  // version 2.4
  put(4, 2);
  put(0, 4);
  put(0, 4);
  put(kSnapLength, 4);
  put(kEthernet, 4);
}

void Recorder::write(const Frame& frame, std::int64_t unix_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto size = static_cast<std::uint32_t>(frame.bytes.size());
  put(static_cast<std::uint32_t>(unix_ns / kSecond), 4);
  put(static_cast<std::uint32_t>(unix_ns % kSecond), 4);
  put(size, 4);
  put(size, 4);
  for (const std::uint8_t byte : frame.bytes) file_.put(static_cast<char>(byte));
}

void Recorder::put(std::uint32_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) file_.put(static_cast<char>(value >> 8 * i));
}

}  // namespace deadair::middlebox
