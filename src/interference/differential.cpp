// Adds up how calls fared, by application and by the networks they went through.
#include "interference/differential.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "interference/call_signs.hpp"

namespace deadair::interference {
namespace {

// Relays, or the peers of a call without any.
std::vector<IpAddress> networks_of(std::span<const CallStory* const> stories) {
  std::vector<IpAddress> out;
  for (const CallStory* story : stories) {
    const bool relays = std::ranges::any_of(
        story->targets, [](const call::Target& target) { return target.relay; });
    for (const call::Target& target : story->targets)
      if (target.relay == relays) out.push_back(network_of(target.at.ip));
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

void count_text(const CallStory& story, CallTally& tally) {
  tally.text.ok += story.chat.replies;
  if (!story.generic || story.chat.flows > 0) return;
  for (const call::Target& target : story.targets) {
    tally.text.ok += target.responses;
    tally.own_checks += target.responses;
  }
}

void add(const CallStory& story, CallTally& tally) {
  switch (fate_of(story)) {
    case Fate::connected:
      tally.connected.push_back(&story);
      break;
    case Fate::failed:
      (story.outcome == call::Outcome::degraded && !hardly_heard(story) ? tally.degraded
                                                                        : tally.failed)
          .push_back(&story);
      break;
    case Fate::refused:
      ++tally.refused;
      break;
    case Fate::nobody:
      ++tally.nobody;
      break;
    case Fate::unseen:
      ++tally.unseen;
      break;
  }
  count_text(story, tally);
}

}  // namespace

std::string bound_text(std::uint64_t ok, std::uint64_t n, std::string_view what) {
  if (ok >= n) return fmt::format("{} of {} {}", ok, n, what);
  return fmt::format("{} of {} {}: true success <= {:.2f}", ok, n, what, success_bound(ok, n));
}

std::vector<CallTally> tally_calls(std::span<const CallStory> stories) {
  std::vector<CallTally> out;
  std::map<std::string_view, std::size_t> known;
  for (const CallStory& story : stories) {
    const auto [place, is_new] = known.try_emplace(story.app, out.size());
    if (is_new) out.emplace_back().app = story.app;
    add(story, out[place->second]);
  }
  return out;
}

Suspects suspects_of(const CallTally& tally) {
  Suspects out{tally.failed, false};
  constexpr std::size_t kEach = 3;
  if (tally.connected.empty() || tally.failed.empty()) return out;
  const std::vector<IpAddress> good = networks_of(tally.connected);
  std::vector<IpAddress> both;
  std::ranges::set_intersection(good, networks_of(tally.failed), std::back_inserter(both));
  out.part = both.empty() && tally.connected.size() >= kEach && tally.failed.size() >= kEach;
  return out;
}

Level mechanism_of(std::string_view app, std::span<const Finding> findings, Mechanism wanted) {
  Level most = Level::indeterminate;
  for (const Finding& finding : findings) {
    const std::string_view id = finding.id;
    const bool slows = id.starts_with("THROTTLE.") || id.starts_with("LOSS.") ||
                       id.starts_with("DELAY.") || id == "MEDIA.DEGRADE";
    const bool stops = id.starts_with("DROP.") || id.starts_with("MEDIA.") || id == "ICMP.ADMIN";
    if (finding.app == app && (slows || (stops && wanted == Mechanism::any)))
      most = std::max(most, finding.level);
  }
  return most;
}

}  // namespace deadair::interference
