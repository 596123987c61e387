// Skips an MPLS label stack and guesses what it carries, which no header says.
#include "wire/mpls.hpp"

#include "wire/ethernet.hpp"

namespace deadair::wire {
namespace {

constexpr std::size_t kEntryLen = 4;
constexpr int kMaxLabels = 16;
constexpr std::size_t kControlWord = 4;  // RFC 4448 section 4.6

bool looks_like_ipv4(Pdu pdu) {
  return pdu.bytes.u8(0) >> 4 == 4 && (pdu.bytes.u8(0) & 0x0f) >= 5 &&
         pdu.bytes.be16(2) <= pdu.wire_len;
}
bool looks_like_ipv6(Pdu pdu) {
  return pdu.bytes.u8(0) >> 4 == 6 && pdu.bytes.be16(4) + 40U <= pdu.wire_len;
}
// A pseudowire's frame is recognised by an EtherType that parse_ethertype() would follow.
bool looks_like_ethernet(Pdu pdu) {
  if (!pdu.bytes.has(0, 14)) return false;
  const std::uint16_t type = pdu.bytes.be16(12);
  return type > ethertype::kMaxLength && parse_ethertype(type, pdu.from(14)).layer != Layer::stop;
}

Step guess(Pdu pdu) {
  if (pdu.bytes.empty()) return cut(pdu, 1);
  if (looks_like_ipv4(pdu) || looks_like_ipv6(pdu)) return go(Layer::ip, pdu);
  const bool control_word = pdu.bytes.u8(0) >> 4 == 0;
  if (control_word && looks_like_ethernet(pdu.from(kControlWord)))
    return go(Layer::ethernet, pdu.from(kControlWord));
  return looks_like_ethernet(pdu) ? go(Layer::ethernet, pdu) : stop(Undecoded::not_ip);
}

}  // namespace

// RFC 3032 section 2.1; S marks the last entry.
//   +---------------------------------------+-----+-+---------------+
//   |                 Label                 |  TC |S|      TTL      |
//   +---------------------------------------+-----+-+---------------+
Step parse_mpls(Pdu pdu) {
  for (int label = 0; label < kMaxLabels; ++label) {
    if (!pdu.bytes.has(0, kEntryLen)) return cut(pdu, kEntryLen);
    const bool last = (pdu.bytes.u8(2) & 1) != 0;
    pdu = pdu.from(kEntryLen);
    if (last) return guess(pdu);
  }
  return stop(Undecoded::too_deep);
}

}  // namespace deadair::wire
