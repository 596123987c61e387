// Fills in the Ethernet, IPv4, TCP and UDP headers and their checksums.
#include "frame.hpp"

#include <algorithm>
#include <array>

namespace deadair::bench {
namespace {

constexpr std::size_t kIp = 14;
constexpr std::size_t kTransport = kIp + 20;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint32_t kMssOption = 0x02040000 | 1460;

std::uint32_t fold(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

}  // namespace

void FrameBuilder::put16(std::size_t at, std::uint32_t value) {
  bytes_[at] = static_cast<std::uint8_t>(value >> 8);
  bytes_[at + 1] = static_cast<std::uint8_t>(value);
}

void FrameBuilder::put32(std::size_t at, std::uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

std::uint32_t FrameBuilder::sum(std::size_t from, std::size_t to) const {
  std::uint32_t total = 0;
  for (std::size_t i = from; i < to; i++) {
    total += (i - from) % 2 == 0 ? std::uint32_t{bytes_[i]} << 8 : bytes_[i];
  }
  return total;
}

void FrameBuilder::start(const Endpoint& from, const Endpoint& to, std::uint8_t protocol,
                         std::size_t transport_length) {
  bytes_.assign(kTransport + transport_length, 0);
  put32(2, from.address);  // locally administered hardware addresses that follow the IP addresses
  put32(8, to.address);
  bytes_[0] = bytes_[6] = 0x02;
  put16(12, 0x0800);
  bytes_[kIp] = 0x45;
  put16(kIp + 2, static_cast<std::uint32_t>(20 + transport_length));
  put16(kIp + 4, ip_id_++);
  put16(kIp + 6, 0x4000);
  bytes_[kIp + 8] = from.address >> 24 == 10 ? 64 : 55;
  bytes_[kIp + 9] = protocol;
  put32(kIp + 12, from.address);
  put32(kIp + 16, to.address);
  put16(kIp + 10, ~fold(sum(kIp, kTransport)));
  put16(kTransport, from.port);
  put16(kTransport + 2, to.port);
}

void FrameBuilder::finish(std::size_t checksum_at, std::span<const std::uint8_t> payload) {
  std::copy(payload.begin(), payload.end(),
            bytes_.end() - static_cast<std::ptrdiff_t>(payload.size()));
  const auto length = static_cast<std::uint32_t>(bytes_.size() - kTransport);
  const std::uint32_t pseudo = sum(kIp + 12, kTransport) + bytes_[kIp + 9] + length;
  const std::uint32_t checksum = ~fold(pseudo + sum(kTransport, bytes_.size())) & 0xffff;
  const bool udp = bytes_[kIp + 9] == kUdp;
  put16(checksum_at, udp && checksum == 0 ? 0xffff : checksum);
}

std::span<const std::uint8_t> FrameBuilder::udp(const Endpoint& from, const Endpoint& to,
                                                std::span<const std::uint8_t> payload) {
  start(from, to, kUdp, 8 + payload.size());
  put16(kTransport + 4, static_cast<std::uint32_t>(8 + payload.size()));
  finish(kTransport + 6, payload);
  return bytes_;
}

std::span<const std::uint8_t> FrameBuilder::tcp(const Endpoint& from, const Endpoint& to,
                                                const TcpFields& fields,
                                                std::span<const std::uint8_t> payload) {
  const std::size_t header = (fields.flags & kSyn) != 0 ? 24 : 20;
  start(from, to, kTcp, header + payload.size());
  put32(kTransport + 4, fields.sequence);
  put32(kTransport + 8, fields.acknowledgment);
  put16(kTransport + 12, static_cast<std::uint32_t>(header / 4) << 12 | fields.flags);
  put16(kTransport + 14, 0xffff);
  if (header == 24) put32(kTransport + 20, kMssOption);
  finish(kTransport + 16, payload);
  return bytes_;
}

}  // namespace deadair::bench
