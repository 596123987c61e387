// Tallies, comparisons and findings into answers.
#include "interference/verdicts.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "interference/call_alternatives.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

constexpr double kChance = 0.01;
constexpr std::uint64_t kTwo = 2, kThree = 3;

// What findings speak of.
bool is_about(Service service, std::string_view id) {
  const bool calls = id.starts_with("MEDIA.") || id.starts_with("CALL.") ||
                     id.starts_with("DROP.STUN.") || id.starts_with("DROP.TURN.") ||
                     id == "DROP.ICE" || id == "DROP.DTLS" || id.starts_with("DIFF.CALLS") ||
                     id == "DIFF.VIDEO_ONLY" || id.starts_with("LOCAL_");
  const bool tunnel = id.starts_with("VPN.") || id == "DIFF.VPN_BLOCKED";
  switch (service) {
    case Service::calls:
      return calls || id == "ICMP.ADMIN" || id.starts_with("THROTTLE.");
    case Service::tunnel:
      return tunnel;
    default:
      return !calls && !tunnel;
  }
}

void count_findings(std::span<const Finding> findings, AppVerdict& verdict) {
  std::map<std::string_view, std::uint64_t> counts;
  for (const Finding& finding : findings)
    if (finding.app == verdict.app && is_about(verdict.service, finding.id)) ++counts[finding.id];
  for (const auto& [id, count] : counts) verdict.findings.emplace_back(id, count);
  std::ranges::sort(verdict.findings);
}

// What a finding leaves open the verdict that rests on it does not exclude.
void leave_open(std::span<const Finding> findings, AppVerdict& verdict) {
  for (const Finding& finding : findings) {
    if (finding.app != verdict.app || !is_about(verdict.service, finding.id) ||
        finding.level < Level::anomalous)
      continue;
    for (const Alternative& open : finding.alternatives)
      for (Alternative& own : verdict.alternatives)
        if (own.name == open.name && own.excluded && !open.excluded) own = open;
  }
}

const Finding* find(std::span<const Finding> findings, std::string_view app, std::string_view id) {
  const auto it = std::ranges::find_if(
      findings, [&](const Finding& finding) { return finding.app == app && finding.id == id; });
  return it == findings.end() ? nullptr : &*it;
}

void settle(AppVerdict& verdict, Answer answer, std::string text,
            std::optional<Level> level = std::nullopt) {
  verdict.answer = answer;
  verdict.text = std::move(text);
  verdict.level = level;
}

std::string were(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// What innocently ended calls, in words; empty when nothing did.
std::string innocent_ends(const CallTally& tally) {
  std::string out;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count != 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, what);
  };
  add(tally.nobody, "not taken");
  add(tally.refused, "refused by the server");
  add(tally.unseen, "not visible in this capture");
  return out;
}

// "2 of 3 calls of whatsapp failed", and what became of those that do not count.
std::string calls_of(const CallTally& tally, std::uint64_t some, std::string_view how) {
  const std::string calls =
      fmt::format("{} of {}", share_at_start(some, tally.judged(), "call", "calls"), tally.app);
  const std::string ends = innocent_ends(tally);
  if (ends.empty()) return fmt::format("{} {}", calls, how);
  return fmt::format("{} that can be judged {} (others: {})", calls, how, ends);
}

// "This capture shows too little of the one call of whatsapp to judge it."
std::string too_little(std::uint64_t seen, std::string_view one, std::string_view many,
                       std::string_view app) {
  return fmt::format("This capture shows too little of {} of {} to judge {}.",
                     share_of(seen, seen, one, many), app,
                     seen == 1      ? "it"
                     : seen == kTwo ? "either"
                                    : "any");
}

