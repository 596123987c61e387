// Takes frames out of PKTAP, PPI and ERF headers.
#include "wire/wrapped.hpp"

#include "wire/ppp.hpp"

namespace deadair::wire {
namespace {

Unwrapped failed(Step step) { return {false, 0, {}, step}; }
Unwrapped unwrapped(std::uint32_t link, Pdu pdu) {
  if (link > 0xffff) return failed(stop(Undecoded::unknown_link_type));
  return {true, static_cast<LinkType>(link), pdu, {}};
}

// Record types of the ERF specification: how a frame is carried, not on which stream or in which
// colour it came.
Step by_erf_type(std::uint8_t type, Pdu pdu) {
  constexpr std::size_t kEthernetPad = 2, kMultichannel = 4;
  switch (type) {
    case 2:   // ETH
    case 11:  // COLOR_ETH
    case 16:  // DSM_COLOR_ETH
    case 20:  // COLOR_HASH_ETH
      return go(Layer::ethernet, pdu.from(kEthernetPad));
    case 1:   // HDLC_POS
    case 10:  // COLOR_HDLC_POS
    case 15:  // DSM_COLOR_HDLC_POS
    case 19:  // COLOR_HASH_POS
      return parse_ppp_or_cisco(pdu);
    case 5:   // MC_HDLC
    case 17:  // COLOR_MC_HDLC_POS
      return parse_ppp_or_cisco(pdu.from(kMultichannel));
    case 22:  // IPV4
    case 23:  // IPV6
      return go(Layer::ip, pdu);
    default:
      return stop(Undecoded::unknown_link_type);
  }
}

}  // namespace

// Darwin's bsd/net/pktap.h, little-endian; interface and process names follow.
//   +----------------------+----------------------+----------------------+
//   |   header length (32) |   record type (32)   |      DLT (32)        |
//   +----------------------+----------------------+----------------------+
Unwrapped unwrap_pktap(Pdu pdu) {
  constexpr std::size_t kMinHeader = 12;
  constexpr std::uint32_t kMaxHeader = 1024;  // 108 and 156 are known
  constexpr std::uint32_t kPacketRecord = 1;
  if (!pdu.bytes.has(0, kMinHeader)) return failed(cut(pdu, kMinHeader));
  const std::uint32_t length = pdu.bytes.le32(0);
  // macOS borrows a number meant for private use: what does not fit is somebody else's.
  if (length < kMinHeader || length > kMaxHeader) return failed(stop(Undecoded::unknown_link_type));
  if (pdu.bytes.le32(4) != kPacketRecord) return failed(stop(Undecoded::not_ip));
  return unwrapped(pdu.bytes.le32(8), pdu.from(length));
}

// CACE PPI specification 1.0.7 section 3, little-endian.
//   +-------------+-------------+-----------------+----------------------+
//   | version (8) |  flags (8)  |   length (16)   |       DLT (32)       |
//   +-------------+-------------+-----------------+----------------------+
Unwrapped unwrap_ppi(Pdu pdu) {
  constexpr std::size_t kMinHeader = 8;
  if (!pdu.bytes.has(0, kMinHeader)) return failed(cut(pdu, kMinHeader));
  const std::uint16_t length = pdu.bytes.le16(2);
  if (length < kMinHeader) return failed(stop(Undecoded::malformed));
  return unwrapped(pdu.bytes.le32(4), pdu.from(length));
}

// Endace ERF; the highest bit of the type, and of each extension header's, says that another
// follows.
//   +---------------------------------------------------------------+
//   |                   time stamp (64, little-endian)              |
//   +---------------+---------------+-------------------------------+
//   |   type (8)    |   flags (8)   |       record length (16)      |
//   +---------------+---------------+-------------------------------+
//   |   loss counter or colour (16) |        wire length (16)       |
//   +-------------------------------+-------------------------------+
Step parse_erf(Pdu pdu) {
  constexpr std::size_t kHeaderLen = 16, kExtensionLen = 8;
  constexpr std::uint8_t kMore = 0x80;
  if (!pdu.bytes.has(0, kHeaderLen)) return cut(pdu, kHeaderLen);
  const std::uint8_t type = pdu.bytes.u8(8);
  bool more = (type & kMore) != 0;
  pdu = pdu.from(kHeaderLen);
  while (more) {
    if (!pdu.bytes.has(0, kExtensionLen)) return cut(pdu, kExtensionLen);
    more = (pdu.bytes.u8(0) & kMore) != 0;
    pdu = pdu.from(kExtensionLen);
  }
  return by_erf_type(type & 0x7f, pdu);
}

}  // namespace deadair::wire
