// Builds IP packets with right lengths and checksums.
#include "craft.hpp"

#include "checksum.hpp"

namespace deadair::middlebox {
namespace {

using wire::ip_proto::kIcmp;
using wire::ip_proto::kIcmp6;
using wire::ip_proto::kTcp;
using wire::ip_proto::kUdp;

// RFC 791 section 3.1, without options.
Bytes ipv4_header(const IpFields& ip, std::uint8_t proto, std::size_t body_size) {
  constexpr std::size_t kSize = 20, kChecksumAt = 10;
  constexpr std::uint16_t kDontFragment = 0x4000;
  BytesOut out;
  out.u8(0x45).u8(0).be16(kSize + body_size).be16(ip.ip_id);
  out.be16(ip.dont_fragment ? kDontFragment : 0).u8(ip.ttl).u8(proto).be16(0);
  out.be32(ip.src.v4()).be32(ip.dst.v4());
  Bytes header = out.take();
  put_be16(header, kChecksumAt, folded(sum_of(ByteView(header))));
  return header;
}

// RFC 8200 section 3.
Bytes ipv6_header(const IpFields& ip, std::uint8_t proto, std::size_t body_size) {
  BytesOut out;
  out.be32(0x6000'0000).be16(body_size).u8(proto).u8(ip.ttl);
  out.be64(ip.src.high).be64(ip.src.low).be64(ip.dst.high).be64(ip.dst.low);
  return out.take();
}

// Fills in the checksum at `checksum_at` of the segment and puts the IP header in front.
Bytes packet(const IpFields& ip, std::uint8_t proto, Bytes segment, std::size_t checksum_at) {
  const std::uint16_t sum = proto == kIcmp
                                ? folded(sum_of(ByteView(segment)))
                                : transport_checksum(ip.src, ip.dst, proto, ByteView(segment));
  // RFC 768: a checksum of zero is sent as all ones, for zero means there is none.
  put_be16(segment, checksum_at, proto == kUdp && sum == 0 ? 0xffff : sum);
  Bytes out = ip.src.is_v4() ? ipv4_header(ip, proto, segment.size())
                             : ipv6_header(ip, proto, segment.size());
  out.insert(out.end(), segment.begin(), segment.end());
  return out;
}

}  // namespace

Bytes tcp_packet(const IpFields& ip, const TcpFields& tcp, ByteView payload) {
  constexpr std::uint8_t kFiveWords = 5U << 4;
  constexpr std::size_t kChecksumAt = 16;
  BytesOut out;
  out.be16(tcp.src_port).be16(tcp.dst_port).be32(tcp.seq).be32(tcp.ack);
  out.u8(kFiveWords).u8(tcp.flags).be16(tcp.window).be16(0).be16(0).add(payload);
  return packet(ip, kTcp, out.take(), kChecksumAt);
}

Bytes udp_packet(const IpFields& ip, std::uint16_t src_port, std::uint16_t dst_port,
                 ByteView payload) {
  constexpr std::size_t kHeader = 8, kChecksumAt = 6;
  BytesOut out;
  out.be16(src_port).be16(dst_port).be16(kHeader + payload.size()).be16(0).add(payload);
  return packet(ip, kUdp, out.take(), kChecksumAt);
}

Bytes icmp_packet(const IpFields& ip, std::uint8_t type, std::uint8_t code, std::uint32_t rest,
                  ByteView body) {
  constexpr std::size_t kChecksumAt = 2;
  BytesOut out;
  out.u8(type).u8(code).be16(0).be32(rest).add(body);
  return packet(ip, ip.src.is_v4() ? kIcmp : kIcmp6, out.take(), kChecksumAt);
}

Frame frame_like(const Frame& like, const Headers& headers, bool reversed, ByteView ip_packet) {
  constexpr std::size_t kAddress = 6;
  const ByteView link = ByteView(like.bytes).first(headers.ip_at);
  const ByteView to = link.first(kAddress);
  const ByteView from = link.sub(kAddress, kAddress);
  BytesOut out;
  out.add(reversed ? from : to).add(reversed ? to : from).add(link.from(2 * kAddress));
  out.add(ip_packet);
  return {out.take(), {}};
}

}  // namespace deadair::middlebox
