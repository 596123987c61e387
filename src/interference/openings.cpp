// First bytes of seven protocols, and the rhythm of what asks again.
#include "interference/openings.hpp"

#include <algorithm>

#include "proto/dtls.hpp"
#include "proto/quic.hpp"
#include "proto/stun.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kMs = 1'000'000;
// Datagrams closer than this are one transmission: a hello may take two datagrams.
constexpr std::int64_t kOneMomentNs = 150 * kMs;

bool is_quic(const wire::Packet& packet) {
  constexpr std::uint32_t kPadded = 1200;  // RFC 9000 section 14.1
  proto::quic::LongHeader header;
  return packet.payload_len >= kPadded &&
         proto::quic::parse_long_header(packet.payload, packet.payload_len, header) ==
             ParseStatus::parsed &&
         header.initial;
}

bool is_dtls(const wire::Packet& packet) {
  proto::dtls::Header header;
  return proto::dtls::parse(packet.payload, packet.payload_len, header) != ParseStatus::not_this &&
         header.client_hello;
}

bool is_stun(const wire::Packet& packet) {
  using proto::stun::Class;
  proto::stun::Message message;
  return proto::stun::parse(packet.payload, packet.payload_len, message) != ParseStatus::not_this &&
         message.magic_cookie && message.kind == Class::request;
}

bool is_wireguard(const wire::Packet& packet) {
  constexpr std::uint32_t kInitiation = 148;
  return packet.payload_len == kInitiation && packet.payload.u8(0) == 1 &&
         packet.payload.be24(1) == 0;
}

bool is_openvpn(const wire::Packet& packet) {
  constexpr std::uint8_t kResetV2 = 0x38, kResetV3 = 0x50;
  constexpr std::uint32_t kPlain = 14, kSigned = 42, kMost = 1200;
  const std::uint8_t first = packet.payload.u8(0);
  return (first == kResetV2 && packet.payload_len >= kPlain && packet.payload_len < kMost) ||
         (first == kResetV3 && packet.payload_len >= kSigned && packet.payload_len < kMost);
}

//  0        8         16   17  18       19    20        24
//  +--------+---------+----+---+--------+-----+---------+--------+
//  | SPI i  | SPI r 0 | np | v | exchge | flg | msg id  | length |
//  +--------+---------+----+---+--------+-----+---------+--------+
bool is_ike(const wire::Packet& packet) {
  constexpr std::uint16_t kIke = 500, kNat = 4500;
  constexpr std::uint32_t kMarker = 4;
  constexpr std::size_t kLength = 24, kHeader = 28;
  const bool nat = packet.dst_port == kNat;
  if (!nat && packet.dst_port != kIke) return false;
  if (nat && (packet.payload.be32(0) != 0 || packet.payload_len < kMarker)) return false;
  const ByteView bytes = nat ? packet.payload.from(kMarker) : packet.payload;
  const std::uint32_t length = packet.payload_len - (nat ? kMarker : 0);
  if (!bytes.has(0, kHeader) || bytes.be64(0) == 0 || bytes.be64(8) != 0) return false;
  constexpr std::uint8_t kV1 = 0x10, kV2 = 0x20, kMain = 2, kAggressive = 4, kInit = 34;
  const std::uint8_t version = bytes.u8(17), exchange = bytes.u8(18);
  const bool first = (version == kV2 && exchange == kInit) ||
                     (version == kV1 && (exchange == kMain || exchange == kAggressive));
  return first && bytes.be32(kLength) == length;
}

bool is_l2tp(const wire::Packet& packet) {
  constexpr std::uint16_t kPort = 1701, kFlags = 0xc802, kFixed = 0xcb0f;
  const ByteView bytes = packet.payload;
  constexpr std::size_t kAttribute = 12;
  return packet.dst_port == kPort && bytes.has(0, kAttribute + 8) &&
         (bytes.be16(0) & kFixed) == kFlags && bytes.be16(2) == packet.payload_len &&
         bytes.be16(4) == 0 && bytes.be16(kAttribute + 4) == 0 && bytes.be16(kAttribute + 6) == 1;
}

}  // namespace