// Without an attempt that could be judged.
void settle_unjudged(const CallTally& tally, AppVerdict& verdict) {
  if (tally.nobody + tally.refused == 0)
    return settle(verdict, Answer::not_observable,
                  too_little(tally.unseen, "call", "calls", tally.app));
  settle(verdict, Answer::inconclusive,
         fmt::format("No call of {} tells whether the network lets calls through ({}).", tally.app,
                     innocent_ends(tally)),
         Level::observed);
}

// One that connected and was no use has not failed to come about.
std::string_view how_bad(const CallTally& tally) {
  if (tally.failed.empty()) return "connected and could not be used";
  return tally.degraded.empty() ? "failed" : "failed or could not be used";
}

std::string blocked_text(const CallTally& tally, const Suspects& suspects) {
  const std::uint64_t asked = tally.text.ok + tally.text.failed;
  const std::string what =
      tally.text_is_own()
          ? share_of(tally.text.ok, asked, "check of their own", "checks of their own")
          : share_of(tally.text.ok, asked, "other exchange", "other exchanges") + " with it";
  const std::string text = fmt::format("{} {} answered", what, asked == 1 ? "was" : "were");
  const std::uint64_t failed = suspects.failed.size();
  if (suspects.part)
    return fmt::format("{}; all others connected, and {}.",
                       calls_of(tally, failed, "failed, by way of certain networks"), text);
  return fmt::format("{}, while {}.", calls_of(tally, failed, "failed"), text);
}

void settle_calls(const CallTally& tally, std::span<const Finding> differences,
                  AppVerdict& verdict) {
  const Finding* blocked = find(differences, tally.app, "DIFF.CALLS_BLOCKED");
  const Finding* degraded = find(differences, tally.app, "DIFF.CALLS_DEGRADED");
  const Finding* video = find(differences, tally.app, "DIFF.VIDEO_ONLY");
  const Suspects suspects = suspects_of(tally);
  const auto is_likely = [](const Finding* finding) {
    return finding != nullptr && finding->level >= Level::likely;
  };
  if (is_likely(blocked))
    return settle(verdict, suspects.part ? Answer::degraded : Answer::blocked,
                  blocked_text(tally, suspects), blocked->level);
  for (const Finding* finding : {degraded, video})
    if (is_likely(finding)) return settle(verdict, Answer::degraded, finding->text, finding->level);
  const std::uint64_t bad = tally.failed.size() + tally.degraded.size();
  const std::uint64_t good = tally.connected.size();
  if (good >= kTwo * bad)
    return settle(verdict, Answer::ok, calls_of(tally, good, "connected") + ".");
  Level level = Level::observed;
  for (const Finding* finding : {blocked, degraded, video})
    if (finding != nullptr) level = std::max(level, finding->level);
  settle(verdict, Answer::inconclusive,
         calls_of(tally, bad, how_bad(tally)) + "; innocent causes are not excluded.", level);
}

AppVerdict calls_verdict(const CallTally& tally, std::span<const Finding> findings,
                         std::span<const Finding> differences) {
  AppVerdict out;
  out.app = tally.app;
  out.service = Service::calls;
  out.attempts = tally.judged() + tally.nobody + tally.refused + tally.unseen;
  out.failed = tally.failed.size() + tally.degraded.size();
  out.connected = tally.connected.size();
  if (tally.judged() != 0) out.bound = bound_text(out.connected, tally.judged());
  if (tally.judged() == 0)
    settle_unjudged(tally, out);
  else
    settle_calls(tally, differences, out);
  count_findings(findings, out);
  count_findings(differences, out);
  if (out.failed != 0) {
    std::vector<const CallStory*> failed = tally.failed;
    failed.insert(failed.end(), tally.degraded.begin(), tally.degraded.end());
    explain_failures(failed, out.alternatives);
    leave_open(findings, out);
    leave_open(differences, out);
  }
  if (tally.refused != 0)
    out.alternatives.push_back(
        {"SERVER_REFUSED", false,
         were(tally.refused, "call was", "calls were") + " refused by the servers themselves"});
  return out;
}

