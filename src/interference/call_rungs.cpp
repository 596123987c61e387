// Climbs the rungs of the family DIFF.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "interference/call_alternatives.hpp"
#include "interference/differential.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSession = 1800 * kSecond;
constexpr std::int64_t kAligned = 300 * kSecond;
constexpr double kTextWorks = 0.9, kChance = 0.01;
constexpr std::size_t kTwo = 2, kThree = 3, kFive = 5;

using Calls = std::vector<const CallStory*>;

bool text_works(const Tally& text) {
  return text.ok > 0 &&
         static_cast<double>(text.ok) >= kTextWorks * static_cast<double>(text.ok + text.failed);
}

// Relays and peers. Of one peer that answered checks each socket is one: it was there, and what
// else it did not get was taken away on the path or by its own network.
std::size_t targets_of(const Calls& calls) {
  std::set<IpAddress> hosts;
  std::set<std::pair<IpAddress, std::uint16_t>> answered;
  for (const CallStory* story : calls)
    for (const call::Target& target : story->targets) {
      hosts.insert(target.at.ip);
      if (!target.relay && target.responses > 0) answered.emplace(target.at.ip, target.at.port);
    }
  return std::max(hosts.size(), answered.size());
}

bool udp_works(const Calls& calls) {
  return std::ranges::any_of(calls, [](const CallStory* story) {
    return story->around.udp_answered > 0 ||
           std::ranges::any_of(story->targets, [](const call::Target& target) {
             return !target.exchange.tcp && target.responses > 0;
           });
  });
}

// Half an hour without an attempt lies between two sessions; another device is another one.
bool repeated(const Calls& calls) {
  std::set<IpAddress> devices;
  bool apart = false;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    devices.insert(calls[i]->client.ip);
    apart = apart || (i > 0 && calls[i]->ts_first_ns - calls[i - 1]->ts_last_ns >= kSession);
  }
  return calls.size() >= kFive && (apart || devices.size() >= kTwo);
}

// When calls that had worked began to fail for good.
std::optional<std::int64_t> onset_of(const CallTally& tally) {
  if (tally.connected.size() < kThree || tally.failed.size() < kThree) return std::nullopt;
  std::int64_t last_good = 0, first_bad = tally.failed.front()->ts_first_ns;
  for (const CallStory* story : tally.connected)
    last_good = std::max(last_good, story->ts_first_ns);
  for (const CallStory* story : tally.failed) first_bad = std::min(first_bad, story->ts_first_ns);
  if (first_bad < last_good) return std::nullopt;
  return first_bad;
}

// (a) through a tunnel, (b) within the country, (c) together with another application.
std::string_view differential_control(const CallTally& tally, const Calls& failed,
                                      std::span<const CallTally> others) {
  const auto in_scope = [](const Calls& calls, Scope scope) {
    return static_cast<std::size_t>(std::ranges::count(calls, scope, &CallStory::scope));
  };
  const auto tunnelled = [](const CallStory* story) {
    return story->around.calls_tunnelled >= kThree;
  };
  if (std::ranges::any_of(failed, tunnelled)) return "calls connected through a tunnel";
  if (in_scope(tally.connected, Scope::domestic) >= kThree &&
      in_scope(tally.connected, Scope::international) == 0 &&
      in_scope(failed, Scope::international) >= kThree && in_scope(failed, Scope::domestic) == 0)
    return "calls within the country connected";
  const std::optional<std::int64_t> onset = onset_of(tally);
  if (!onset) return {};
  for (const CallTally& other : others) {
    const std::optional<std::int64_t> theirs = onset_of(other);
    if (other.app != tally.app && theirs && std::abs(*theirs - *onset) <= kAligned)
      return "calls of another application began to fail at the same time";
  }
  return {};
}

struct Climb {
  Level level = Level::observed;
  std::string_view control;  // the differential one
  double chance = 1;         // Fisher's p
};

