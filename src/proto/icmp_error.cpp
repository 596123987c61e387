// Reads ICMP errors (RFC 792, RFC 1812, RFC 4443) and the headers they quote.
#include "proto/icmp_error.hpp"

namespace deadair::proto::icmp {
namespace {

constexpr std::size_t kQuoteAt = 4;
constexpr std::uint8_t kTcp = 6, kUdp = 17, kDccp = 33, kSctp = 132;

ErrorKind kind_of_v4(std::uint8_t type, std::uint8_t code) {
  constexpr std::uint8_t kUnreachable = 3, kTimeExceeded = 11;
  if (type == kTimeExceeded) return code == 0 ? ErrorKind::time_exceeded : ErrorKind::other;
  if (type != kUnreachable) return ErrorKind::other;
  switch (code) {
    case 2:
      return ErrorKind::no_protocol;
    case 3:
      return ErrorKind::port_closed;
    case 4:
      return ErrorKind::too_big;
    case 9:
    case 10:
    case 13:
      return ErrorKind::prohibited;
    default:
      return code <= 12 ? ErrorKind::no_route : ErrorKind::other;
  }
}

ErrorKind kind_of_v6(std::uint8_t type, std::uint8_t code) {
  constexpr std::uint8_t kUnreachable = 1, kTooBig = 2, kTimeExceeded = 3;
  if (type == kTooBig) return ErrorKind::too_big;
  if (type == kTimeExceeded) return code == 0 ? ErrorKind::time_exceeded : ErrorKind::other;
  if (type != kUnreachable) return ErrorKind::other;
  switch (code) {
    case 1:
    case 5:
    case 6:
      return ErrorKind::prohibited;
    case 4:
      return ErrorKind::port_closed;
    default:
      return code <= 3 ? ErrorKind::no_route : ErrorKind::other;
  }
}

bool is_error(std::uint8_t ip_version, std::uint8_t type) {
  // Destination unreachable, source quench, redirect, time exceeded, parameter problem; of ICMPv6
  // the four that RFC 4443 section 3 has.
  if (ip_version == 4) return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  return ip_version == 6 && type >= 1 && type <= 4;
}

ParseStatus read_ports(ByteView transport, Error& out) {
  if (out.proto != kTcp && out.proto != kUdp && out.proto != kDccp && out.proto != kSctp)
    return ParseStatus::parsed;
  if (!transport.has(0, 4)) return ParseStatus::truncated;
  out.src_port = transport.be16(0);
  out.dst_port = transport.be16(2);
  out.has_ports = true;
  if (out.proto == kTcp) out.tcp_seq = transport.be32(4);
  return ParseStatus::parsed;
}

ParseStatus read_v4(ByteView quote, Error& out) {
  constexpr std::size_t kLeast = 20;
  if (!quote.has(0, 1) || quote.u8(0) >> 4 != 4) return ParseStatus::not_this;
  const std::size_t header = std::size_t{quote.u8(0) & 0x0fU} * 4;
  if (header < kLeast) return ParseStatus::not_this;
  if (!quote.has(0, kLeast)) return ParseStatus::truncated;
  out.ip_len = quote.be16(2);
  out.ip_id = quote.be16(4);
  out.ttl = quote.u8(8);
  out.proto = quote.u8(9);
  out.src = IpAddress::v4(quote.be32(12));
  out.dst = IpAddress::v4(quote.be32(16));
  const bool first_fragment = (quote.be16(6) & 0x1fffU) == 0;
  return first_fragment ? read_ports(quote.from(header), out) : ParseStatus::parsed;
}

// Extension headers that may stand before the transport (RFC 8200 section 4.1).
ParseStatus read_v6(ByteView quote, Error& out) {
  constexpr std::size_t kHeader = 40, kMostExtensions = 8;
  constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kOptions = 60;
  if (!quote.has(0, 1) || quote.u8(0) >> 4 != 6) return ParseStatus::not_this;
  if (!quote.has(0, kHeader)) return ParseStatus::truncated;
  out.ip_len = std::uint32_t{quote.be16(4)} + kHeader;
  out.proto = quote.u8(6);
  out.ttl = quote.u8(7);
  out.src = IpAddress::v6(quote.sub(8, 16));
  out.dst = IpAddress::v6(quote.sub(24, 16));
  std::size_t at = kHeader;
  for (std::size_t i = 0; i < kMostExtensions; ++i) {
    const bool fragment = out.proto == kFragment;
    if (!fragment && out.proto != kHopByHop && out.proto != kRouting && out.proto != kOptions)
      break;
    if (!quote.has(at, 8)) return ParseStatus::truncated;
    if (fragment && (quote.be16(at + 2) & 0xfff8U) != 0) return ParseStatus::parsed;
    out.proto = quote.u8(at);
    at += fragment ? 8 : 8 + std::size_t{quote.u8(at + 1)} * 8;
  }
  return read_ports(quote.from(at), out);
}

}  // namespace

ParseStatus parse_error(std::uint8_t ip_version, std::uint8_t type, std::uint8_t code,
                        ByteView body, Error& out) {
  out = {};
  if (!is_error(ip_version, type)) return ParseStatus::not_this;
  out.type = type;
  out.code = code;
  out.kind = ip_version == 4 ? kind_of_v4(type, code) : kind_of_v6(type, code);
  if (!body.has(0, kQuoteAt + 1)) return ParseStatus::truncated;
  if (out.kind == ErrorKind::too_big) out.mtu = ip_version == 4 ? body.be16(2) : body.be32(0);
  const ByteView quote = body.from(kQuoteAt);
  return ip_version == 4 ? read_v4(quote, out) : read_v6(quote, out);
}

}  // namespace deadair::proto::icmp
