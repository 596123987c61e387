// One packet decoded to its innermost IP and transport headers.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::wire {

// IANA protocol numbers that the decoder knows by name.
namespace ip_proto {
inline constexpr std::uint8_t kIcmp = 1, kIgmp = 2, kIpIp = 4, kTcp = 6, kUdp = 17, kIpv6 = 41,
                              kGre = 47, kEsp = 50, kAh = 51, kIcmp6 = 58, kOspf = 89, kPim = 103,
                              kL2tp = 115, kSctp = 132;
}  // namespace ip_proto

// TCP flag bits (RFC 9293 section 3.1).
namespace tcp_flag {
inline constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10,
                              kUrg = 0x20;
}  // namespace tcp_flag

// Views point into the frame (or, for a reassembled datagram, into the decoder) and live until the
// next packet is decoded.
struct Packet {
  IpAddress src, dst;
  std::uint16_t src_port = 0;  // TCP, UDP, SCTP; for ICMP the Community ID mapping of type and code
  std::uint16_t dst_port = 0;
  std::uint8_t ip_version = 0;  // 4 or 6
  std::uint8_t proto = 0;       // IANA number of the transport, after IPv6 extension headers
  std::uint8_t ttl = 0;         // IPv4 TTL or IPv6 hop limit
  bool one_way = false;         // ICMP message that has no counterpart: the flow has one direction
  bool dont_fragment = false;
  bool truncated = false;   // the capture holds less than the packet's length on the wire
  std::uint16_t ip_id = 0;  // IPv4 identification
  std::uint16_t frames =
      1;  // frames this packet came in: above 1 only when reassembled from fragments
  std::uint32_t ip_len = 0;  // IP bytes on the wire with headers, all fragments together

  std::uint16_t tcp_flags = 0;  // the twelve bits beside the data offset
  std::uint16_t window = 0;     // as on the wire, not scaled
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  ByteView tcp_options;

  ByteView payload;               // captured transport payload
  std::uint32_t payload_len = 0;  // transport payload on the wire; at least payload.size()
  ByteView ip;                    // captured bytes from the innermost IP header on

  std::int64_t ts_ns = 0;
  FrameRef frame;  // the last fragment's when reassembled
};

// Why a frame did not become a Packet. Every captured frame is either a Packet, part of one
// (fragments), or counted under exactly one of these.
enum class Undecoded : std::uint8_t {
  none,               // decoded
  held_fragment,      // kept until its datagram is complete; not a loss yet
  unknown_link_type,  // link layer that deadair does not know
  not_ip,             // ARP, LLDP, spanning tree, PPP control and the like
  truncated,          // the capture ends inside a header
  malformed,          // lengths or versions that contradict each other
  fragment,           // fragment whose datagram was never completed
  encrypted_link,     // protected 802.11 data
  too_deep,           // more nested layers than the decoder follows
  count_,
};

// The name used in the `undecoded` field of the capture record.
const char* name(Undecoded reason);

}  // namespace deadair::wire