// What a service consists of, in words.
struct Things {
  std::string_view one, many;
};
constexpr Things things_of(Service service) {
  constexpr std::array<Things, 5> kThings = {{{"call", "calls"},
                                              {"text connection", "text connections"},
                                              {"transfer", "transfers"},
                                              {"web connection", "web connections"},
                                              {"tunnel", "tunnels"}}};
  return kThings[static_cast<std::size_t>(service)];
}

// Of resets, drops, forged answers: whatever is not of calls or tunnels.
Level app_mechanism(std::string_view app, std::span<const Finding> findings) {
  Level most = Level::indeterminate;
  for (const Finding& finding : findings)
    if (finding.app == app && is_about(Service::text, finding.id))
      most = std::max(most, finding.level);
  return most;
}

// All fails, and not by chance. An outage of the service looks the same: only what somebody else
// put into these flows makes it likely.
std::optional<Finding> app_blocked(const ServiceTally& tally, std::span<const Finding> findings) {
  const Level mechanism = app_mechanism(tally.app, findings);
  if (tally.failed < kTwo || tally.ok > 0 || tally.others_ok == 0 || mechanism < Level::anomalous)
    return std::nullopt;
  const double chance = fisher_one_sided(tally.others_ok, 0, 0, tally.failed);
  const bool likely = tally.failed >= kThree && tally.servers >= kTwo && chance < kChance &&
                      mechanism >= Level::likely;
  Finding out;
  out.id = "DIFF.APP_BLOCKED";
  out.level = likely ? Level::likely : Level::anomalous;
  out.app = tally.app;
  if (tally.frame_first.valid()) out.frames = {tally.frame_first};
  out.alternatives = {
      {"CLIENT_OFFLINE", true,
       fmt::format("{} flows of other applications went well", tally.others_ok)},
      {"SERVICE_OUTAGE", false, "no second vantage: try `deadair compare`"},
      {"LOCAL_SOFTWARE", false, "a filter, VPN or tool on the host cannot be seen from here"}};
  out.rules = kDifferentialRules;
  const Things things = things_of(tally.service);
  out.text = fmt::format("{} of {} failed, while {} flows of other applications went well ({}).",
                         share_at_start(tally.failed, tally.failed, things.one, things.many),
                         tally.app, tally.others_ok, bound_text(0, tally.failed, "worked"));
  return out;
}

// What went well beside the flows that failed.
std::string others_of(const ServiceTally& tally) {
  if (tally.service == Service::tunnel) return "other flows of the host were answered";
  return count_of(tally.others_ok, "flow of another application", "flows of other applications") +
         " went well";
}

AppVerdict service_verdict(const ServiceTally& tally, std::span<const Finding> findings,
                           const std::optional<Finding>& difference) {
  AppVerdict out;
  out.app = tally.app;
  out.service = tally.service;
  out.attempts = tally.ok + tally.failed + tally.unseen;
  out.failed = tally.failed;
  out.connected = tally.ok;
  out.frame_first = tally.frame_first;
  const std::uint64_t judged = tally.ok + tally.failed;
  if (judged != 0) out.bound = bound_text(tally.ok, judged, "worked");
  count_findings(findings, out);
  if (difference) {
    count_findings(std::span(&*difference, 1), out);
    out.alternatives = difference->alternatives;
    leave_open(findings, out);
  }
  const Things things = things_of(tally.service);
  const auto how_many = [&](std::uint64_t some) {
    return fmt::format("{} of {}", share_at_start(some, judged, things.one, things.many),
                       tally.app);
  };
  if (judged == 0)
    settle(out, Answer::not_observable,
           too_little(tally.unseen, things.one, things.many, tally.app));
  else if (difference && difference->level >= Level::likely)
    settle(out, Answer::blocked,
           fmt::format("{} failed, while {}.", how_many(tally.failed), others_of(tally)),
           difference->level);
  else if (tally.ok >= kTwo * tally.failed)
    settle(out, Answer::ok, how_many(tally.ok) + " worked.");
  else
    settle(out, Answer::inconclusive,
           how_many(tally.failed) + " failed; innocent causes are not excluded.",
           difference ? difference->level : Level::observed);
  return out;
}

