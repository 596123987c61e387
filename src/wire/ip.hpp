// IPv4 and IPv6 headers, down to the transport protocol.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

// Where a fragment belongs in its datagram. Units: bytes of the datagram's fragmentable part.
struct Fragment {
  bool present = false;  // false: the packet is whole
  bool more = false;     // more fragments follow
  std::uint32_t offset = 0;
  std::uint32_t id = 0;
  std::uint16_t header_len = 0;      // IP header; for IPv6 the part before the fragment header
  std::uint16_t next_header_at = 0;  // IPv6: octet that names the fragment header
};

struct IpBody {
  Pdu pdu;                     // what the IP header and its extensions carry
  std::uint32_t declared = 0;  // IP bytes by the header's own length field, 0 when it is left open
  std::uint8_t proto = 0;      // IANA number of what `pdu` holds
  Fragment fragment;
};

// Both fill the network fields of `out` (addresses, ttl, ip_len, ip, ...) and leave its transport
// fields alone. Undecoded::none when `body` may be read.
Undecoded parse_ipv4(Pdu pdu, Packet& out, IpBody& body);
Undecoded parse_ipv6(Pdu pdu, Packet& out, IpBody& body);

}  // namespace deadair::wire
