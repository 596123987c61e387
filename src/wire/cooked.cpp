// Reads BSD loopback and Linux cooked headers.
#include "wire/cooked.hpp"

#include "wire/ethernet.hpp"

namespace deadair::wire {
namespace {

// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24 on NetBSD and OpenBSD, 28 on
// FreeBSD, 30 on macOS.
bool is_ip_family(std::uint32_t family) {
  switch (family) {
    case 2:
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return true;
    default:
      return false;
  }
}

// Below 1536 Linux writes its own numbers (if_ether.h), of which only 802.2 leads to IP.
Step by_linux_protocol(std::uint16_t protocol, Pdu pdu) {
  constexpr std::uint16_t kLlc = 0x0004;
  if (protocol == kLlc) return go(Layer::llc, pdu);
  if (protocol <= ethertype::kMaxLength) return stop(Undecoded::not_ip);
  return parse_ethertype(protocol, pdu);
}

}  // namespace

// LINKTYPE_NULL and LINKTYPE_LOOP: a protocol family in the byte order of the capturing machine, or
// in network order; the unused upper half tells which.
//   +---------------------------------------------------------------+
//   |                        protocol family                        |
//   +---------------------------------------------------------------+
Step parse_null(Pdu pdu) {
  if (!pdu.bytes.has(0, 4)) return cut(pdu, 4);
  const std::uint32_t big = pdu.bytes.be32(0);
  const std::uint32_t family = big > 0xffff ? pdu.bytes.le32(0) : big;
  return is_ip_family(family) ? go(Layer::ip, pdu.from(4)) : stop(Undecoded::not_ip);
}

// LINKTYPE_LINUX_SLL.
//   +---------------------------+-----------------------------------+
//   |     packet type (16)      |           ARPHRD_ (16)            |
//   +---------------------------+-----------------------------------+
//   |    address length (16)    |      address (64) ...             |
//   +---------------------------+-----------------------------------+
//   |                                        |     protocol (16)    |
//   +---------------------------------------------------------------+
Step parse_linux_sll(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 16;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  return by_linux_protocol(pdu.bytes.be16(14), pdu.from(kHeaderLen));
}

// LINKTYPE_LINUX_SLL2.
//   +-------------------------------+-------------------------------+
//   |         protocol (16)         |         reserved (16)         |
//   +-------------------------------+-------------------------------+
//   |                     interface index (32)                      |
//   +-------------------------------+---------------+---------------+
//   |         ARPHRD_ (16)          |packet type (8)|addr length (8)|
//   +-------------------------------+---------------+---------------+
//   |                         address (64)                          |
//   +---------------------------------------------------------------+
Step parse_linux_sll2(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 20;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  return by_linux_protocol(pdu.bytes.be16(0), pdu.from(kHeaderLen));
}

}  // namespace deadair::wire
