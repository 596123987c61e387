// Measures one RTP stream (SSRC of one direction): loss, jitter, rate, sizes, and what it carries.
#pragma once

#include <cstdint>
#include <optional>

#include "flow/liveliness.hpp"
#include "flow/media_kind.hpp"
#include "flow/size_histogram.hpp"

namespace deadair::flow {

// A packet as its stream sees it; passed by value, for it lives in registers.
struct RtpArrival {
  std::int64_t ts_ns = 0;
  std::uint32_t ssrc = 0;
  std::uint32_t timestamp = 0;
  std::uint16_t sequence = 0;
  std::uint16_t size = 0;  // payload
  std::uint8_t payload_type = 0;
};

// What is known of a stream, as values.
struct RtpFacts {
  std::uint32_t ssrc = 0;
  std::uint8_t payload_type = 0;    // seen most
  std::uint8_t kinds = 0;           // media_kind bits
  std::uint32_t clock = 0;          // Hz; 0 when neither payload type nor timestamps say
  std::uint64_t packets = 0;        // duplicates too
  std::uint64_t lost = 0;           // sequence numbers that never came
  std::optional<double> jitter_ms;  // mean of RFC 3550's running value; absent without a clock
  double kbps = 0;                  // RTP payload, first to last packet
  std::uint32_t size_p50 = 0;       // bytes of payload
  std::uint32_t size_p90 = 0;
  std::uint32_t size_max = 0;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::uint32_t first_timestamp = 0;  // of the RTP clock
  std::uint32_t last_timestamp = 0;

  // First and last sequence number, modulo 2^32 and beyond 16 bits: `highest - base + 1` packets
  // were sent. Counted from the last restart when the source has `restarted` its numbers.
  std::uint32_t base = 0;
  std::uint32_t highest = 0;
  bool restarted = false;
  std::uint64_t aside = 0;  // of `packets`: duplicates and strays, which fill no place
  // Runs of lost packets: `lost / gaps` is their mean length. What came late shortens or ends one.
  std::uint32_t gaps = 0;

  bool lively = false;  // media and not a few stray packets: see Liveliness
  // Times the media stopped for more than 200 ms though the sender went on: a packet came that much
  // later, against the one before, than their timestamps say, or at least 10 packets in a row and
  // 200 ms of media are lost. A pause of the sender (DTX) advances the timestamp and is none.
  // Nothing is known before the clock is.
  std::uint32_t freezes = 0;
  std::uint64_t frozen_ms = 0;
  // Stretches of 2 s with at least 5 packets sent, and those of them that nobody could follow: a
  // sixth of the packets lost, for which ITU-T G.107 gives R < 50 before any delay, or frozen for
  // more than a quarter. A freeze counts with all its length.
  std::uint32_t windows = 0;
  std::uint32_t bad_windows = 0;
  // One-way delay at the end minus that at the beginning: the least of about 5 s each, sampled
  // twice a second. Skew between the sender's clock and the capture's cannot be told from it: some
  // milliseconds a minute at most where clocks are good, a hundred have been seen. Absent without
  // a clock, and below 10 s.
  std::optional<double> delay_trend_ms;
  // Retransmissions or redundancy of another stream, or padding that probes the bandwidth: their
  // loss is nobody's. MediaTrack::streams() tells, for it takes the streams beside it to know.
  bool repair = false;
};

// Two cache lines and a third that only the slow ways touch; those are out of line. Windows of
// 2 s with at least 5 packets are judged voice or video:
// - by static payload type (RFC 3551);
// - else by clock: 90 kHz with pictures' sizes is video, an audio clock voice;
// - else by size, to half an octave: median above 400 or p90 above 900 bytes, or packets of one
// timestamp, is video;
//   p90 below 384 at an audio packet rate is voice. Measured on public captures of calls: 0 of
//   about 225 voice windows above 400 bytes.
// - Small packets that mostly repeat a timestamp are telephone events (RFC 4733) and no speech.
// What remains is undecided.
class alignas(64) RtpStream {
 public:
  // So many packets one after the other are RTP and not chance.
  static constexpr int kProof = 4;

