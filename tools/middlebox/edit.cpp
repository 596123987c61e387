// Changes header fields of a frame in place and puts its checksums right again.
#include "edit.hpp"

#include "checksum.hpp"

namespace deadair::middlebox {
namespace {

constexpr std::size_t kIpv4TtlAt = 8, kIpv4ChecksumAt = 10, kIpv6HopLimitAt = 7;

void mend_ipv4_checksum(Frame& frame, const Headers& headers) {
  const std::size_t at = headers.ip_at + kIpv4ChecksumAt;
  put_be16(frame.bytes, at, 0);
  const ByteView header =
      ByteView(frame.bytes).sub(headers.ip_at, headers.transport_at - headers.ip_at);
  put_be16(frame.bytes, at, folded(sum_of(header)));
}

void set_ip_length(Frame& frame, const Headers& headers, std::size_t ip_len) {
  constexpr std::size_t kIpv4LengthAt = 2, kIpv6LengthAt = 4, kIpv6Header = 40;
  const bool v4 = headers.packet.ip_version == 4;
  put_be16(frame.bytes, headers.ip_at + (v4 ? kIpv4LengthAt : kIpv6LengthAt),
           v4 ? ip_len : ip_len - kIpv6Header);
  if (v4) mend_ipv4_checksum(frame, headers);
}

}  // namespace

void set_ttl(Frame& frame, const Headers& headers, std::uint8_t ttl) {
  const bool v4 = headers.packet.ip_version == 4;
  frame.bytes[headers.ip_at + (v4 ? kIpv4TtlAt : kIpv6HopLimitAt)] = ttl;
  if (v4) mend_ipv4_checksum(frame, headers);
}

void strip_to_flags(Frame& frame, const Headers& headers, std::uint8_t flags) {
  constexpr std::size_t kFlagsAt = 13, kChecksumAt = 16;
  const wire::Packet& packet = headers.packet;
  const std::size_t end = headers.ip_at + packet.ip_len - packet.payload_len;
  frame.bytes.resize(end);
  frame.bytes[headers.transport_at + kFlagsAt] = flags;
  set_ip_length(frame, headers, end - headers.ip_at);
  const std::size_t checksum_at = headers.transport_at + kChecksumAt;
  put_be16(frame.bytes, checksum_at, 0);
  put_be16(frame.bytes, checksum_at,
           transport_checksum(packet.src, packet.dst, wire::ip_proto::kTcp,
                              ByteView(frame.bytes).from(headers.transport_at)));
  frame.offload = {};  // nothing is left to a card
}

}  // namespace deadair::middlebox
