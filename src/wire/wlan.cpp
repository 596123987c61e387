// Reads IEEE 802.11 data frames down to their LLC header.
#include "wire/wlan.hpp"

namespace deadair::wire {
namespace {

// Frame control: type and subtype in the first octet, flags in the second.
constexpr std::uint8_t kTypeMask = 0x0c, kData = 0x08, kNoData = 0x40, kQos = 0x80;
constexpr std::uint8_t kToDs = 0x01, kFromDs = 0x02, kMoreFragments = 0x04, kProtected = 0x40,
                       kOrder = 0x80;
constexpr std::uint8_t kAggregate = 0x80;  // QoS control: A-MSDU

// What the layout of a data frame's header depends on.
struct WlanHeader {
  std::size_t length = 24;
  bool aggregate = false;
  bool fragment = false;
};

WlanHeader header_of(ByteView frame) {
  const std::uint8_t flags = frame.u8(1);
  WlanHeader header;
  if ((flags & kToDs) != 0 && (flags & kFromDs) != 0) header.length += 6;
  if ((frame.u8(0) & kQos) != 0) {
    header.aggregate = (frame.u8(header.length) & kAggregate) != 0;
    header.length += (flags & kOrder) != 0 ? 6 : 2;
  }
  header.fragment = (flags & kMoreFragments) != 0 || (frame.le16(22) & 0x0f) != 0;
  return header;
}

// IEEE 802.11-2020 section 9.3.2.1; all little-endian. Of an A-MSDU the first part is followed.
//   +-------------+--------------+----------+----------+----------+----------+
//   | control (16)| duration (16)| addr1(48)| addr2(48)| addr3(48)| seq (16) |
//   +-------------+--------------+----------+----------+----------+----------+
//   | addr4 (48, between access points) | QoS (16, opt) | HT (32, opt) | LLC |
//   +-----------------------------------+---------------+--------------+-----+
Step parse_data(Pdu pdu, bool padded) {
  if (!pdu.bytes.has(0, 2)) return cut(pdu, 2);
  if ((pdu.bytes.u8(0) & kTypeMask) != kData || (pdu.bytes.u8(0) & kNoData) != 0)
    return stop(Undecoded::not_ip);
  if (!pdu.bytes.has(0, 24)) return cut(pdu, 24);
  if ((pdu.bytes.u8(1) & kProtected) != 0) return stop(Undecoded::encrypted_link);
  const WlanHeader header = header_of(pdu.bytes);
  if (header.fragment) return stop(Undecoded::fragment);
  const std::size_t length = padded ? (header.length + 3) & ~std::size_t{3} : header.length;
  // A subframe has addresses and a length of its own in front of its LLC header.
  return header.aggregate ? go(Layer::ethernet, pdu.from(length))
                          : go(Layer::llc, pdu.from(length));
}

// Where radiotap's flags octet lies: after the chain of presence words and the 64-bit time stamp.
std::uint8_t radiotap_flags(ByteView header) {
  constexpr std::uint32_t kTimestamp = 0x1, kFlags = 0x2, kMoreWords = 0x80000000;
  const std::uint32_t present = header.le32(4);
  if ((present & kFlags) == 0) return 0;
  std::size_t at = 4;
  while (header.has(at, 4) && (header.le32(at) & kMoreWords) != 0) at += 4;
  at += 4;
  if ((present & kTimestamp) != 0) at = ((at + 7) & ~std::size_t{7}) + 8;
  return header.u8(at);
}

}  // namespace

Step parse_wlan(Pdu pdu) { return parse_data(pdu, false); }

// https://www.radiotap.org, all little-endian; presence words chain by their highest bit.
//   +-------------+-----------+---------------------+-----------------------+
//   | version (8) |  pad (8)  |     length (16)     |     present (32)      |
//   +-------------+-----------+---------------------+-----------------------+
Step parse_radiotap(Pdu pdu) {
  constexpr std::uint8_t kDataPad = 0x20;
  if (!pdu.bytes.has(0, 8)) return cut(pdu, 8);
  const std::size_t length = pdu.bytes.le16(2);
  if (pdu.bytes.u8(0) != 0 || length < 8) return stop(Undecoded::malformed);
  const bool padded = (radiotap_flags(pdu.bytes.first(length)) & kDataPad) != 0;
  return parse_data(pdu.from(length), padded);
}

// linux-wlan-ng: message code and length in the byte order of the capturing machine.
//   +---------------------------------+---------------------------------+
//   |        message code (32)        |       message length (32)       |
//   +---------------------------------+---------------------------------+
Step parse_prism(Pdu pdu) {
  if (!pdu.bytes.has(0, 8)) return cut(pdu, 8);
  if (pdu.bytes.be32(0) >> 12 == 0x80211) return parse_avs(pdu);
  const std::uint32_t length = pdu.bytes.le16(6) == 0 ? pdu.bytes.le32(4) : pdu.bytes.be32(4);
  return length < 8 ? stop(Undecoded::malformed) : parse_wlan(pdu.from(length));
}

// AVS capture header: version 0x80211001 or 0x80211002, then the header's length.
//   +---------------------------------+---------------------------------+
//   |           version (32)          |           length (32)           |
//   +---------------------------------+---------------------------------+
Step parse_avs(Pdu pdu) {
  if (!pdu.bytes.has(0, 8)) return cut(pdu, 8);
  const std::uint32_t length = pdu.bytes.be32(4);
  return length < 8 ? stop(Undecoded::malformed) : parse_wlan(pdu.from(length));
}

}  // namespace deadair::wire
