// TCP, UDP, SCTP and ICMP headers: ports and payload of a packet.
#pragma once

#include "wire/pdu.hpp"

namespace deadair::wire {

// Each fills the transport fields of `out` from the body of an IP packet. A body whose length on
// the wire cannot hold the header is malformed, one that was captured too short is truncated.

inline void set_payload(Packet& out, Pdu payload) {
  out.payload = payload.bytes;
  out.payload_len = payload.wire_len;
}

// RFC 9293 section 3.1. Options that were captured in part are handed on in part.
//   +-------------------------------+-------------------------------+
//   |          Source Port          |       Destination Port        |
//   +-------------------------------+-------------------------------+
//   |                        Sequence Number                        |
//   |                    Acknowledgment Number                      |
//   +-------+-------+---------------+-------------------------------+
//   |  Data |Reser- |C|E|U|A|P|R|S|F|            Window             |
//   +-------+-------+---------------+-------------------------------+
//   |           Checksum            |         Urgent Pointer        |
//   +-------------------------------+-------------------------------+
//   |                           [Options]                           |
//   +---------------------------------------------------------------+
inline Undecoded parse_tcp(Pdu body, Packet& out) {
  constexpr std::size_t kMinHeader = 20;
  const ByteView header = body.bytes;
  if (!header.has(0, kMinHeader)) [[unlikely]]
    return body.missing(kMinHeader);
  const FixedView<kMinHeader> fixed(header);
  const std::size_t header_len = (fixed.u8<12>() >> 4) * 4U;
  if (header_len < kMinHeader || header_len > body.wire_len) [[unlikely]]
    return Undecoded::malformed;
  out.src_port = fixed.be16<0>();
  out.dst_port = fixed.be16<2>();
  out.seq = fixed.be32<4>();
  out.ack = fixed.be32<8>();
  out.tcp_flags = fixed.be16<12>() & 0x0fff;
  out.window = fixed.be16<14>();
  out.tcp_options = header.sub(kMinHeader, header_len - kMinHeader);
  set_payload(out, body.from(header_len));
  return Undecoded::none;
}

// RFC 768. A length of 0 (jumbograms, segmentation left to the card) or beyond IP's yields to IP's.
//   +-------------------------------+-------------------------------+
//   |          Source Port          |       Destination Port        |
//   +-------------------------------+-------------------------------+
//   |            Length             |           Checksum            |
//   +-------------------------------+-------------------------------+
inline Undecoded parse_udp(Pdu body, Packet& out) {
  constexpr std::size_t kHeaderLen = 8;
  const ByteView header = body.bytes;
  if (!header.has(0, kHeaderLen)) [[unlikely]]
    return body.missing(kHeaderLen);
  const FixedView<kHeaderLen> fixed(header);
  const std::uint32_t length = fixed.be16<4>();
  if (length != 0 && length < kHeaderLen) [[unlikely]]
    return Undecoded::malformed;
  out.src_port = fixed.be16<0>();
  out.dst_port = fixed.be16<2>();
  const bool use_own = length != 0 && length < body.wire_len;
  set_payload(out, (use_own ? body.first(length) : body).from(kHeaderLen));
  return Undecoded::none;
}

Undecoded parse_sctp(Pdu body, Packet& out);
// Ports are the Community ID v1 mapping of type and code.
Undecoded parse_icmp(Pdu body, Packet& out);
Undecoded parse_icmp6(Pdu body, Packet& out);

}  // namespace deadair::wire
