// Reads an IPv4 header.
#include "wire/ip.hpp"

namespace deadair::wire {
namespace {

constexpr std::size_t kMinHeader = 20;
constexpr std::uint16_t kDontFragment = 0x4000, kMoreFragments = 0x2000, kOffsetMask = 0x1fff;

// RFC 4302 section 2: next header, length in 32-bit words minus 2, then what is authenticated.
//   +---------------+---------------+-------------------------------+
//   |  Next Header  |  Payload Len  |           RESERVED            |
//   +---------------+---------------+-------------------------------+
//   |         Security Parameters Index, sequence number, ICV       |
//   +---------------------------------------------------------------+
Undecoded skip_authentication(IpBody& body) {
  for (int headers = 0; body.proto == ip_proto::kAh; ++headers) {
    if (headers == 4) return Undecoded::too_deep;
    const std::size_t length = (std::size_t{body.pdu.bytes.u8(1)} + 2) * 4;
    if (!body.pdu.bytes.has(0, length)) return body.pdu.missing(length);
    body.proto = body.pdu.bytes.u8(0);
    body.pdu = body.pdu.from(length);
  }
  return Undecoded::none;
}

Fragment fragment_of(ByteView header, std::size_t header_len) {
  const std::uint16_t field = header.be16(6);
  Fragment fragment;
  fragment.more = (field & kMoreFragments) != 0;
  fragment.offset = (field & kOffsetMask) * 8U;
  fragment.present = fragment.more || fragment.offset != 0;
  fragment.id = header.be16(4);
  fragment.header_len = static_cast<std::uint16_t>(header_len);
  return fragment;
}

}  // namespace

// RFC 791 section 3.1.
//    0                   1                   2                   3
//   +-------+-------+---------------+-------------------------------+
//   |Version|  IHL  |Type of Service|          Total Length         |
//   +-------+-------+---------------+-----+-------------------------+
//   |         Identification        |Flags|      Fragment Offset    |
//   +---------------+---------------+-----+-------------------------+
//   |  Time to Live |    Protocol   |         Header Checksum       |
//   +---------------+---------------+-------------------------------+
//   |                         Source Address                        |
//   |                      Destination Address                      |
//   |                    Options                    |    Padding    |
//   +---------------------------------------------------------------+
Undecoded parse_ipv4(Pdu pdu, Packet& out, IpBody& body) {
  const ByteView header = pdu.bytes;
  if (!header.empty() && header.u8(0) >> 4 != 4) return Undecoded::malformed;
  if (!header.has(0, kMinHeader)) return pdu.missing(kMinHeader);
  const std::size_t header_len = (header.u8(0) & 0x0fU) * 4U;
  body.declared = header.be16(2);
  // Hosts that leave segmentation to the card hand packets with length 0 to the capture.
  const std::uint32_t length = body.declared != 0 ? body.declared : pdu.wire_len;
  if (header_len < kMinHeader || length < header_len) return Undecoded::malformed;
  if (!header.has(0, header_len)) return pdu.missing(header_len);

  out.ip_version = 4;
  out.src = IpAddress::v4(header.be32(12));
  out.dst = IpAddress::v4(header.be32(16));
  out.ttl = header.u8(8);
  out.ip_id = header.be16(4);
  out.dont_fragment = (header.be16(6) & kDontFragment) != 0;
  out.ip = header.first(length);
  out.ip_len = length;
  out.truncated = out.ip.size() < length;
  body.proto = header.u8(9);
  body.fragment = fragment_of(header, header_len);
  body.pdu = Pdu{out.ip, length}.from(header_len);
  return body.fragment.present ? Undecoded::none : skip_authentication(body);
}

}  // namespace deadair::wire