  // Starts with its first packet.
  void begin(RtpArrival packet);
  // Counts a further packet of the same SSRC. True when it is the one that proves the stream.
  bool add(RtpArrival packet);
  // Counts a packet that fills no place in the sequence: one more came, and one more was expected.
  void count_aside(std::uint16_t size);

  [[nodiscard]] bool used() const { return packets_ != 0; }
  [[nodiscard]] bool proven() const { return proven_; }
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] std::uint32_t packets() const { return packets_; }
  [[nodiscard]] std::int64_t last_ns() const { return last_ns_; }
  // The window at hand included; kinds 0 when nothing could be told.
  [[nodiscard]] RtpFacts facts() const;

 private:
  // 2^20 ns, for seconds: about a millisecond. A window is two of them.
  static constexpr unsigned kSecondUnit = 20;
  static constexpr std::uint32_t kSecond = 954;
  // Jitter is counted in 64 ns; a step of more than 8.6 s is a new time base, not jitter.
  static constexpr unsigned kJitterUnit = 6;
  static constexpr std::uint64_t kMostJitter = std::uint64_t{1} << 27;
  static constexpr std::uint64_t kFreezeNs = 200'000'000;
  static constexpr std::uint64_t kFreeze = kFreezeNs >> kJitterUnit;
  static constexpr unsigned kTickFraction = 12;

  static std::uint32_t second_time(std::int64_t ts_ns) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(ts_ns) >> kSecondUnit);
  }
  // True 1 s after the second's beginning, or before it by as much.
  [[nodiscard]] bool second_over(std::int64_t ts_ns) const {
    return second_time(ts_ns) - second_floor_ >= 2 * kSecond;
  }
  [[gnu::cold, gnu::noinline]] bool place(RtpArrival packet);
  [[gnu::cold, gnu::noinline]] bool prove();
  void place_late(std::uint16_t back, RtpArrival packet);
  void note_filled(std::uint16_t back);
  bool jump(RtpArrival packet);
  void note_timing(std::uint32_t advance, std::int64_t ts_ns);
  [[gnu::cold, gnu::noinline]] void note_far(std::uint64_t off, bool late);
  void note_outage(RtpArrival packet);
  void note_freeze(std::uint64_t ns);
  [[gnu::cold, gnu::noinline]] void note_other_type(std::uint8_t payload_type);
  void set_clock(std::uint32_t hz);
  [[nodiscard]] std::int64_t media_ns(std::uint32_t advance) const {
    return std::int64_t{static_cast<std::int32_t>(advance)} * tick_ >> kTickFraction;
  }
  [[gnu::cold, gnu::noinline]] void turn_second(RtpArrival packet);
  void close_window();
  void rate_window();
  void sample_delay(std::int64_t ts_ns, std::uint32_t timestamp);
  void turn_delay();
  [[nodiscard]] std::uint8_t judge() const;
  [[nodiscard]] std::uint32_t clock() const;
  [[nodiscard]] std::uint32_t lost() const;
  [[nodiscard]] std::optional<double> delay_trend_ms() const;

  std::uint32_t ssrc_ = 0;
  std::uint32_t highest_ = 0;  // sequence number, extended by the number of cycles
  std::uint64_t seen_ = 0;     // bit i: sequence number `highest_ - i` has come
  std::int64_t last_ns_ = 0;
  std::uint32_t last_timestamp_ = 0;
  std::uint32_t tick_ = 0;    // of the clock, in ns / 4096; 0 while the clock is unknown
  std::uint32_t jitter_ = 0;  // in 1/16 of 64 ns
  std::uint32_t packets_ = 0;
  std::uint64_t jitter_sum_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint32_t second_floor_ = 0;  // a second before the second's beginning
  std::uint16_t after_jump_ = 0;    // sequence number that would confirm a restart
  std::uint8_t payload_type_ = 0;
  std::uint8_t kinds_ : 7 = 0;  // of finished windows
  bool proven_ : 1 = false;

  SizeHistogram window_sizes_;
  SizeHistogram sizes_;  // of finished windows
  std::int64_t first_ns_ = 0;
  std::uint32_t first_timestamp_ = 0;
  std::uint32_t base_ = 0;         // expected packets are those from here to `highest_`
  std::uint16_t shared_ = 0;       // packets of the window with the timestamp of the one before
  std::uint16_t largest_ = 0;      // payload
  std::uint16_t other_types_ = 0;  // packets of another type than `payload_type_`
  std::uint16_t untimed_ = 0;      // packets before the clock was known

  // The third line. Delays are in units of 2^20 ns, relative to the beginning.
  static constexpr std::int32_t kNoDelay = 0x7fff'ffff;
  static constexpr std::uint8_t kDelaySeconds = 5;
  std::uint64_t media_ns_ = 0;            // sent from the beginning to `media_timestamp_`
  std::uint32_t media_timestamp_ = 0;     // of the packet that was sampled last
  std::int32_t delay_begin_ = kNoDelay;   // least of the first kDelaySeconds
  std::int32_t delay_before_ = kNoDelay;  // of the last full kDelaySeconds
  std::int32_t delay_now_ = kNoDelay;     // of those at hand
  std::uint32_t frozen_ms_ = 0;
  std::uint32_t freezes_ = 0;
  std::uint32_t gaps_ = 0;
  std::uint32_t aside_ = 0;
  std::uint32_t second_packets_ = 0;  // `packets_` when the second began
  std::uint32_t numbered_ = 0;        // first sequence number since the last restart
  std::uint32_t lost_before_ = 0;     // the window
  std::uint16_t frozen_before_ = 0;   // low bits of `frozen_ms_`
  std::uint16_t windows_ = 0;         // rated
  std::uint16_t bad_windows_ = 0;
  Liveliness liveliness_;
  std::uint8_t delay_seconds_ = 0;  // of `delay_now_`
  bool odd_second_ : 1 = false;     // the window's second
  bool restarted_ : 1 = false;
};
static_assert(sizeof(RtpStream) == 192);

