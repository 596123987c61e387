// Reads an ICMP or ICMPv6 error: what was refused, and the packet it quotes.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::icmp {

// What an error says, whichever version of IP.
enum class ErrorKind : std::uint8_t {
  no_route,       // network or host unreachable: 3/0, 3/1, 3/5 to 3/8, 3/11, 3/12; v6 1/0, 1/2, 1/3
  port_closed,    // 3/3; v6 1/4
  no_protocol,    // 3/2
  too_big,        // fragmentation needed, with the MTU of the next link: 3/4; v6 2/0
  prohibited,     // by an administrator: 3/9, 3/10, 3/13; v6 1/1, 1/5, 1/6
  time_exceeded,  // hops used up: 11/0; v6 3/0
  other,
};

//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |     Type      |     Code      |          Checksum             |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |          unused, or the MTU of the next link                  |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |      IP header and the first bytes of the packet refused      |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// RFC 792, RFC 1191 section 4, RFC 1812 section 5.2.7, RFC 4443 section 3.
struct Error {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  ErrorKind kind = ErrorKind::other;
  std::uint32_t mtu = 0;  // bytes, for too_big; zero: not told (before RFC 1191)
  // The packet refused, as it was where it was refused.
  IpAddress src, dst;
  std::uint8_t proto = 0;
  std::uint8_t ttl = 0;
  std::uint16_t ip_id = 0;     // IPv4
  std::uint32_t ip_len = 0;    // of the whole packet
  std::uint16_t src_port = 0;  // TCP, UDP, SCTP and DCCP
  std::uint16_t dst_port = 0;
  bool has_ports = false;
  std::uint32_t tcp_seq = 0;  // TCP
};

// `body` begins after type, code and checksum. `not_this`: no error message, or no IP header of
// that version quoted. `truncated`: the quote ends before the ports; `out` holds what is there.
ParseStatus parse_error(std::uint8_t ip_version, std::uint8_t type, std::uint8_t code,
                        ByteView body, Error& out);

}  // namespace deadair::proto::icmp
