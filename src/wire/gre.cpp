// Reads GRE headers of both versions.
#include "wire/ethernet.hpp"
#include "wire/tunnel.hpp"
#include "wire/wlan.hpp"

namespace deadair::wire {
namespace {

constexpr std::uint16_t kChecksum = 0x8000, kRouting = 0x4000, kKey = 0x2000, kSequence = 0x1000,
                        kAcknowledgment = 0x0080, kVersion = 0x0007;
constexpr std::uint16_t kWccp = 0x883e, kErspan = 0x88be, kErspan3 = 0x22eb;
// Aruba access points tunnel 802.11 frames under 0x8200 to 0x83ff.
constexpr std::uint16_t kAruba = 0x8200, kArubaMask = 0xfe00;

// RFC 1701 page 4: address family, offset, length, then `length` octets; an empty entry ends the
// list.
bool skip_routing(ByteReader& header) {
  while (header.ok()) {
    header.skip(3);
    const std::uint8_t length = header.u8();
    if (length == 0) return header.ok();
    header.skip(length);
  }
  return false;
}

// draft-foschiano-erspan-03: type I has no header of its own (and no sequence number), type II has
// 8 octets, type III 12 and 8 more when its last bit is set.
Step parse_erspan(std::uint16_t type, bool sequence, Pdu pdu) {
  if (type == kErspan) return go(Layer::ethernet, pdu.from(sequence ? 8 : 0));
  const bool optional = (pdu.bytes.u8(11) & 1) != 0;
  return go(Layer::ethernet, pdu.from(optional ? 20 : 12));
}

Step by_type(std::uint16_t type, bool sequence, Pdu pdu) {
  if (type == kErspan || type == kErspan3) return parse_erspan(type, sequence, pdu);
  // WCCP version 2 puts 4 octets in front of the packet; version 1 puts none.
  if (type == kWccp) return go(Layer::ip, pdu.bytes.u8(0) >> 4 == 4 ? pdu : pdu.from(4));
  if ((type & kArubaMask) == kAruba) return parse_wlan(pdu);
  if (type <= ethertype::kMaxLength) return stop(Undecoded::not_ip);
  return parse_ethertype(type, pdu);
}

}  // namespace

// RFC 1701, RFC 2784 and RFC 2890 (version 0); RFC 2637 section 4.1 (version 1, PPTP), where the
// key is payload length and call id, and an acknowledgment number may follow the sequence number.
//   +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
//   |C|R|K|S|s|Recur|A| Flags | Ver |         Protocol Type         |
//   +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
//   |      Checksum (optional)      |       Offset (optional)       |
//   |                         Key (optional)                        |
//   |                   Sequence Number (optional)                  |
//   |                Acknowledgment Number (optional)               |
//   +---------------------------------------------------------------+
Step parse_gre(Pdu pdu) {
  ByteReader header(pdu.bytes);
  const std::uint16_t flags = header.be16();
  const std::uint16_t type = header.be16();
  const bool pptp = (flags & kVersion) == 1;
  if ((flags & kVersion) > 1) return stop(Undecoded::not_ip);
  if ((flags & (kChecksum | kRouting)) != 0) header.skip(4);
  if ((flags & kKey) != 0) header.skip(4);
  if ((flags & kSequence) != 0) header.skip(4);
  if (pptp && (flags & kAcknowledgment) != 0) header.skip(4);
  if ((flags & kRouting) != 0 && !skip_routing(header)) return stop(Undecoded::malformed);
  if (!header.ok()) return stop(Undecoded::truncated);
  if (header.left() == 0) return stop(Undecoded::not_ip);
  return by_type(type, (flags & kSequence) != 0, pdu.from(header.offset()));
}

}  // namespace deadair::wire
