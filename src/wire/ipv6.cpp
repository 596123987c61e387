// Reads an IPv6 header with its extension headers.
#include "wire/ip.hpp"

namespace deadair::wire {
namespace {

constexpr std::size_t kHeaderLen = 40;
constexpr std::size_t kFragmentLen = 8;
constexpr int kMaxExtensions = 16;

// IANA "Protocol Numbers", those marked as IPv6 extension headers.
constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kNoNext = 59,
                       kDestination = 60, kMobility = 135, kHip = 139, kShim6 = 140;

bool is_options(std::uint8_t type) {
  return type == kHopByHop || type == kRouting || type == kDestination;
}
// Extension headers by form that end the chain in practice: they are the message.
bool is_control(std::uint8_t type) { return type == kMobility || type == kHip || type == kShim6; }

// RFC 8200 section 4.5.
//   +---------------+---------------+-------------------------+---+-+
//   |  Next Header  |   Reserved    |      Fragment Offset    |Res|M|
//   +---------------+---------------+-------------------------+---+-+
//   |                         Identification                        |
//   +---------------------------------------------------------------+
Fragment fragment_of(ByteView header, std::size_t header_len, std::size_t next_header_at) {
  Fragment fragment;
  fragment.more = (header.be16(2) & 1) != 0;
  fragment.offset = header.be16(2) & 0xfff8U;
  // RFC 6946: a fragment that is the whole datagram is processed as a plain packet.
  fragment.present = fragment.more || fragment.offset != 0;
  fragment.id = header.be32(4);
  fragment.header_len = static_cast<std::uint16_t>(header_len);
  fragment.next_header_at = static_cast<std::uint16_t>(next_header_at);
  return fragment;
}

// The chain of extension headers in front of the transport.
class Extensions {
 public:
  Extensions(Pdu ip, IpBody& body) : ip_(ip), body_(body) {}

  Undecoded skip() {
    for (int count = 0; count <= kMaxExtensions; ++count) {
      if (body_.proto == kFragment) {
        if (!ip_.bytes.has(at_, kFragmentLen)) return ip_.missing(at_ + kFragmentLen);
        body_.fragment = fragment_of(ip_.bytes.from(at_), at_, next_header_at_);
        pass(kFragmentLen);
        if (body_.fragment.present) return finish();
        continue;
      }
      const std::size_t length = extension_len();
      if (length == 0) return finish();
      if (!ip_.bytes.has(at_, length)) return ip_.missing(at_ + length);
      if (is_control(body_.proto) && ip_.bytes.u8(at_) == kNoNext) return finish();
      pass(length);
    }
    return Undecoded::too_deep;
  }

 private:
  // RFC 8200 sections 4.3 to 4.6 count in 8 octets after the first 8, RFC 4302 in 4 after the
  // first 8.
  [[nodiscard]] std::size_t extension_len() const {
    const std::size_t units = ip_.bytes.u8(at_ + 1);
    if (is_options(body_.proto) || is_control(body_.proto)) return (units + 1) * 8;
    return body_.proto == ip_proto::kAh ? (units + 2) * 4 : 0;
  }
  void pass(std::size_t length) {
    body_.proto = ip_.bytes.u8(at_);
    next_header_at_ = at_;
    at_ += length;
  }
  Undecoded finish() {
    body_.pdu = ip_.from(at_);
    return Undecoded::none;
  }

  Pdu ip_;
  IpBody& body_;
  std::size_t at_ = kHeaderLen;
  std::size_t next_header_at_ = 6;
};

}  // namespace

// RFC 8200 section 3.
//   +-------+---------------+---------------------------------------+
//   |Version| Traffic Class |              Flow Label               |
//   +-------+---------------+---------------+-----------------------+
//   |         Payload Length        |  Next Header  |   Hop Limit   |
//   +-------------------------------+---------------+---------------+
//   |                     Source Address (128)                      |
//   |                   Destination Address (128)                   |
//   +---------------------------------------------------------------+
Undecoded parse_ipv6(Pdu pdu, Packet& out, IpBody& body) {
  const ByteView header = pdu.bytes;
  if (!header.empty() && header.u8(0) >> 4 != 6) return Undecoded::malformed;
  if (!header.has(0, kHeaderLen)) return pdu.missing(kHeaderLen);
  const std::uint32_t payload_len = header.be16(4);
  body.proto = header.u8(6);
  // Zero leaves the length to the frame: jumbograms (RFC 2675) and segmentation left to the card.
  const bool open = payload_len == 0 && body.proto != kNoNext && pdu.wire_len > kHeaderLen;
  const std::uint32_t length =
      open ? pdu.wire_len : payload_len + static_cast<std::uint32_t>(kHeaderLen);
  body.declared = open ? 0 : length;

  out.ip_version = 6;
  out.src = IpAddress::v6(header.sub(8, 16));
  out.dst = IpAddress::v6(header.sub(24, 16));
  out.ttl = header.u8(7);
  out.ip = header.first(length);
  out.ip_len = length;
  out.truncated = out.ip.size() < length;
  return Extensions(Pdu{out.ip, length}, body).skip();
}

}  // namespace deadair::wire
