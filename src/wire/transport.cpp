// Reads SCTP, ICMP and ICMPv6 headers.
#include "wire/transport.hpp"

#include <array>
#include <span>

namespace deadair::wire {
namespace {

struct Counterpart {
  std::uint8_t request;
  std::uint8_t reply;
};

// Message types that come in pairs, by the Community ID specification v1
// (https://github.com/corelight/community-id-spec): both directions then make one flow.
constexpr std::array kIcmpPairs = {
    Counterpart{8, 0},    // echo
    Counterpart{10, 9},   // router solicitation
    Counterpart{13, 14},  // timestamp
    Counterpart{15, 16},  // information
    Counterpart{17, 18},  // address mask
};
constexpr std::array kIcmp6Pairs = {
    Counterpart{128, 129},  // echo
    Counterpart{130, 131},  // multicast listener
    Counterpart{133, 134},  // router solicitation
    Counterpart{135, 136},  // neighbour solicitation
    Counterpart{139, 140},  // node information ("who are you")
    Counterpart{144, 145},  // home agent address discovery
};

void map_ports(std::uint8_t type, std::uint8_t code, std::span<const Counterpart> pairs,
               Packet& out) {
  out.src_port = type;
  for (const Counterpart& pair : pairs) {
    if (type != pair.request && type != pair.reply) continue;
    out.dst_port = type == pair.request ? pair.reply : pair.request;
    return;
  }
  out.dst_port = code;
  out.one_way = true;
}

// RFC 792 and RFC 4443 section 2.1; the payload begins after the checksum, as the rest differs by
// type.
//   +---------------+---------------+-------------------------------+
//   |     Type      |     Code      |           Checksum            |
//   +---------------+---------------+-------------------------------+
Undecoded parse_message(Pdu body, std::span<const Counterpart> pairs, Packet& out) {
  constexpr std::size_t kHeaderLen = 4;
  if (!body.bytes.has(0, kHeaderLen)) return body.missing(kHeaderLen);
  map_ports(body.bytes.u8(0), body.bytes.u8(1), pairs, out);
  set_payload(out, body.from(kHeaderLen));
  return Undecoded::none;
}

}  // namespace

// RFC 9260 section 3.1; the payload is the chunks.
//   +-------------------------------+-------------------------------+
//   |      Source Port Number       |    Destination Port Number    |
//   +-------------------------------+-------------------------------+
//   |                       Verification Tag                        |
//   |                           Checksum                            |
//   +---------------------------------------------------------------+
Undecoded parse_sctp(Pdu body, Packet& out) {
  constexpr std::size_t kHeaderLen = 12;
  if (!body.bytes.has(0, kHeaderLen)) return body.missing(kHeaderLen);
  out.src_port = body.bytes.be16(0);
  out.dst_port = body.bytes.be16(2);
  set_payload(out, body.from(kHeaderLen));
  return Undecoded::none;
}

Undecoded parse_icmp(Pdu body, Packet& out) { return parse_message(body, kIcmpPairs, out); }
Undecoded parse_icmp6(Pdu body, Packet& out) { return parse_message(body, kIcmp6Pairs, out); }

}  // namespace deadair::wire
