// Builds Ethernet frames of TCP or UDP over IPv4, with right checksums.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace deadair::bench {

struct Endpoint {
  std::uint32_t address = 0;  // 10.0.0.1 is 0x0a000001
  std::uint16_t port = 0;
};

struct TcpFields {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = 0;
};

inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

class FrameBuilder {
 public:
  // Both return the frame, which is good until the next call.
  std::span<const std::uint8_t> udp(const Endpoint& from, const Endpoint& to,
                                    std::span<const std::uint8_t> payload);
  // A SYN carries an MSS option, other segments none.
  std::span<const std::uint8_t> tcp(const Endpoint& from, const Endpoint& to,
                                    const TcpFields& fields,
                                    std::span<const std::uint8_t> payload = {});

 private:
  void start(const Endpoint& from, const Endpoint& to, std::uint8_t protocol,
             std::size_t transport_length);
  void put16(std::size_t at, std::uint32_t value);
  void put32(std::size_t at, std::uint32_t value);
  void finish(std::size_t checksum_at, std::span<const std::uint8_t> payload);
  [[nodiscard]] std::uint32_t sum(std::size_t from, std::size_t to) const;

  std::vector<std::uint8_t> bytes_;
  std::uint16_t ip_id_ = 0;
};

}  // namespace deadair::bench
