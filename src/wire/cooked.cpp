// Reads loopback, Linux cooked, NFLOG, IPNET and SLIP headers.
#include "wire/cooked.hpp"

#include "wire/ethernet.hpp"
#include "wire/wlan.hpp"

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

// if_arp.h: interfaces whose cooked protocol field says little.
namespace arphrd {
constexpr std::uint16_t kWlan = 801, kWlanPrism = 802, kWlanRadiotap = 803, kNetlink = 824;
}  // namespace arphrd

// Below 1536 Linux writes its own numbers (if_ether.h), of which only 802.2 leads to IP.
Step by_linux_protocol(std::uint16_t hardware, std::uint16_t protocol, Pdu pdu) {
  constexpr std::uint16_t kLlc = 0x0004;
  if (hardware == arphrd::kNetlink) return stop(Undecoded::not_ip);
  if (hardware == arphrd::kWlan) return parse_wlan(pdu);
  if (hardware == arphrd::kWlanPrism) return parse_prism(pdu);
  if (hardware == arphrd::kWlanRadiotap) return parse_radiotap(pdu);
  if (protocol == kLlc) return go(Layer::llc, pdu);
  if (protocol <= ethertype::kMaxLength) return stop(Undecoded::not_ip);
  return parse_ethertype(protocol, pdu);
}

// Lengths in NFLOG are in the byte order of the capturing machine, which no field tells: the one
// that fits the rest is taken.
std::size_t nflog_length(ByteView rest) {
  const std::size_t little = rest.le16(0), big = rest.be16(0);
  return little >= 4 && little <= rest.size() ? little : big;
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
  return by_linux_protocol(pdu.bytes.be16(2), pdu.bytes.be16(14), pdu.from(kHeaderLen));
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
  return by_linux_protocol(pdu.bytes.be16(8), pdu.bytes.be16(0), pdu.from(kHeaderLen));
}

// LINKTYPE_NFLOG: family, version 0 and resource id, then attributes padded to 4 octets.
//   +---------------+---------------+-------------------------------+
//   |  family (8)   |  version (8)  |        resource id (16)       |
//   +---------------+---------------+-------------------------------+
//   |  length (16, with these 4)    |  type (16)    |   value ...   |
//   +-------------------------------+---------------+---------------+
Step parse_nflog(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 4, kAttributeLen = 4;
  constexpr std::uint8_t kPayload = 9;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  if (pdu.bytes.u8(1) != 0) return stop(Undecoded::malformed);
  if (!is_ip_family(pdu.bytes.u8(0))) return stop(Undecoded::not_ip);
  pdu = pdu.from(kHeaderLen);
  while (pdu.bytes.has(0, kAttributeLen)) {
    const std::size_t length = nflog_length(pdu.bytes);
    if (length < kAttributeLen) return stop(Undecoded::malformed);
    if (pdu.bytes.u8(2) == kPayload || pdu.bytes.u8(3) == kPayload)
      return go(Layer::ip, pdu.from(kAttributeLen));
    pdu = pdu.from((length + 3) & ~std::size_t{3});
  }
  return pdu.wire_len > 0 ? stop(pdu.missing(kAttributeLen)) : stop(Undecoded::not_ip);
}

// LINKTYPE_IPNET, Solaris' ipnet(7D); address family 1 is IPv4, 2 is IPv6.
//   +---------------+---------------+-------------------------------+
//   |  version (8)  |  family (8)   |  hook (16), lengths, zones    |
//   +---------------+---------------+-------------------------------+
Step parse_ipnet(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 24;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  const std::uint8_t family = pdu.bytes.u8(1);
  return family == 1 || family == 2 ? go(Layer::ip, pdu.from(kHeaderLen)) : stop(Undecoded::not_ip);
}

// LINKTYPE_SLIP: direction and 15 octets of compressed header that a BSD kernel keeps, then IP.
Step parse_bsd_slip(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 16;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  return go(Layer::ip, pdu.from(kHeaderLen));
}

}  // namespace deadair::wire
