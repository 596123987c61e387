// Writes the pcap file header, packet headers and packets through a large stdio buffer.
#include "pcap_writer.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace deadair::bench {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;
constexpr std::uint32_t kEthernet = 1;

template <std::size_t count>
std::array<std::uint8_t, count * 4> little_endian(const std::array<std::uint32_t, count>& words) {
  std::array<std::uint8_t, count * 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); i++) {
    bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
  }
  return bytes;
}

}  // namespace

PcapWriter::PcapWriter(const std::string& path)
    : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (!file_) throw std::runtime_error(path + ": " + std::strerror(errno));
  std::setvbuf(file_.get(), nullptr, _IOFBF, kBufferSize);
  put(little_endian<6>({0xa1b2c3d4, 2 | (4 << 16), 0, 0, kSnapLength, kEthernet}));
}

void PcapWriter::write(std::int64_t time_us, std::span<const std::uint8_t> frame,
                       std::uint32_t wire_length) {
  const auto length = static_cast<std::uint32_t>(frame.size());
  put(little_endian<4>({static_cast<std::uint32_t>(kBaseTime + time_us / 1000000),
                        static_cast<std::uint32_t>(time_us % 1000000), length,
                        wire_length == 0 ? length : wire_length}));
  put(frame);
  packets_++;
}

void PcapWriter::put(std::span<const std::uint8_t> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    throw std::runtime_error(path_ + ": " + std::strerror(errno));
  }
}

void PcapWriter::close() {
  if (std::fclose(file_.release()) != 0) {
    throw std::runtime_error(path_ + ": " + std::strerror(errno));
  }
}

}  // namespace deadair::bench
