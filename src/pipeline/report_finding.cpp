// A finding as a record.
#include <algorithm>
#include <cmath>

#include "pipeline/reporter.hpp"

namespace deadair::pipeline {
namespace {

constexpr std::size_t kMostFrames = 200;

report::Frame frame_of(wire::FrameRef frame) { return {frame.input(), frame.number()}; }

std::optional<std::uint64_t> whole(const std::optional<double>& value) {
  if (!value) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(std::max(*value, 0.0)));
}

std::vector<report::Frame> frames_of(std::vector<wire::FrameRef> sorted) {
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() > kMostFrames) sorted.resize(kMostFrames);
  std::vector<report::Frame> out;
  out.reserve(sorted.size());
  for (const wire::FrameRef frame : sorted) out.push_back(frame_of(frame));
  return out;
}

report::Service convert(interference::Service service) {
  switch (service) {
    case interference::Service::calls:
      return report::Service::call;
    case interference::Service::text:
      return report::Service::text;
    case interference::Service::transfer:
      return report::Service::transfer;
    case interference::Service::web:
      return report::Service::web;
    default:
      return report::Service::tunnel;
  }
}

}  // namespace

void Reporter::finding(const interference::Finding& finding) {
  report::Finding out;
  out.id = finding.id;
  out.level = static_cast<report::Level>(finding.level);
  out.score = finding.score;
  out.app = finding.app;
  out.flow = finding.flow;
  out.call = finding.call.value_or(0);
  out.frames = frames_of(finding.frames);
  if (!out.frames.empty()) out.input = out.frames.front().input;
  if (finding.trigger)
    out.trigger = {std::string(name(finding.trigger->type)), finding.trigger->name,
                   frame_of(finding.trigger->frame)};
  for (const interference::Item& item : finding.items)
    out.items.push_back({std::string(item.name), std::string(item.group), item.lr, item.value,
                         frame_of(item.frame)});
  for (const interference::Alternative& other : finding.alternatives)
    out.alternatives.push_back({std::string(other.name), other.excluded, other.why});
  for (const std::string_view gate : finding.gates) out.gates.emplace_back(gate);
  out.baseline = {finding.baseline.ttl, std::string(finding.baseline.ip_id),
                  finding.baseline.rtt_ms};
  std::sort(out.baseline.ttl.begin(), out.baseline.ttl.end());
  if (finding.tests != 0) out.tests = finding.tests;
  out.measured = {whole(finding.rate_bps), whole(finding.burst_bytes), finding.delay_ms,
                  whole(finding.after_packets), finding.after_ms};
  out.rules = finding.rules;
  out.text = finding.text;
  out.fold = {finding.fold.hidden, finding.fold.also, finding.fold.times,
              frames_of(finding.fold.frames)};
  sink_.finding(out);
}

void Reporter::verdict(const interference::AppVerdict& verdict) {
  report::Verdict out;
  out.input = verdict.frame_first.input();
  out.app = verdict.app;
  out.service = convert(verdict.service);
  out.outcome = static_cast<report::VerdictOutcome>(verdict.answer);
  if (verdict.level) out.level = static_cast<report::Level>(*verdict.level);
  out.attempts = verdict.attempts;
  out.failed = verdict.failed;
  out.connected = verdict.connected;
  out.bound = verdict.bound;
  for (const auto& [id, count] : verdict.findings) out.findings.push_back({id, count});
  for (const interference::Alternative& other : verdict.alternatives)
    out.alternatives.push_back({std::string(other.name), other.excluded, other.why});
  out.text = verdict.text;
  sink_.verdict(out);
}

}  // namespace deadair::pipeline