Climb climb(const CallTally& tally, const Suspects& suspects, Level mechanism,
            std::span<const CallTally> others) {
  Climb out;
  Calls failed;
  std::ranges::copy_if(suspects.failed, std::back_inserter(failed), [](const CallStory* story) {
    return story->text_around() && !story->around.line_unseen;
  });
  const bool none_connected = tally.connected.empty() || suspects.part;
  const bool dead =
      std::ranges::any_of(failed, [](const CallStory* story) { return udp_is_dead(*story); });
  if (failed.size() < kTwo || !none_connected || !text_works(tally.text) || dead) return out;
  out.level = Level::anomalous;
  out.chance = fisher_one_sided(tally.text.ok, tally.text.failed, 0, failed.size());
  if (failed.size() < kThree || targets_of(failed) < kTwo || out.chance >= kChance ||
      !udp_works(failed) || mechanism < Level::likely)
    return out;
  out.level = Level::likely;
  out.control = differential_control(tally, failed, others);
  if (repeated(failed) && !out.control.empty()) out.level = Level::confirmed_pattern;
  return out;
}

// Evidence, alternatives and frames that all comparisons share.
Finding finding_of(const CallTally& tally, const Calls& failed, std::string_view id, Level level,
                   double chance) {
  Evidence evidence;
  std::uint64_t udp = 0, elsewhere = 0;
  GateSet gates;
  for (const CallStory* story : failed) {
    evidence.show(story->frame_first);
    udp += story->around.udp_answered;
    elsewhere = std::max<std::uint64_t>(elsewhere, story->around.calls_elsewhere);
    gates.join(story->gates);
  }
  const wire::FrameRef first = failed.front()->frame_first;
  if (tally.text.ok > 0)
    evidence.add(Clue::text_alive,
                 fmt::format("{} of {} exchanges, p = {:.2g}", tally.text.ok,
                             tally.text.ok + tally.text.failed, chance),
                 first);
  if (udp > 0) evidence.add(Clue::udp_alive, fmt::format("{} flows answered", udp), first);
  if (elsewhere > 0) evidence.add(Clue::calls_elsewhere, fmt::format("{} calls", elsewhere), first);
  evidence.add(Clue::repeat_calls, fmt::format("{} calls", failed.size()), first);
  evidence.limit(gates);
  evidence.events(failed.size());
  evidence.decide(level);
  Finding out = evidence.finding(id);
  explain_failures(failed, out.alternatives);
  out.app = tally.app;
  out.rules = kDifferentialRules;
  return out;
}

std::optional<Finding> blocked(const CallTally& tally, std::span<const CallTally> others,
                               Level mechanism) {
  const Suspects suspects = suspects_of(tally);
  const Climb climbed = climb(tally, suspects, mechanism, others);
  if (climbed.level < Level::anomalous) return std::nullopt;
  const Calls& failed = suspects.failed;
  Finding out = finding_of(tally, failed, "DIFF.CALLS_BLOCKED", climbed.level, climbed.chance);
  const std::string alive =
      tally.text_is_own() ? answered(tally.text.ok, "check of their own", "checks of their own")
                          : answered(tally.text.ok, "exchange", "exchanges");
  out.text = fmt::format("{} calls of {} failed{} while {} ({}{}{}).", failed.size(), tally.app,
                         suspects.part ? ", all by way of certain networks," : "", alive,
                         bound_text(0, failed.size()), climbed.control.empty() ? "" : "; ",
                         climbed.control);
  return out;
}

std::optional<Finding> degraded(const CallTally& tally, Level mechanism) {
  if (tally.degraded.size() < kTwo || !tally.connected.empty() || !text_works(tally.text) ||
      mechanism < Level::anomalous)
    return std::nullopt;
  const bool often = tally.degraded.size() >= kThree && mechanism >= Level::likely;
  Finding out = finding_of(tally, tally.degraded, "DIFF.CALLS_DEGRADED",
                           often ? Level::likely : Level::anomalous, 1);
  out.text =
      fmt::format("{} calls of {} connected and could not be used ({}).", tally.degraded.size(),
                  tally.app, bound_text(0, tally.degraded.size(), "usable"));
  return out;
}

