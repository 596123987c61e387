// Follows the datagrams that open something over UDP, and whether anything comes back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "flow/key.hpp"
#include "interference/data_rounds.hpp"
#include "interference/finding.hpp"
#include "wire/packet.hpp"

namespace deadair::interference {

// A datagram that begins a session and asks for an answer.
enum class Opening : std::uint8_t {
  quic,       // Initial with room for a hello (RFC 9000 sections 14.1, 17.2.2)
  dtls,       // ClientHello (RFC 6347 section 4.2)
  stun,       // request with the magic cookie (RFC 8489 section 5)
  wireguard,  // initiation, 148 bytes (the paper, section 5.4.2)
  openvpn,    // hard reset of the client, version 2 or 3 (ssl_pkt.h)
  ike,        // first message of IKEv1 or IKEv2 (RFC 2408 section 3.1, RFC 7296 section 3.1)
  l2tp,       // Start-Control-Connection-Request (RFC 2661 section 6.1)
};
constexpr std::string_view name(Opening opening) {
  constexpr std::array<std::string_view, 7> kNames = {
      "QUIC Initials",    "DTLS hellos",  "STUN requests", "WireGuard initiations",
      "OpenVPN openings", "IKE openings", "L2TP openings"};
  return kNames[static_cast<std::size_t>(opening)];
}
// Nothing for those that no trigger is named after.
std::optional<TriggerType> trigger_of(Opening opening);

// A message of OpenVPN's key exchange, after the reset: it is sent again until it is acknowledged,
// after 2 s, then doubling (ssl_pkt.h, reliable.c).
bool is_openvpn_control(const wire::Packet& packet);

// What a datagram opens. OpenVPN's shape says little: only the first datagram of a flow may be one.
std::optional<Opening> opening_of(const wire::Packet& packet, bool first);
// Most datagrams of media and of data open nothing, and answer no opening, by their first byte.
constexpr bool may_open(std::uint8_t first) {
  constexpr std::uint8_t kOpenVpnV3 = 0x50, kOpenVpnAnswer = 0x40;
  return first >> 6 == 0 || first >> 6 == 3 || first == kOpenVpnV3 || first == kOpenVpnAnswer;
}

// The openings of one flow: all, and those since the other side was last heard.
class OpeningTrack {
 public:
  static constexpr std::size_t kMostTimes = 8;

  struct Series {
    std::uint32_t count = 0;  // transmissions; several datagrams of one moment are one
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
    std::array<std::uint32_t, kMostTimes> at_ms{};  // of the first ones, since first_ns
    std::array<wire::FrameRef, kMostTimes> frames;  // likewise

    [[nodiscard]] std::span<const std::uint32_t> times() const {
      return std::span(at_ms).first(count < kMostTimes ? count : kMostTimes);
    }
    [[nodiscard]] std::span<const wire::FrameRef> shown() const {
      return std::span(frames).first(times().size());
    }
  };

  // An opening of `side`, after so many packets of the other one. Openings of the other side are
  // its answers.
  void open(Opening what, flow::Side side, std::uint64_t heard, const wire::Packet& packet);
  // Any packet of the other side.
  void hear(std::int64_t ts_ns);
  // Any packet of either side, before it opens: what comes after handshakes that were answered.
  void follow(flow::Side from, const wire::Packet& packet);
  void recycle() { *this = {}; }

  [[nodiscard]] bool opened() const { return total_ != 0; }
  [[nodiscard]] Opening what() const { return what_; }
  [[nodiscard]] flow::Side side() const { return side_; }
  [[nodiscard]] std::uint32_t total() const { return total_; }
  // The last series; unanswered when the other side has sent no more than `heard` packets.
  [[nodiscard]] const Series& series() const { return series_; }
  [[nodiscard]] bool unanswered(std::uint64_t heard) const { return opened() && heard == heard_; }
  // Packets of the other side before the last series.
  [[nodiscard]] std::uint64_t heard_before() const { return heard_; }
  // First packet of the other side after the first opening, and the last one before any series;
  // 0: there was none.
  [[nodiscard]] std::int64_t answered_ns() const { return answered_ns_; }
  [[nodiscard]] std::int64_t last_heard_ns() const { return last_heard_ns_; }
  [[nodiscard]] const DataRounds& rounds() const { return rounds_; }

 private:
  void transmit(const wire::Packet& packet);

  Series series_;
  DataRounds rounds_;
  std::uint64_t heard_ = 0;
  std::int64_t answered_ns_ = 0;
  std::int64_t last_heard_ns_ = 0;
  std::uint32_t total_ = 0;
  Opening what_ = Opening::quic;
  flow::Side side_ = flow::Side::a;
};

// The transmissions keep the protocol's timer: their gaps grow, about double (QUIC, DTLS, STUN,
// IKE, L2TP), or are those of its clock (WireGuard 5 s, OpenVPN 1 s and more).
bool keeps_timer(Opening what, std::span<const std::uint32_t> at_ms);

}  // namespace deadair::interference
