// Sequence ranges of one SSRC, put together.
#include "call/joined_stream.hpp"

#include <algorithm>
#include <cmath>

#include "flow/rtp_repair.hpp"

namespace deadair::call {
namespace {

constexpr std::int64_t kMostHole = 3000;
constexpr double kCycle = 65536;

double between(std::int64_t earlier_ns, std::int64_t later_ns) {
  return static_cast<double>(later_ns) - static_cast<double>(earlier_ns);
}

std::uint64_t received(const flow::RtpFacts& facts) {
  return facts.packets > facts.aside ? facts.packets - facts.aside : 0;
}

JoinedStream alone(const flow::RtpFacts& facts) {
  JoinedStream stream{facts, received(facts) + facts.lost, received(facts), facts.packets, 0};
  stream.kilobits = facts.kbps * between(facts.first_ns, facts.last_ns) / 1e9;
  return stream;
}

// How far `later` begins beyond the end of `so_far`: 1 when it goes on without a hole, less when
// both carried the same numbers.
std::int64_t step_to(const flow::RtpFacts& so_far, const flow::RtpFacts& later) {
  const double sent = static_cast<double>(so_far.highest - so_far.base);
  const double lasted = between(so_far.first_ns, so_far.last_ns);
  const double rate = lasted > 0 ? sent / lasted : 0;
  const double guess = rate * between(so_far.last_ns, later.first_ns);
  const double step = static_cast<std::uint16_t>(later.base - so_far.highest);
  return static_cast<std::int64_t>(step + kCycle * std::round((guess - step) / kCycle));
}

// Moves the range of `so_far` on over that of `later`, and returns how many numbers that adds.
std::uint64_t extend(flow::RtpFacts& so_far, const flow::RtpFacts& later) {
  const std::uint64_t own = received(later) + later.lost;
  if (so_far.restarted || later.restarted) return own;
  const std::int64_t step = step_to(so_far, later);
  const std::int64_t span = later.highest - later.base;
  const std::int64_t span_before = so_far.highest - so_far.base;
  if (step > kMostHole || -step > span_before + span + kMostHole) {
    so_far.base = later.base;
    so_far.highest = later.highest;
    return own;
  }
  const std::int64_t ahead = std::max<std::int64_t>(step + span, 0);
  const std::int64_t below = std::max<std::int64_t>(-step - span_before, 0);
  if (step > 1) ++so_far.gaps;
  so_far.highest += static_cast<std::uint32_t>(ahead);
  so_far.base -= static_cast<std::uint32_t>(below);
  return static_cast<std::uint64_t>(ahead + below);
}

double weighted(double x, std::uint64_t weight_x, double y, std::uint64_t weight_y) {
  const auto wx = static_cast<double>(weight_x);
  const auto wy = static_cast<double>(weight_y);
  return (x * wx + y * wy) / std::max(wx + wy, 1.0);
}

void add(JoinedStream& to, const flow::RtpFacts& part) {
  flow::RtpFacts& facts = to.facts;
  to.expected += extend(facts, part);
  to.received += received(part);
  to.kilobits += part.kbps * between(part.first_ns, part.last_ns) / 1e9;
  if (!facts.jitter_ms)
    facts.jitter_ms = part.jitter_ms;
  else if (part.jitter_ms)
    facts.jitter_ms = weighted(*facts.jitter_ms, facts.packets, *part.jitter_ms, part.packets);
  if (part.packets > to.fullest) {
    to.fullest = part.packets;
    facts.repair = part.repair;
    facts.payload_type = part.payload_type;
    facts.delay_trend_ms = part.delay_trend_ms;
  }
  if (facts.clock == 0) facts.clock = part.clock;
  facts.kinds |= part.kinds;
  facts.packets += part.packets;
  facts.aside += part.aside;
  facts.gaps += part.gaps;
  facts.freezes += part.freezes;
  facts.frozen_ms += part.frozen_ms;
  facts.windows += part.windows;
  facts.bad_windows += part.bad_windows;
  facts.lively = facts.lively || part.lively;
  facts.restarted = facts.restarted || part.restarted;
  if (part.last_ns >= facts.last_ns) {
    facts.last_ns = part.last_ns;
    facts.last_timestamp = part.last_timestamp;
  }
}

}  // namespace

std::vector<JoinedStream> join(std::span<const StreamSample> samples) {
  std::vector<const flow::RtpFacts*> parts;
  for (const StreamSample& sample : samples) parts.push_back(&sample.facts);
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto* x, const auto* y) { return x->first_ns < y->first_ns; });
  std::vector<JoinedStream> streams;
  for (const flow::RtpFacts* part : parts) {
    const auto same = std::find_if(streams.begin(), streams.end(), [&](const JoinedStream& known) {
      return known.facts.ssrc == part->ssrc;
    });
    if (same == streams.end())
      streams.push_back(alone(*part));
    else
      add(*same, *part);
  }
  for (JoinedStream& stream : streams) {
    stream.facts.lost = stream.lost();
    for (const JoinedStream& other : streams)
      stream.facts.repair = stream.facts.repair || flow::repairs(stream.facts, other.facts);
  }
  return streams;
}

}  // namespace deadair::call
