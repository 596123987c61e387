// Looks up what was named by number, and calls by their flows.
#include "pipeline/evidence_points.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "pipeline/evidence_words.hpp"

namespace deadair::pipeline {
namespace {

wire::FrameRef ref(const report::Frame& frame) { return {frame.input, frame.number}; }

std::vector<wire::FrameRef> frames_of(const report::Finding& finding) {
  std::vector<wire::FrameRef> out;
  out.reserve(finding.frames.size() + finding.items.size() + 1);
  for (const report::Frame& frame : finding.frames) out.push_back(ref(frame));
  for (const report::EvidenceItem& item : finding.items) out.push_back(ref(item.frame));
  out.push_back(ref(finding.trigger.frame));
  std::erase_if(out, [](wire::FrameRef frame) { return !frame.valid(); });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::vector<FindingGroup> group_findings(std::span<const report::Finding> findings) {
  using Same = std::tuple<std::vector<wire::FrameRef>, report::Level, std::string>;
  std::map<Same, std::size_t> known;
  std::vector<FindingGroup> out;
  for (const report::Finding& finding : findings) {
    std::vector<wire::FrameRef> frames = frames_of(finding);
    const auto [entry, fresh] =
        known.emplace(Same{frames, finding.level, finding.text}, out.size());
    if (fresh)
      out.push_back({finding.id, &finding, std::move(frames)});
    else
      out[entry->second].ids += ", " + finding.id;
  }
  // The gravest first: what a reader sees first, and what the budget serves first.
  std::stable_sort(out.begin(), out.end(), [](const FindingGroup& x, const FindingGroup& y) {
    return x.finding->level > y.finding->level;
  });
  return out;
}

EvidencePoints::EvidencePoints(const EvidenceNotes& notes)
    : notes_(notes), groups_(group_findings(notes.findings())), calls_(notes.calls().size()) {
  for (const FindingGroup& group : groups_)
    for (const wire::FrameRef frame : group.frames) wanted_[frame];
  watch_calls();
}

void EvidencePoints::watch_calls() {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_id;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const CallNote& call = notes_.calls()[i];
    calls_[i].turns[static_cast<std::size_t>(Turn::begin)] = ref(call.frame_start);
    wanted_[ref(call.frame_start)];
    for (const std::uint64_t flow : call.flows) by_id[flow].push_back(i);
  }
  if (by_id.empty()) return;
  for (const FlowNote& flow : notes_.flows()) {
    const auto found = by_id.find(flow.id);
    if (found != by_id.end()) call_flows_[flow.key] = found->second;
  }
}

// As the gates see it: packets out of order by milliseconds are none, and after seconds another
// clock begins.
void EvidencePoints::follow_clock(const wire::Packet& packet) {
  constexpr std::int64_t kOutOfOrder = 5'000'000;
  constexpr std::int64_t kAnotherClock = 5'000'000'000;
  const std::int64_t back = latest_.valid() ? latest_ns_ - packet.ts_ns : 0;
  if (back > kOutOfOrder && steps_.size() < kMostSteps &&
      (steps_.empty() || steps_.back().before != latest_))
    steps_.push_back({latest_, packet.frame, back});
  if (latest_.valid() && back > 0 && back <= kAnotherClock) return;
  latest_ = packet.frame;
  latest_ns_ = packet.ts_ns;
}

void EvidencePoints::look_at(const wire::Packet& packet) {
  if (!groups_.empty()) follow_clock(packet);
  const auto wanted = wanted_.find(packet.frame);
  if (wanted != wanted_.end())
    wanted->second = PacketSeen{ends_of(packet), packet.ts_ns, packet.src, shape_of(packet)};
  if (call_flows_.empty()) return;
  const auto calls = call_flows_.find(ends_of(packet));
  if (calls == call_flows_.end()) return;
  for (const std::size_t call : calls->second) follow(call, packet);
}

void EvidencePoints::follow(std::size_t index, const wire::Packet& packet) {
  const CallNote& call = notes_.calls()[index];
  if (packet.ts_ns < call.start_ns || packet.ts_ns > call.end_ns) return;
  Watched& watched = calls_[index];
  const bool up = packet.src == call.client;
  const CallNote::Way& way = up ? call.up : call.down;
  first_from(watched, up ? Turn::first_up : Turn::first_down, way.first_ns, packet);
  last_until(watched, up ? Turn::last_up : Turn::last_down, way.last_ns, packet);
  last_until(watched, Turn::end, call.end_ns, packet);
}

void EvidencePoints::first_from(Watched& watched, Turn turn,
                                const std::optional<std::int64_t>& from_ns,
                                const wire::Packet& packet) {
  const auto at = static_cast<std::size_t>(turn);
  if (!from_ns || packet.ts_ns < *from_ns || watched.turns[at].valid()) return;
  watched.turns[at] = packet.frame;
}

// The last one wins, unless one was there at the very time.
void EvidencePoints::last_until(Watched& watched, Turn turn,
                                const std::optional<std::int64_t>& to_ns,
                                const wire::Packet& packet) {
  const auto at = static_cast<std::size_t>(turn);
  if (!to_ns || packet.ts_ns > *to_ns || watched.exact[at]) return;
  watched.turns[at] = packet.frame;
  watched.exact[at] = packet.ts_ns == *to_ns;
}

const PacketSeen* EvidencePoints::seen(wire::FrameRef frame) const {
  const auto found = wanted_.find(frame);
  return found == wanted_.end() || !found->second ? nullptr : &*found->second;
}

}  // namespace deadair::pipeline
