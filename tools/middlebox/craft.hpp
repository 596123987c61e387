// Builds IP packets with right lengths and checksums.
#pragma once

#include "bytes_out.hpp"
#include "frame.hpp"

namespace deadair::middlebox {

struct IpFields {
  IpAddress src, dst;  // of one family
  std::uint8_t ttl = 64;
  std::uint16_t ip_id = 0;  // IPv4 only, like the next
  bool dont_fragment = true;
};

struct TcpFields {
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
};

// Each returns an IP packet. Payloads must fit in it.
Bytes tcp_packet(const IpFields& ip, const TcpFields& tcp, ByteView payload = {});
Bytes udp_packet(const IpFields& ip, std::uint16_t src_port, std::uint16_t dst_port,
                 ByteView payload);
// `rest` is the second word of the ICMP or ICMPv6 header (RFC 792, RFC 4443).
Bytes icmp_packet(const IpFields& ip, std::uint8_t type, std::uint8_t code, std::uint32_t rest,
                  ByteView body);

// Puts a packet behind the link header of `like`, which went the same way, or with `reversed` the
// opposite way.
Frame frame_like(const Frame& like, const Headers& headers, bool reversed, ByteView ip_packet);

}  // namespace deadair::middlebox
