// A finished attempt as a record.
#include <algorithm>
#include <utility>

#include "pipeline/reporter.hpp"

namespace deadair::pipeline {
namespace {

using call::kDown;
using call::kUp;

report::CallOutcome convert(call::Outcome outcome) {
  using enum call::Outcome;
  switch (outcome) {
    case connected:
      return report::CallOutcome::connected;
    case no_answer:
      return report::CallOutcome::no_answer;
    case setup_failed:
      return report::CallOutcome::setup_failed;
    case one_way:
      return report::CallOutcome::one_way;
    case cut:
      return report::CallOutcome::cut;
    case degraded:
      return report::CallOutcome::degraded;
    case cancelled:
      return report::CallOutcome::cancelled;
    default:
      return report::CallOutcome::not_observable;
  }
}

// What flowed, not what was offered; `undecided` only where nothing is decided.
std::uint8_t media_of(const call::Attempt& attempt) {
  if (!attempt.up.lively && !attempt.down.lively) return 0;
  const std::uint8_t decided = attempt.kinds & (report::media::kVoice | report::media::kVideo);
  return decided != 0 ? decided : report::media::kUndecided;
}

// Of the fullest stream in that direction, Hz; 0 when not known.
std::uint32_t clock_of(const call::Attempt& attempt, bool up) {
  std::uint64_t most = 0;
  std::uint32_t clock = 0;
  for (const call::StreamSample& stream : attempt.streams) {
    if (stream.up != up || stream.facts.packets <= most) continue;
    most = stream.facts.packets;
    clock = stream.facts.clock;
  }
  return clock;
}

report::CallMedia media_in(const call::Attempt& attempt, const call::MediaQuality& quality,
                           std::size_t way) {
  const call::Course& course = way == kUp ? attempt.up : attempt.down;
  report::CallMedia out;
  out.packets = course.media_packets;
  out.loss = quality.loss;
  out.jitter_ms = quality.jitter_ms;
  out.mos = quality.mos;
  // Of less than a second there is no rate.
  const std::int64_t length_ns = course.media_last_ns - course.media_first_ns;
  if (length_ns >= 1'000'000'000) out.kbps = quality.kbps;
  out.freezes = quality.freezes;
  out.frozen_ns = static_cast<std::int64_t>(quality.frozen_ms * 1e6);
  out.delay_trend_ms = quality.delay_trend_ms;
  if (course.lively && course.media_packets != 0) {
    out.first_ns = course.media_first_ns;
    out.last_ns = course.media_last_ns;
  }
  out.proxy = course.hidden_packets > course.media_packets / 2;
  const double length_s = static_cast<double>(course.media_last_ns - course.media_first_ns) / 1e9;
  if (out.proxy && length_s > 0)
    out.kbps = static_cast<double>(course.hidden_bytes) * 8 / 1000 / length_s;
  // The other side reports on what this one sent.
  const std::size_t reporter = 1 - way;
  if (attempt.reports[reporter] == 0) return out;
  out.reported_loss =
      attempt.reported_loss[reporter] / static_cast<double>(attempt.reports[reporter]);
  if (const std::uint32_t clock = clock_of(attempt, way == kUp); clock != 0)
    out.reported_jitter_ms = attempt.reported_jitter[reporter] * 1000.0 / clock;
  return out;
}

// One stretch for each kind and direction; streams of one kind follow each other or overlap.
std::vector<report::CallStretch> stretches_of(const call::Attempt& attempt) {
  std::vector<report::CallStretch> out;
  for (const call::StreamSample& stream : attempt.streams) {
    if (!stream.facts.lively || stream.facts.repair) continue;
    const std::uint8_t kind =
        stream.facts.kinds != 0 ? stream.facts.kinds : report::media::kUndecided;
    const auto same = std::find_if(out.begin(), out.end(), [&](const report::CallStretch& known) {
      return known.media == kind && known.up == stream.up;
    });
    if (same == out.end()) {
      out.push_back({kind, stream.up, stream.facts.first_ns, stream.facts.last_ns});
      continue;
    }
    same->from_ns = std::min(same->from_ns, stream.facts.first_ns);
    same->to_ns = std::max(same->to_ns, stream.facts.last_ns);
  }
  return out;
}

// Over UDP and over TCP together.
std::vector<report::CallTarget> targets_of(const call::Attempt& attempt, bool relays) {
  std::vector<report::CallTarget> out;
  for (const call::Target& target : attempt.targets) {
    if (target.relay != relays) continue;
    const auto known = std::ranges::find_if(out, [&](const report::CallTarget& other) {
      return other.ip == target.at.ip && other.port == target.at.port;
    });
    if (known == out.end()) {
      out.push_back({target.at.ip, target.at.port, target.requests, target.responses});
      continue;
    }
    known->requests += target.requests;
    known->responses += target.responses;
  }
  return out;
}

}  // namespace

std::uint64_t Reporter::call(const call::Attempt& attempt, const call::Verdict& verdict,
                             const call::Quality& quality, const ChatBeside& chat) {
  report::Call out;
  out.number = ++calls_;
  out.app = attempt.app;
  out.client_ip = attempt.local.ip;
  out.client_port = attempt.local.port;
  out.ts_start_ns = attempt.ts_first_ns;
  out.ts_media_ns = verdict.media_ns;
  out.ts_end_ns = verdict.end_ns;
  out.frame_start = {attempt.frame_first.input(), attempt.frame_first.number()};
  out.media = media_of(attempt);
  out.outcome = convert(verdict.outcome);
  out.reason = verdict.reason;
  const std::vector<report::CallTarget> relays = targets_of(attempt, true);
  const std::vector<report::CallTarget> peers = targets_of(attempt, false);
  out.relays = relays;
  out.peers = peers;
  std::vector<std::string_view> flows;
  flows.reserve(attempt.flows.size());
  for (const call::FlowId& id : attempt.flows) flows.emplace_back(id.data(), id.size());
  out.flows = flows;
  out.setup_ns = verdict.setup_ns;
  out.talk_ns = verdict.talk_ns;
  out.ring_ns = verdict.ring_ns;
  out.begun_before = verdict.begun_before;
  out.running_on = verdict.running_on;
  out.up = media_in(attempt, quality.up, kUp);
  out.down = media_in(attempt, quality.down, kDown);
  const std::vector<report::CallStretch> stretches = stretches_of(attempt);
  out.stretches = stretches;
  out.chat_flows = chat.flows;
  out.chat_sent = chat.sent;
  out.chat_received = chat.received;
  out.chat_rtt_ms = chat.rtt_ms;
  sink_.call(out);
  return out.number;
}

}  // namespace deadair::pipeline