// Calls with pictures fail where those without connect.
std::optional<Finding> video_only(const CallTally& tally, Level mechanism) {
  const auto with_video = [](const CallStory* story) {
    return (story->kinds & flow::media_kind::kVideo) != 0;
  };
  Calls bad;
  for (const Calls* calls : {&tally.failed, &tally.degraded})
    std::ranges::copy_if(*calls, std::back_inserter(bad), with_video);
  const auto video_ok =
      static_cast<std::uint64_t>(std::ranges::count_if(tally.connected, with_video));
  const std::uint64_t voice_ok = tally.connected.size() - video_ok;
  const std::uint64_t voice_bad = tally.failed.size() + tally.degraded.size() - bad.size();
  if (bad.size() < kThree || voice_ok < kThree || video_ok > 0) return std::nullopt;
  const double chance = fisher_one_sided(voice_ok, voice_bad, video_ok, bad.size());
  const bool likely = chance < kChance && mechanism >= Level::likely;
  Finding out =
      finding_of(tally, bad, "DIFF.VIDEO_ONLY", likely ? Level::likely : Level::anomalous, chance);
  out.text = fmt::format("{} calls of {} with pictures failed while {} without connected.",
                         bad.size(), tally.app, voice_ok);
  return out;
}

}  // namespace

std::vector<Finding> compare_calls(const CallTally& tally, std::span<const CallTally> others,
                                   std::span<const Finding> findings) {
  const Level mechanism = mechanism_of(tally.app, findings, Mechanism::any);
  std::vector<Finding> out;
  if (std::optional<Finding> one = blocked(tally, others, mechanism))
    out.push_back(std::move(*one));
  const Level slowed = mechanism_of(tally.app, findings, Mechanism::slows);
  if (std::optional<Finding> one = degraded(tally, slowed)) out.push_back(std::move(*one));
  if (std::optional<Finding> one = video_only(tally, mechanism)) out.push_back(std::move(*one));
  return out;
}

std::optional<Finding> compare_tunnels(std::string_view protocol,
                                       std::span<const TunnelStory> stories,
                                       std::span<const Finding> findings) {
  std::vector<const TunnelStory*> failed;
  std::uint64_t ok = 0, others = 0;
  for (const TunnelStory& story : stories) {
    if (story.protocol != protocol) continue;
    const TunnelFate fate = fate_of(story);
    ok += fate == TunnelFate::ok ? 1 : 0;
    if (fate != TunnelFate::failed) continue;
    failed.push_back(&story);
    others = std::max<std::uint64_t>(others, story.udp_answered + story.tcp_answered);
  }
  if (failed.size() < kTwo || ok > 0 || others == 0) return std::nullopt;
  const auto drop = std::ranges::find_if(findings, [&](const Finding& finding) {
    return finding.id == "VPN.DROP" && finding.app == protocol;
  });
  const Level mechanism = drop == findings.end() ? Level::indeterminate : drop->level;
  if (mechanism < Level::anomalous) return std::nullopt;
  const double chance = fisher_one_sided(others, 0, 0, failed.size());
  const bool likely = failed.size() >= kThree && mechanism >= Level::likely && chance < kChance;
  Finding out = *drop;
  out.id = "DIFF.VPN_BLOCKED";
  out.level = likely ? Level::likely : Level::anomalous;
  out.rules = kDifferentialRules;
  out.text =
      fmt::format("{} tunnels of {} failed while other flows of the host were answered ({}).",
                  failed.size(), protocol, bound_text(0, failed.size(), "worked"));
  return out;
}

}  // namespace deadair::interference
