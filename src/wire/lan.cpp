// Reads FDDI and Token Ring frames down to their LLC header.
#include "wire/lan.hpp"

namespace deadair::wire {

// ISO 9314-2; frame controls 0x50 to 0x5f are asynchronous LLC.
//   +--------------------+---------------------+--------------------+
//   | frame control (8)  |  destination (48)   |    source (48)     |
//   +--------------------+---------------------+--------------------+
Step parse_fddi(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 13;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  if ((pdu.bytes.u8(0) & 0xf0) != 0x50) return stop(Undecoded::not_ip);
  return go(Layer::llc, pdu.from(kHeaderLen));
}

// IEEE 802.5; frame control 0x40 marks LLC, the source's group bit a routing field after it, whose
// length is the low 5 bits of its first octet.
//   +------------+-------------+------------------+------------------+---------------+
//   | access (8) | control (8) | destination (48) |   source (48)    | routing (opt) |
//   +------------+-------------+------------------+------------------+---------------+
Step parse_token_ring(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 14;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  if ((pdu.bytes.u8(1) & 0xc0) != 0x40) return stop(Undecoded::not_ip);
  const bool routed = (pdu.bytes.u8(8) & 0x80) != 0;
  return go(Layer::llc, pdu.from(kHeaderLen + (routed ? pdu.bytes.u8(kHeaderLen) & 0x1fU : 0U)));
}

}  // namespace deadair::wire