std::optional<TriggerType> trigger_of(Opening opening) {
  switch (opening) {
    case Opening::quic:
      return TriggerType::quic_sni;
    case Opening::dtls:
      return TriggerType::dtls_ch;
    case Opening::stun:
      return TriggerType::stun_req;
    case Opening::wireguard:
      return TriggerType::wg_init;
    case Opening::openvpn:
      return TriggerType::ovpn;
    default:
      return std::nullopt;
  }
}

bool is_openvpn_control(const wire::Packet& packet) {
  constexpr std::uint8_t kControl = 0x20;  // with the first key
  constexpr std::uint32_t kLeast = 14, kMost = 1400;
  return packet.payload.u8(0) == kControl && packet.payload_len >= kLeast &&
         packet.payload_len <= kMost;
}

std::optional<Opening> opening_of(const wire::Packet& packet, bool first) {
  if (packet.payload.empty()) return std::nullopt;
  if (is_ike(packet)) return Opening::ike;
  if (is_l2tp(packet)) return Opening::l2tp;
  if (packet.payload.u8(0) >> 6 == 3)
    return is_quic(packet) ? std::optional(Opening::quic) : std::nullopt;
  if (is_wireguard(packet)) return Opening::wireguard;
  if (is_stun(packet)) return Opening::stun;
  if (is_dtls(packet)) return Opening::dtls;
  if (first && is_openvpn(packet)) return Opening::openvpn;
  return std::nullopt;
}

void OpeningTrack::transmit(const wire::Packet& packet) {
  if (series_.count != 0 && packet.ts_ns - series_.last_ns < kOneMomentNs) return;
  if (series_.count == 0) series_.first_ns = packet.ts_ns;
  if (series_.count < kMostTimes) {
    series_.at_ms[series_.count] =
        static_cast<std::uint32_t>((packet.ts_ns - series_.first_ns) / kMs);
    series_.frames[series_.count] = packet.frame;
  }
  ++series_.count;
  series_.last_ns = packet.ts_ns;
}

void OpeningTrack::open(Opening what, flow::Side side, std::uint64_t heard,
                        const wire::Packet& packet) {
  if (opened() && side != side_) return;
  if (!opened() || what != what_ || heard != heard_) series_ = {};
  what_ = what;
  side_ = side;
  heard_ = heard;
  ++total_;
  transmit(packet);
}

void OpeningTrack::follow(flow::Side from, const wire::Packet& packet) {
  if (what_ != Opening::wireguard) return;
  if (from == side_)
    rounds_.sent(packet);
  else
    rounds_.came(packet);
}

void OpeningTrack::hear(std::int64_t ts_ns) {
  if (answered_ns_ == 0) answered_ns_ = ts_ns;
  last_heard_ns_ = ts_ns;
}

bool keeps_timer(Opening what, std::span<const std::uint32_t> at_ms) {
  if (at_ms.size() < 3) return false;
  const auto gap = [&](std::size_t i) { return std::int64_t{at_ms[i]} - at_ms[i - 1]; };
  if (what == Opening::wireguard) {
    constexpr std::int64_t kLeast = 4000, kMost = 15'000;  // every 5 s and up to a third more
    for (std::size_t i = 1; i < at_ms.size(); ++i)
      if (gap(i) < kLeast || gap(i) > kMost) return false;
    return true;
  }
  if (what == Opening::openvpn) {
    constexpr std::int64_t kLeast = 800;
    for (std::size_t i = 1; i < at_ms.size(); ++i)
      if (gap(i) < kLeast) return false;
    return true;
  }
  // Doubling, with room for late timers; from some point on it may stay as it is.
  bool doubled = false;
  for (std::size_t i = 2; i < at_ms.size(); ++i) {
    const std::int64_t ratio = 100 * gap(i) / std::max<std::int64_t>(gap(i - 1), 1);
    if (ratio < 70 || ratio > 350) return false;
    doubled = doubled || ratio >= 150;
  }
  return doubled;
}

}  // namespace deadair::interference