AppVerdict tunnel_verdict(std::string_view protocol, std::span<const TunnelStory> tunnels,
                          std::span<const Finding> findings,
                          const std::optional<Finding>& difference) {
  ServiceTally tally;
  tally.app = protocol;
  tally.service = Service::tunnel;
  for (const TunnelStory& story : tunnels) {
    if (story.protocol != protocol) continue;
    if (!tally.frame_first.valid()) tally.frame_first = story.frame_first;
    const TunnelFate fate = fate_of(story);
    tally.ok += fate == TunnelFate::ok ? 1 : 0;
    tally.failed += fate == TunnelFate::failed ? 1 : 0;
    tally.unseen += fate == TunnelFate::refused || fate == TunnelFate::unseen ? 1 : 0;
  }
  AppVerdict out = service_verdict(tally, findings, difference);
  // A tunnel that no data came through has not worked, whatever came of its handshakes.
  if (out.answer == Answer::ok && tally.unseen != 0)
    out.text = fmt::format(
        "{} of {} worked; of the others this capture shows no data both ways.",
        share_at_start(tally.ok, tally.ok + tally.unseen + tally.failed, "tunnel", "tunnels"),
        protocol);
  return out;
}

void judge_all_calls(std::span<const CallStory> calls, std::span<const ServiceTally> tallies,
                     std::span<const Finding> findings, Judgement& out) {
  std::vector<CallTally> of_apps = tally_calls(calls);
  for (CallTally& tally : of_apps)
    for (const ServiceTally& service : tallies)
      if (service.app == tally.app && service.service == Service::text)
        tally.text.failed += service.failed;
  for (const CallTally& tally : of_apps) {
    const std::vector<Finding> differences = compare_calls(tally, of_apps, findings);
    AppVerdict verdict = calls_verdict(tally, findings, differences);
    const auto first = std::ranges::find(calls, tally.app, &CallStory::app);
    if (first != calls.end()) verdict.frame_first = first->frame_first;
    out.verdicts.push_back(std::move(verdict));
    out.findings.insert(out.findings.end(), differences.begin(), differences.end());
  }
}

void judge_all_tunnels(std::span<const TunnelStory> tunnels, std::span<const Finding> findings,
                       Judgement& out) {
  std::vector<std::string_view> protocols;
  for (const TunnelStory& story : tunnels)
    if (std::ranges::find(protocols, story.protocol) == protocols.end())
      protocols.push_back(story.protocol);
  for (const std::string_view protocol : protocols) {
    const std::optional<Finding> difference = compare_tunnels(protocol, tunnels, findings);
    out.verdicts.push_back(tunnel_verdict(protocol, tunnels, findings, difference));
    if (difference) out.findings.push_back(*difference);
  }
}

}  // namespace

Judgement judge_applications(std::span<const CallStory> calls, std::span<const TunnelStory> tunnels,
                             std::span<const ServiceTally> tallies,
                             std::span<const Finding> findings) {
  Judgement out;
  judge_all_calls(calls, tallies, findings, out);
  for (const ServiceTally& tally : tallies) {
    const std::optional<Finding> difference = app_blocked(tally, findings);
    out.verdicts.push_back(service_verdict(tally, findings, difference));
    if (difference) out.findings.push_back(*difference);
  }
  judge_all_tunnels(tunnels, findings, out);
  std::ranges::stable_sort(out.verdicts, [](const AppVerdict& x, const AppVerdict& y) {
    return std::pair(std::string_view(x.app), x.service) <
           std::pair(std::string_view(y.app), y.service);
  });
  return out;
}

}  // namespace deadair::interference
