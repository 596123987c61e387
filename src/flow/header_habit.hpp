// Keeps what the IP and TCP headers of one sender have in common, so that a packet somebody else
// made in its name can be told.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>

#include "wire/packet.hpp"

namespace deadair::flow {

enum class IpIdKind : std::uint8_t {
  unknown,  // too few packets, IPv6, or nothing but zeros
  counter,  // at least three packets, and every step 1 to 64
  other,    // constant or random
};

// One direction of a TCP flow, every packet but FINs and RSTs: those are what gets forged.
class HeaderHabit {
 public:
  static constexpr std::size_t kMostTtls = 4;

  // In the hot path: no division, no loop for a sender that keeps to its ways.
  void add(const wire::Packet& packet) {
    if ((packet.tcp_flags & (wire::tcp_flag::kRst | wire::tcp_flag::kFin)) != 0) return;
    if (packets_ != 0xff) ++packets_;
    if (packet.ttl != ttls_[0] || ttl_count_ == 0) note_ttl(packet.ttl);
    if (packet.ip_id != 0) note_ip_id(packet.ip_id);
    note_clock(packet);
  }

  // Packets seen, up to 255.
  [[nodiscard]] unsigned packets() const { return packets_; }
  [[nodiscard]] std::span<const std::uint8_t> ttls() const {
    return std::span(ttls_).first(ttl_count_);
  }
  // More values were seen than ttls() holds.
  [[nodiscard]] bool ttl_varies() const { return ttl_varies_; }
  [[nodiscard]] bool used_ttl(std::uint8_t ttl) const {
    return std::ranges::find(ttls(), ttl) != ttls().end();
  }

  // Zeros are passed over: Linux answers a SYN with identification 0 and counts afterwards.
  [[nodiscard]] IpIdKind ip_id_kind() const {
    if (id_broken_) return IpIdKind::other;
    return id_steps_ >= 2 ? IpIdKind::counter : IpIdKind::unknown;
  }

  [[nodiscard]] bool has_clock() const { return clock_seen_; }
  // Ticks a second of the sender's timestamps, when they were watched for 0.2 s or more and run
  // within what RFC 7323 section 5.4 allows (1 to 1000 Hz).
  [[nodiscard]] std::optional<double> clock_hz() const {
    const auto span = static_cast<std::int32_t>(unit_last_ - unit_first_);
    const auto ticks = static_cast<std::int32_t>(ts_last_ - ts_first_);
    if (!clock_seen_ || span < kLeastSpan || ticks <= 0) return std::nullopt;
    const double hz = ticks / (span * kUnitSeconds);
    if (hz < 0.9 || hz > 1100) return std::nullopt;
    return hz;
  }
  // How far a timestamp seen at `ts_ns` lies from this sender's clock, in seconds, never too many:
  // a clock of unknown pace is taken for the fastest allowed. Nothing when there is no clock.
  [[nodiscard]] std::optional<double> seconds_off(std::uint32_t value, std::int64_t ts_ns) const {
    if (!clock_seen_ || too_fast()) return std::nullopt;
    const double passed = static_cast<std::int32_t>(units(ts_ns) - unit_last_) * kUnitSeconds;
    const double ticks = static_cast<std::int32_t>(value - ts_last_);
    if (const auto hz = clock_hz()) return std::abs(ticks / *hz - passed);
    const double least = std::min(0.0, passed), most = std::max(0.0, passed);
    return std::max({0.0, ticks / kFastest - most, least - ticks / kFastest});
  }

 private:
  static constexpr unsigned kUnitShift = 20;  // about a millisecond, without a division
  static constexpr double kUnitSeconds = (1 << kUnitShift) / 1e9;
  static constexpr std::int32_t kLeastSpan = 190;
  static constexpr double kFastest = 1000;
  static constexpr std::uint16_t kLongestStep = 64;

  static std::uint32_t units(std::int64_t ts_ns) {
    return static_cast<std::uint32_t>(ts_ns >> kUnitShift);
  }
  [[nodiscard]] bool too_fast() const {
    const auto span = static_cast<std::int32_t>(unit_last_ - unit_first_);
    const auto ticks = static_cast<std::int32_t>(ts_last_ - ts_first_);
    return ticks > (span + 50) * kUnitSeconds * 1100;
  }

  void note_ttl(std::uint8_t ttl) {
    if (used_ttl(ttl)) return;
    if (ttl_count_ == kMostTtls) {
      ttl_varies_ = true;
      return;
    }
    ttls_[ttl_count_++] = ttl;
  }
  void note_ip_id(std::uint16_t id) {
    const auto step = static_cast<std::uint16_t>(id - id_last_);
    if (id_seen_) {
      if (step == 0 || step > kLongestStep)
        id_broken_ = true;
      else if (id_steps_ != 0xff)
        ++id_steps_;
    }
    id_seen_ = true;
    id_last_ = id;
  }
  // RFC 7323 section 3.2, laid out as nearly every system does on all packets but the SYN: two
  // NOPs, kind 8, length 10.
  void note_clock(const wire::Packet& packet) {
    constexpr std::uint32_t kAligned = 0x0101'080a;
    if (packet.tcp_options.be32(0) != kAligned || !packet.tcp_options.has(4, 4)) return;
    ts_last_ = packet.tcp_options.be32(4);
    unit_last_ = units(packet.ts_ns);
    if (clock_seen_) return;
    clock_seen_ = true;
    ts_first_ = ts_last_;
    unit_first_ = unit_last_;
  }

  std::array<std::uint8_t, kMostTtls> ttls_{};
  std::uint8_t ttl_count_ = 0;
  std::uint8_t packets_ = 0;
  std::uint8_t id_steps_ = 0;
  bool ttl_varies_ : 1 = false;
  bool id_seen_ : 1 = false;
  bool id_broken_ : 1 = false;
  bool clock_seen_ : 1 = false;
  std::uint16_t id_last_ = 0;
  // Timestamps, and when they were seen in units of 2^20 ns.
  std::uint32_t ts_first_ = 0;
  std::uint32_t ts_last_ = 0;
  std::uint32_t unit_first_ = 0;
  std::uint32_t unit_last_ = 0;
};
static_assert(sizeof(HeaderHabit) <= 32);

}  // namespace deadair::flow
