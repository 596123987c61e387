// Sequence numbers out of the ordinary, windows, and what a stream amounts to.
#include "flow/rtp_stream.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "flow/rtp_clock.hpp"

namespace deadair::flow {
namespace {

// How far a sequence number may jump within one stream (RFC 3550 appendix A.1). At a stream's
// beginning it may jump less: bytes that are no sequence number must not prove one.
constexpr std::uint16_t kMaxDropout = 3000;
constexpr std::uint16_t kMaxDropoutEarly = 100;
constexpr std::uint16_t kMaxMisorder = 100;

constexpr std::uint32_t kFewest = 5;  // packets of a window that can be judged
// Bytes of payload. See the rule in the packet.
constexpr std::uint32_t kLargeMedian = 400;
constexpr std::uint32_t kLargeTail = 900;
constexpr std::uint32_t kPictureTail = 256;  // above a packet of nothing but padding
constexpr std::uint32_t kVoiceTail = 384;
constexpr std::uint32_t kMostVoicePackets = 250;  // in a window
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint16_t kOutage = 10;  // packets lost in a row
// A window that nobody could follow: see RtpFacts.
constexpr std::uint32_t kBadLoss = 6;  // one packet in so many
constexpr std::uint32_t kWindowMs = 2000;
constexpr std::uint32_t kBadFreezeMs = kWindowMs / 4;
constexpr double kShortestTrendNs = 10e9;
constexpr double kMostTrendMs = 5000;  // beyond it the clock is not what it was taken for

template <class T>
T saturated(std::uint64_t value) {
  return static_cast<T>(std::min<std::uint64_t>(value, std::numeric_limits<T>::max()));
}

// Times of a capture may be anything: they are counted modulo 2^64.
std::uint64_t between(std::int64_t earlier_ns, std::int64_t later_ns) {
  return static_cast<std::uint64_t>(later_ns) - static_cast<std::uint64_t>(earlier_ns);
}

}  // namespace

void RtpStream::begin(RtpArrival packet) {
  *this = RtpStream{};
  ssrc_ = packet.ssrc;
  highest_ = base_ = numbered_ = packet.sequence;
  seen_ = 1;
  first_ns_ = last_ns_ = packet.ts_ns;
  first_timestamp_ = last_timestamp_ = packet.timestamp;
  second_floor_ = second_time(packet.ts_ns) - kSecond;
  payload_type_ = packet.payload_type;
  packets_ = 1;
  bytes_ = largest_ = packet.size;
  window_sizes_.add(packet.size);
  set_clock(static_type(payload_type_).clock);
}

// A sequence number that is not the next one. False when the packet is not the latest of the
// stream; it is then counted already.
bool RtpStream::place(RtpArrival packet) {
  const auto step = static_cast<std::uint16_t>(packet.sequence - highest_);
  const auto back = static_cast<std::uint16_t>(-step);
  if (step == 0 || back <= kMaxMisorder) {
    place_late(back, packet);
    return false;
  }
  const bool early = std::popcount(seen_) + 1 < kProof && !proven_;
  if (step >= (early ? kMaxDropoutEarly : kMaxDropout)) return jump(packet);
  highest_ += step;
  seen_ = step < 64 ? seen_ << step | 1 : 1;
  ++gaps_;
  if (step > kOutage) note_outage(packet);
  return true;
}

// Reordered, sent again, or once more: only the last 64 numbers are known one by one. Its time says
// nothing of the stream's.
void RtpStream::place_late(std::uint16_t back, RtpArrival packet) {
  const std::uint64_t bit = back < 64 ? std::uint64_t{1} << back : 0;
  if ((seen_ & bit) != 0) return count_aside(packet.size);
  const std::uint32_t position = highest_ - back;
  const std::uint32_t before = numbered_ - position;
  if (static_cast<std::int32_t>(before) > 0) {
    numbered_ = position;
    base_ -= before;
    if (before > 1) ++gaps_;
  } else if (bit != 0) {
    note_filled(back);
  }
  seen_ |= bit;
  bytes_ += packet.size;
  window_sizes_.add(packet.size);
  largest_ = std::max(largest_, packet.size);
  ++packets_;
}

// The run of lost packets that the number lay in ends, shrinks, or becomes two.
void RtpStream::note_filled(std::uint16_t back) {
  const bool next_came = (seen_ >> (back - 1) & 1) != 0;
  const bool known = back < 63 && highest_ - back != numbered_;
  const bool previous_came = !known || (seen_ >> (back + 1) & 1) != 0;
  if (next_came && previous_came && gaps_ > 0) --gaps_;
  if (!next_came && !previous_came) ++gaps_;
}

// A source that starts anew shows it by two numbers in sequence (RFC 3550 appendix A.1); one that
// fits nowhere is a stray. Neither is loss.
bool RtpStream::jump(RtpArrival packet) {
  if (!proven_) {
    begin(packet);
    return false;
  }
  if (packet.sequence != after_jump_) {
    after_jump_ = static_cast<std::uint16_t>(packet.sequence + 1);
    count_aside(packet.size);
    return false;
  }
  const std::uint32_t lost_before = lost();
  media_ns_ += static_cast<std::uint64_t>(media_ns(last_timestamp_ - media_timestamp_)) +
               between(last_ns_, packet.ts_ns);
  media_timestamp_ = packet.timestamp;
  restarted_ = true;
  highest_ = numbered_ = packet.sequence;
  base_ = highest_ - packets_ - lost_before;
  seen_ = 1;
  last_ns_ = packet.ts_ns;
  last_timestamp_ = packet.timestamp;
  return true;
}

void RtpStream::count_aside(std::uint16_t size) {
  ++packets_;
  ++aside_;
  --base_;
  bytes_ += size;
}

bool RtpStream::prove() {
  proven_ = std::popcount(seen_) >= kProof;
  return proven_;
}

void RtpStream::note_other_type(std::uint8_t payload_type) {
  other_types_ = saturated<std::uint16_t>(other_types_ + 1U);
  if (other_types_ <= packets_ / 2) return;
  payload_type_ = payload_type;
  other_types_ = saturated<std::uint16_t>(packets_ / 2);
  const std::uint32_t hz = static_type(payload_type).clock;
  if (hz != 0 && hz != clock()) set_clock(hz);
}

void RtpStream::set_clock(std::uint32_t hz) {
  if (hz == 0) return;
  tick_ = static_cast<std::uint32_t>((std::uint64_t{kSecondNs} << kTickFraction) / hz);
  untimed_ = saturated<std::uint16_t>(packets_);
  jitter_ = 0;
  jitter_sum_ = 0;
  media_ns_ = between(first_ns_, last_ns_);
  media_timestamp_ = last_timestamp_;
  delay_begin_ = delay_before_ = delay_now_ = kNoDelay;
  delay_seconds_ = 0;
}

std::uint32_t RtpStream::clock() const {
  if (tick_ == 0) return 0;
  return static_cast<std::uint32_t>(((std::uint64_t{kSecondNs} << kTickFraction) + tick_ / 2) /
                                    tick_);
}

std::uint32_t RtpStream::lost() const {
  const auto lost = static_cast<std::int32_t>(highest_ - base_ + 1 - packets_);
  return static_cast<std::uint32_t>(std::max(lost, 0));
}

// Off by more than 200 ms, in units of jitter.
void RtpStream::note_far(std::uint64_t off, bool late) {
  if (off < kMostJitter) {
    jitter_ += static_cast<std::uint32_t>(off) - ((jitter_ + 8) >> 4);
    if (late) note_freeze(off << kJitterUnit);
  }
  jitter_sum_ += jitter_;
}

// Many packets in a row are lost. Where the sender paused among them, the timestamps say more than
// the time that passed, or the other way round.
void RtpStream::note_outage(RtpArrival packet) {
  if (tick_ == 0) return;
  const auto passed = static_cast<std::int64_t>(between(last_ns_, packet.ts_ns));
  const std::int64_t missed = std::min(passed, media_ns(packet.timestamp - last_timestamp_));
  if (missed > static_cast<std::int64_t>(kFreezeNs))
    note_freeze(static_cast<std::uint64_t>(missed));
}

void RtpStream::note_freeze(std::uint64_t ns) {
  ++freezes_;
  frozen_ms_ = saturated<std::uint32_t>(frozen_ms_ + ns / kNsPerMs);
}

void RtpStream::turn_second(RtpArrival packet) {
  const std::uint32_t now = second_time(packet.ts_ns);
  const std::uint32_t begun = second_floor_ + kSecond;
  const bool adjoining = now - begun < 2 * kSecond;
  liveliness_.turn(packets_ - second_packets_, adjoining);
  second_packets_ = packets_;
  second_floor_ = adjoining ? begun : now - kSecond;
  if (odd_second_ || !adjoining) close_window();
  odd_second_ = adjoining && !odd_second_;
  if (tick_ == 0) return;
  sample_delay(last_ns_, last_timestamp_);
  const bool in_order = static_cast<std::uint16_t>(packet.sequence - highest_) == 1;
  if (in_order) sample_delay(packet.ts_ns, packet.timestamp);
  if (++delay_seconds_ == kDelaySeconds) turn_delay();
}

// How much longer a packet was on its way than the first one.
void RtpStream::sample_delay(std::int64_t ts_ns, std::uint32_t timestamp) {
  media_ns_ += static_cast<std::uint64_t>(media_ns(timestamp - media_timestamp_));
  media_timestamp_ = timestamp;
  constexpr std::int64_t kMost = kNoDelay - 1;
  const auto delay =
      static_cast<std::int64_t>(between(first_ns_, ts_ns) - media_ns_) >> kSecondUnit;
  delay_now_ = std::min(delay_now_, static_cast<std::int32_t>(std::clamp(delay, -kMost, kMost)));
}

void RtpStream::turn_delay() {
  if (delay_begin_ == kNoDelay) delay_begin_ = delay_now_;
  delay_before_ = delay_now_;
  delay_now_ = kNoDelay;
  delay_seconds_ = 0;
}

std::optional<double> RtpStream::delay_trend_ms() const {
  if (delay_begin_ == kNoDelay) return std::nullopt;
  if (static_cast<double>(last_ns_ - first_ns_) < kShortestTrendNs) return std::nullopt;
  const std::int32_t end = delay_seconds_ > kDelaySeconds / 2 ? delay_now_ : delay_before_;
  constexpr double kMsPerUnit = (1U << kSecondUnit) / 1e6;
  const double trend = kMsPerUnit * (static_cast<double>(end) - delay_begin_);
  return std::abs(trend) <= kMostTrendMs ? std::optional(trend) : std::nullopt;
}

void RtpStream::close_window() {
  if (tick_ == 0) set_clock(clock_of(last_timestamp_ - first_timestamp_, last_ns_ - first_ns_));
  kinds_ = (kinds_ | judge()) & 0x7fU;
  rate_window();
  sizes_.fold(window_sizes_);
  window_sizes_ = {};
  shared_ = 0;
}

void RtpStream::rate_window() {
  const std::uint32_t all_lost = lost();
  // What comes late makes up for packets lost before.
  const std::uint32_t lost = all_lost > lost_before_ ? all_lost - lost_before_ : 0;
  const std::uint32_t frozen = (frozen_ms_ - frozen_before_) & 0xffffU;
  const std::uint32_t sent = window_sizes_.total() + lost;
  lost_before_ = all_lost;
  frozen_before_ = static_cast<std::uint16_t>(frozen_ms_);
  if (sent < kFewest) return;
  const std::uint32_t lasted = std::max(frozen / kWindowMs, 1U);
  windows_ = saturated<std::uint16_t>(windows_ + lasted);
  if (lost * kBadLoss >= sent || frozen > kBadFreezeMs)
    bad_windows_ = saturated<std::uint16_t>(bad_windows_ + lasted);
}

// media_kind bits of the window at hand; 0 when it does not say.
std::uint8_t RtpStream::judge() const {
  const std::uint32_t count = window_sizes_.total();
  if (count < kFewest) return 0;
  const StaticType assigned = static_type(payload_type_);
  if (assigned.kind != 0) return assigned.kind;
  if (ssrc_ == 0) return 0;  // WebRTC probes the bandwidth with padding in a stream of its own
  const std::uint32_t median = window_sizes_.quantile(50);
  const std::uint32_t tail = window_sizes_.quantile(90);
  // Pictures are cut into packets of one timestamp. So are the repeats of a telephone event
  // (RFC 4733), but those are tiny.
  const bool pictures = shared_ >= count / 4 + 1U && tail >= kPictureTail;
  const bool large = median > kLargeMedian || tail > kLargeTail;
  // Sound moves on from packet to packet: keys pressed, or probes, and no speech between them.
  if (shared_ > count / 2 && tail < kPictureTail) return 0;
  const std::uint32_t hz = clock();
  if (hz == kVideoClock) return tail >= kPictureTail ? media_kind::kVideo : 0;
  if (hz != 0) return pictures && large ? media_kind::kVideo : media_kind::kVoice;
  if (pictures || large) return media_kind::kVideo;
  return tail < kVoiceTail && count <= kMostVoicePackets ? media_kind::kVoice : 0;
}

RtpFacts RtpStream::facts() const {
  RtpStream whole = *this;
  whole.close_window();
  RtpFacts facts;
  facts.ssrc = ssrc_;
  facts.payload_type = payload_type_;
  facts.kinds = whole.kinds_;
  facts.clock = whole.clock();
  facts.packets = packets_;
  facts.lost = lost();
  if (tick_ != 0 && packets_ > untimed_) {
    constexpr double kMsPerUnit = 64.0 / 16.0 / 1e6;
    facts.jitter_ms = kMsPerUnit * static_cast<double>(jitter_sum_) / (packets_ - untimed_);
  }
  if (last_ns_ > first_ns_)
    facts.kbps = 8e6 * static_cast<double>(bytes_) / static_cast<double>(last_ns_ - first_ns_);
  facts.size_p50 = std::min<std::uint32_t>(whole.sizes_.quantile(50), largest_);
  facts.size_p90 = std::min<std::uint32_t>(whole.sizes_.quantile(90), largest_);
  facts.size_max = largest_;
  facts.first_ns = first_ns_;
  facts.last_ns = last_ns_;
  facts.first_timestamp = first_timestamp_;
  facts.last_timestamp = last_timestamp_;
  facts.base = numbered_;
  facts.highest = highest_;
  facts.restarted = restarted_;
  facts.aside = aside_;
  facts.gaps = gaps_;
  facts.lively = liveliness_.lively(packets_ - second_packets_);
  facts.freezes = freezes_;
  facts.frozen_ms = frozen_ms_;
  facts.windows = whole.windows_;
  facts.bad_windows = whole.bad_windows_;
  facts.delay_trend_ms = delay_trend_ms();
  return facts;
}

}  // namespace deadair::flow
