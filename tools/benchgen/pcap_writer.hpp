// Writes an Ethernet pcap file with microseconds, little-endian on every machine.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace deadair::bench {

// Time of the first packet of every capture, seconds since 1970.
inline constexpr std::int64_t kBaseTime = 1700000000;
inline constexpr std::uint32_t kSnapLength = 65535;

class PcapWriter {
 public:
  // Throws std::runtime_error when the file cannot be written.
  explicit PcapWriter(const std::string& path);

  // `time_us` counts from kBaseTime. `wire_length` is that of the whole packet; 0 when `frame` is
  // all of it.
  void write(std::int64_t time_us, std::span<const std::uint8_t> frame,
             std::uint32_t wire_length = 0);
  // Flushes; throws std::runtime_error when something was not written.
  void close();

  [[nodiscard]] std::uint64_t packets() const { return packets_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void put(std::span<const std::uint8_t> bytes);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t packets_ = 0;
};

}  // namespace deadair::bench
