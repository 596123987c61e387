// Sums up joined streams, and rates what is heard.
#include "call/media_quality.hpp"

#include <algorithm>
#include <vector>

#include "call/e_model.hpp"
#include "call/joined_stream.hpp"

namespace deadair::call {
namespace {

// Framing, and a play-out buffer: 20 and 40 ms are usual.
constexpr double kFixedDelayMs = 60;
constexpr std::int64_t kHandOverNs = 1'000'000'000;

using Streams = std::vector<const JoinedStream*>;

double share(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

bool has(const JoinedStream& stream, std::uint8_t kind) { return (stream.facts.kinds & kind) != 0; }

// The fullest first.
Streams heard_of(const Streams& media) {
  Streams heard;
  const auto take = [&](auto which) {
    if (heard.empty()) std::copy_if(media.begin(), media.end(), std::back_inserter(heard), which);
  };
  take([](const JoinedStream* stream) { return has(*stream, flow::media_kind::kVoice); });
  take([](const JoinedStream* stream) { return !has(*stream, flow::media_kind::kVideo); });
  take([](const JoinedStream*) { return true; });
  std::stable_sort(heard.begin(), heard.end(),
                   [](const auto* x, const auto* y) { return x->received > y->received; });
  return heard;
}

std::uint64_t sum(const Streams& streams, auto what) {
  std::uint64_t total = 0;
  for (const JoinedStream* stream : streams) total += what(*stream);
  return total;
}

std::optional<double> loss_of(const Streams& streams) {
  const std::uint64_t expected = sum(streams, [](const auto& s) { return s.expected; });
  const std::uint64_t lost = sum(streams, [](const auto& s) { return s.lost(); });
  if (expected == 0) return std::nullopt;
  return std::min(share(lost, expected), 1.0);
}

std::optional<double> jitter_of(const Streams& streams) {
  double weighted = 0;
  double weight = 0;
  for (const JoinedStream* stream : streams) {
    if (!stream->facts.jitter_ms) continue;
    const auto packets = static_cast<double>(stream->facts.packets);
    weighted += *stream->facts.jitter_ms * packets;
    weight += packets;
  }
  return weight > 0 ? std::optional(weighted / weight) : std::nullopt;
}

double kbps_of(const Streams& media) {
  if (media.empty()) return 0;
  std::int64_t first = media.front()->facts.first_ns;
  std::int64_t last = media.front()->facts.last_ns;
  double kilobits = 0;
  for (const JoinedStream* stream : media) {
    first = std::min(first, stream->facts.first_ns);
    last = std::max(last, stream->facts.last_ns);
    kilobits += stream->kilobits;
  }
  const double seconds = (static_cast<double>(last) - static_cast<double>(first)) / 1e9;
  return seconds > 0 ? kilobits / seconds : 0;
}

// The path freezes all streams at once: only those are added that follow each other.
void add_freezes(MediaQuality& out, const Streams& heard) {
  Streams taken;
  for (const JoinedStream* stream : heard) {
    const bool beside = std::any_of(taken.begin(), taken.end(), [&](const JoinedStream* other) {
      return stream->facts.first_ns < other->facts.last_ns - kHandOverNs &&
             other->facts.first_ns < stream->facts.last_ns - kHandOverNs;
    });
    if (beside) continue;
    taken.push_back(stream);
    out.freezes += stream->facts.freezes;
    out.frozen_ms += static_cast<double>(stream->facts.frozen_ms);
    out.windows += stream->facts.windows;
    out.bad_windows += stream->facts.bad_windows;
  }
}

// Mean run of lost packets against 1 / (1 - p), that of packets lost independently. Beyond 2 the
// model was not tested with more than 2 % lost (G.107 section 7.5).
constexpr double kMostBurst = 2;

double burst_ratio(const Streams& streams, double loss) {
  const std::uint64_t gaps = sum(streams, [](const auto& s) { return s.facts.gaps; });
  const std::uint64_t lost = sum(streams, [](const auto& s) { return s.lost(); });
  return gaps == 0 ? 1 : std::min(share(lost, gaps) * (1 - loss), kMostBurst);
}

void rate(MediaQuality& out, const Streams& heard, std::optional<double> rtt_ms) {
  if (!out.jitter_ms || !out.heard_loss || heard.front()->facts.kinds == flow::media_kind::kVideo)
    return;
  if (rtt_ms) out.one_way_ms = *rtt_ms / 2 + 2 * *out.jitter_ms + kFixedDelayMs;
  const CodecImpairment codec = impairment_of(heard.front()->facts.payload_type);
  out.mos =
      mos_of(rating({*out.heard_loss, burst_ratio(heard, *out.heard_loss), out.one_way_ms, codec}));
  const double delay_ms = rtt_ms.value_or(0) / 2 + 2 * *out.jitter_ms + kFixedDelayMs;
  out.delay_mos = mos_of(rating({0, 1, delay_ms, codec}));
}

}  // namespace

MediaQuality judge(std::span<const StreamSample> samples, std::optional<double> rtt_ms) {
  const std::vector<JoinedStream> streams = join(samples);
  Streams media;
  for (const JoinedStream& stream : streams)
    if (!stream.facts.repair) media.push_back(&stream);
  const Streams heard = heard_of(media);
  MediaQuality out;
  out.packets = sum(media, [](const auto& s) { return s.received; });
  out.expected = sum(media, [](const auto& s) { return s.expected; });
  out.kbps = kbps_of(media);
  out.loss = loss_of(media);
  if (heard.empty()) return out;
  out.heard_loss = loss_of(heard);
  out.jitter_ms = jitter_of(heard);
  out.delay_trend_ms = heard.front()->facts.delay_trend_ms;
  add_freezes(out, heard);
  rate(out, heard, rtt_ms);
  return out;
}

}  // namespace deadair::call