// RFC 3550 appendix A.8, with arrival times in nanoseconds instead of clock ticks.
inline void RtpStream::note_timing(std::uint32_t advance, std::int64_t ts_ns) {
  const std::uint64_t off = static_cast<std::uint64_t>(ts_ns) -
                            static_cast<std::uint64_t>(last_ns_) -
                            static_cast<std::uint64_t>(media_ns(advance));
  // Early or late is a coin's toss: no branch.
  const auto sign = static_cast<std::uint64_t>(static_cast<std::int64_t>(off) >> 63);
  const std::uint64_t late = ((off ^ sign) - sign) >> kJitterUnit;
  if (late >= kFreeze) [[unlikely]]
    return note_far(late, sign == 0);
  jitter_ += static_cast<std::uint32_t>(late) - ((jitter_ + 8) >> 4);
  jitter_sum_ += jitter_;
}

inline bool RtpStream::add(RtpArrival packet) {
  if (second_over(packet.ts_ns)) [[unlikely]]
    turn_second(packet);
  if (static_cast<std::uint16_t>(packet.sequence - highest_) == 1) [[likely]] {
    ++highest_;
    seen_ = seen_ << 1 | 1;
  } else if (!place(packet)) {
    return false;
  }
  const std::uint32_t advance = packet.timestamp - last_timestamp_;
  shared_ = static_cast<std::uint16_t>(shared_ + (advance == 0 ? 1 : 0));
  if (tick_ != 0) [[likely]]
    note_timing(advance, packet.ts_ns);
  last_ns_ = packet.ts_ns;
  last_timestamp_ = packet.timestamp;
  if (packet.payload_type != payload_type_) [[unlikely]]
    note_other_type(packet.payload_type);
  bytes_ += packet.size;
  window_sizes_.add(packet.size);
  if (packet.size > largest_) [[unlikely]]
    largest_ = packet.size;
  ++packets_;
  if (!proven_) [[unlikely]]
    return prove();
  return false;
}

}  // namespace deadair::flow
