// Joins findings by shared frames, then events by what they say.
#include "interference/events.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace deadair::interference {
namespace {

using Indices = std::vector<std::size_t>;

// Families whose findings are about single packets; others speak of calls, flows or a whole run.
bool about_packets(const Finding& finding) {
  constexpr std::array<std::string_view, 5> kFamilies = {"RST.", "INJ.", "BLOCKPAGE.", "TLS.ALERT.",
                                                         "DNS."};
  return std::ranges::any_of(
      kFamilies, [&](std::string_view family) { return finding.id.starts_with(family); });
}

// Sets that can be joined: each index points to another of its set, the last one to itself.
class Sets {
 public:
  explicit Sets(std::size_t count) : next_(count) { std::iota(next_.begin(), next_.end(), 0); }
  std::size_t of(std::size_t index) {
    while (next_[index] != index) index = next_[index] = next_[next_[index]];
    return index;
  }
  // The lower index stands for both.
  void join(std::size_t a, std::size_t b) {
    const std::size_t one = of(a), other = of(b);
    next_[std::max(one, other)] = std::min(one, other);
  }

 private:
  Indices next_;
};

// Findings of one event each, in order of their first.
std::vector<Indices> events_of(const std::vector<Finding>& findings) {
  std::vector<std::pair<wire::FrameRef, std::size_t>> shown;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (about_packets(findings[i]))
      for (const wire::FrameRef frame : findings[i].frames) shown.emplace_back(frame, i);
  std::ranges::sort(shown);
  Sets sets(findings.size());
  for (std::size_t i = 1; i < shown.size(); ++i)
    if (shown[i].first == shown[i - 1].first) sets.join(shown[i].second, shown[i - 1].second);
  std::map<std::size_t, Indices> by_first;
  for (std::size_t i = 0; i < findings.size(); ++i) by_first[sets.of(i)].push_back(i);
  std::vector<Indices> out;
  out.reserve(by_first.size());
  for (auto& [first, members] : by_first) out.push_back(std::move(members));
  return out;
}

bool weaker(const Finding& a, const Finding& b) {
  return a.level != b.level ? a.level < b.level : a.score < b.score;
}

void add_frames(std::vector<wire::FrameRef>& all, const std::vector<wire::FrameRef>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void tidy(std::vector<wire::FrameRef>& frames) {
  std::ranges::sort(frames);
  frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
}

// The gravest of an event, of equal ones the first, which tells of all others.
Finding& lead_of(std::vector<Finding>& findings, const Indices& event) {
  const std::size_t lead = *std::ranges::max_element(
      event, [&](std::size_t a, std::size_t b) { return weaker(findings[a], findings[b]); });
  Finding& out = findings[lead];
  for (const std::size_t index : event) {
    Finding& other = findings[index];
    add_frames(out.fold.frames, other.frames);
    if (index == lead) continue;
    other.fold.hidden = true;
    if (other.id != out.id && std::ranges::find(out.fold.also, other.id) == out.fold.also.end())
      out.fold.also.push_back(other.id);
  }
  tidy(out.fold.frames);
  return out;
}

std::string likeness(const Finding& finding) {
  std::string out;
  const auto add = [&out](std::string_view word) { out.append(word).push_back('\n'); };
  add(name(finding.level));
  add(finding.id);
  add(finding.app);
  for (const std::string& id : finding.fold.also) add(id);
  if (finding.trigger) {
    add(name(finding.trigger->type));
    add(finding.trigger->name);
  }
  for (const Alternative& other : finding.alternatives) {
    add(other.name);
    add(other.excluded ? "excluded" : "open");
  }
  for (const std::string_view gate : finding.gates) add(gate);
  return out;
}

}  // namespace

void fold(std::vector<Finding>& findings) {
  std::map<std::string, Finding*> seen;
  for (const Indices& event : events_of(findings)) {
    Finding& lead = lead_of(findings, event);
    if (!about_packets(lead)) continue;
    const auto [known, is_new] = seen.try_emplace(likeness(lead), &lead);
    if (is_new) continue;
    lead.fold.hidden = true;
    Fold& first = known->second->fold;
    ++first.times;
    add_frames(first.frames, lead.fold.frames);
  }
  // Once: thousands of events may be alike.
  for (const auto& [likeness, first] : seen) tidy(first->fold.frames);
}

}  // namespace deadair::interference
