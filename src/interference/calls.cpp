// Collects what attempts show, family by family, and rates it by rungs.
#include "interference/calls.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "interference/call_alternatives.hpp"
#include "interference/call_signs.hpp"
#include "interference/chance.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLoopLength = 120 * kSecond;
constexpr std::size_t kLoop = 3, kSeveral = 3;
constexpr double kConstant = 0.15, kClustered = 0.10;
constexpr double kChance = 0.01;

using SignOf = std::optional<CallSign> (*)(const CallStory&);

struct Family {
  std::string_view id;
  SignOf sign_of;
  Level most;
  std::string_view what;  // "In 3 of 4 calls of APP {what}: ..."
};

constexpr std::array<Family, 10> kFamilies = {{
    {"DROP.STUN.RELAY", silent_relays, Level::likely, "no relay answered"},
    {"DROP.STUN.RELAY", some_silent_relays, Level::anomalous,
     "some relays answered and others never did"},
    {"DROP.TURN.ALLOC", silent_allocates, Level::likely,
     "relays asked for credentials and answered nobody who gave them"},
    {"DROP.TURN.ERR", refused_allocates, Level::observed, "the relays themselves refused"},
    {"DROP.ICE", no_pair, Level::anomalous, "the two ends found no way to each other"},
    {"DROP.DTLS", silent_keys, Level::likely,
     "checks of the path were answered and the exchange of keys was not"},
    {"MEDIA.BLACKHOLE", media_cut, Level::likely,
     "one side fell silent while the other's media went on"},
    {"MEDIA.ONEWAY.UP", not_heard, Level::likely, "media went out and did not arrive"},
    {"MEDIA.ONEWAY.DOWN", nothing_heard, Level::likely,
     "only one side's media passed, between ends that answered each other"},
    {"CALL.TCPFALLBACK", tcp_instead, Level::anomalous,
     "relays were silent over UDP and carried media over TCP"},
}};

// Attempts of one client with one application.
struct Caller {
  std::string_view app;
  std::vector<const CallStory*> stories;
};

std::vector<Caller> callers_of(std::span<const CallStory> stories) {
  std::vector<Caller> out;
  std::map<std::pair<IpAddress, std::string_view>, std::size_t> known;
  for (const CallStory& story : stories) {
    const auto [place, is_new] = known.try_emplace({story.client.ip, story.app}, out.size());
    if (is_new) out.push_back({story.app, {}});
    out[place->second].stories.push_back(&story);
  }
  return out;
}

std::vector<CallSign> signs_in(const Caller& caller, SignOf sign_of) {
  std::vector<CallSign> out;
  for (const CallStory* story : caller.stories)
    if (std::optional<CallSign> sign = sign_of(*story)) out.push_back(std::move(*sign));
  return out;
}

bool service_alive(const CallSign& sign) { return sign.story->text_alive() || sign.pair_answered; }
bool udp_alive(const CallSign& sign) {
  const Surroundings& around = sign.story->around;
  return (around.udp_answered > 0 && !around.ports_unseen) || sign.pair_answered;
}
// STUN of others is answered, this application's is not, by any relay: perhaps they are down.
bool may_be_down(const CallSign& sign) {
  const Surroundings& around = sign.story->around;
  return !sign.pair_answered && around.stun_elsewhere > 0 && around.stun_own == 0;
}

// Nobody leaves, and no radio fails, after the same time or the same packets again and again: no
// more closely than chance brings them together once in a hundred.
bool are_counted(std::span<const CallSign> signs);

// One and the same callee, as far as can be seen, was lost in all of them.
bool may_be_callee(std::span<const CallSign> signs) {
  const auto another = [&](const CallSign& sign) {
    return have_other_callees(*signs.front().story, *sign.story);
  };
  return std::ranges::all_of(signs, &CallSign::callee_gone) &&
         std::ranges::none_of(signs, another) && !are_counted(signs);
}

Level rung_of(std::span<const CallSign> signs) {
  std::size_t alive = 0, full = 0, shown = 0, relays = 0;
  bool down = false, dead = false;
  for (const CallSign& sign : signs) {
    down = down || may_be_down(sign);
    dead = dead || udp_is_dead(*sign.story);
    if (sign.may_be_silent || sign.is_faint || sign.line_unseen || !service_alive(sign)) continue;
    ++alive;
    if (!udp_alive(sign)) continue;
    ++full;
    shown += sign.path_unseen ? 0 : 1;
    relays = std::max(relays, sign.relays);
  }
  if (alive == 0 || dead) return Level::observed;
  constexpr std::size_t kAttempts = 2, kRelays = 3;
  const bool often = shown >= kAttempts || full > kAttempts || relays >= kRelays;
  return often && !down && !may_be_callee(signs) ? Level::likely : Level::anomalous;
}

void add_items(std::span<const CallSign> signs, Evidence& evidence) {
  std::uint64_t replies = 0, udp = 0;
  std::size_t pairs = 0, relays = 0, down = 0;
  for (const CallSign& sign : signs) {
    replies += sign.story->chat.replies;
    udp += sign.story->around.udp_answered;
    pairs += sign.pair_answered ? 1 : 0;
    relays = std::max(relays, sign.relays);
    down += may_be_down(sign) ? 1 : 0;
  }
  const wire::FrameRef first = signs.front().frames.empty() ? signs.front().story->frame_first
                                                            : signs.front().frames.front();
  if (replies > 0)
    evidence.add(Clue::text_alive, fmt::format("{} messages answered", replies), first);
  if (udp > 0) evidence.add(Clue::udp_alive, fmt::format("{} flows answered", udp), first);
  if (pairs > 0) evidence.add(Clue::same_pair_alive, fmt::format("in {} calls", pairs), first);
  if (relays >= 3) evidence.add(Clue::silent_relays, fmt::format("{} in one call", relays), first);
  if (signs.size() >= 2)
    evidence.add(Clue::repeat_calls, fmt::format("{} calls", signs.size()), first);
  if (down > 0)
    evidence.add(Clue::stun_elsewhere, fmt::format("around {} of {} calls", down, signs.size()),
                 first);
}

GateSet gates_of(std::span<const CallSign> signs) {
  GateSet all;
  for (const CallSign& sign : signs) all.join(sign.story->gates);
  return all;
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

std::vector<double> values_of(std::span<const CallSign> signs,
                              std::optional<double> CallSign::*field) {
  std::vector<double> out;
  for (const CallSign& sign : signs)
    if (sign.*field) out.push_back(*(sign.*field));
  return out;
}

bool are_counted(std::span<const CallSign> signs) {
  constexpr double kPacket = 1, kGapMs = 20;  // from one packet of media to the next
  const double by_packets = coincidence(values_of(signs, &CallSign::after_packets), kPacket);
  const double by_time = coincidence(values_of(signs, &CallSign::after_ms), kGapMs);
  // Two tries at a coincidence.
  return signs.size() >= kSeveral && 2 * std::min(by_packets, by_time) < kChance &&
         std::ranges::none_of(signs, &CallSign::never_heard);
}

// What all findings of calls have in common.
Finding finding_of(const Caller& caller, std::string_view id, std::span<const CallSign> signs,
                   Evidence& evidence, Level level) {
  add_items(signs, evidence);
  explain(signs, evidence);
  for (const CallSign& sign : signs)
    for (const wire::FrameRef frame : sign.frames) evidence.show(frame);
  if (level > Level::observed) evidence.limit(gates_of(signs));
  evidence.events(signs.size());
  evidence.decide(level);
  Finding out = evidence.finding(id);
  out.app = caller.app;
  if (signs.size() == 1) {
    out.call = signs.front().story->number;
    out.flow = signs.front().story->flow;
  }
  out.rules = kCallRules;
  return out;
}

// "In all 3 calls of whatsapp no relay answered"
std::string calls_in_which(const Caller& caller, std::size_t shown, std::string_view what) {
  return fmt::format("In {} of {} {}", share_of(shown, caller.stories.size(), "call", "calls"),
                     caller.app, what);
}

std::string sentence(const Caller& caller, std::size_t shown, std::string_view what,
                     std::string_view detail) {
  return fmt::format("{}: {}.", calls_in_which(caller, shown, what), detail);
}

void judge_family(const Caller& caller, const Family& family, std::vector<Finding>& out) {
  const std::vector<CallSign> signs = signs_in(caller, family.sign_of);
  if (signs.empty()) return;
  Evidence evidence;
  Finding finding =
      finding_of(caller, family.id, signs, evidence, std::min(family.most, rung_of(signs)));
  const std::vector<double> packets = values_of(signs, &CallSign::after_packets);
  const std::vector<double> times = values_of(signs, &CallSign::after_ms);
  if (!packets.empty()) finding.after_packets = mean(packets);
  if (!times.empty()) finding.after_ms = mean(times);
  const std::string_view whose = signs.size() > 1 ? "in the first, " : "";
  finding.text =
      sentence(caller, signs.size(), family.what, fmt::format("{}{}", whose, signs.front().shown));
  out.push_back(std::move(finding));
}

// Calls that end after the same time, or the same number of packets, were counted by somebody.
void judge_constancy(const Caller& caller, std::vector<Finding>& out) {
  const std::vector<CallSign> signs = signs_in(caller, media_cut);
  if (signs.size() < kSeveral) return;
  const std::vector<double> packets = values_of(signs, &CallSign::after_packets);
  const std::vector<double> times = values_of(signs, &CallSign::after_ms);
  const double by_packets = variation(packets), by_time = variation(times);
  if (std::min(by_packets, by_time) >= kConstant) return;
  Evidence evidence;
  evidence.add(Clue::constant_quota,
               fmt::format("varies by {:.0f} % in time, {:.0f} % in packets", by_time * 100,
                           by_packets * 100),
               signs.front().story->frame_first);
  Finding quota = finding_of(caller, "MEDIA.QUOTA", signs, evidence, rung_of(signs));
  std::string amount;
  if (by_packets < kConstant) {
    quota.after_packets = mean(packets);
    amount = fmt::format("about {:.0f} packets", *quota.after_packets);
  }
  if (by_time < kConstant) {
    quota.after_ms = mean(times);
    amount += fmt::format("{}{:.1f} s", amount.empty() ? "" : ", ", *quota.after_ms / 1000);
  }
  quota.text = sentence(caller, signs.size(), "media ended after the same amount", amount);
  out.push_back(std::move(quota));
  if (by_time >= kClustered) return;
  Evidence clustered;
  Finding timeout = finding_of(caller, "CALL.TIMEOUT", signs, clustered,
                               std::min(Level::anomalous, rung_of(signs)));
  timeout.after_ms = mean(times);
  timeout.text = sentence(caller, signs.size(), "media ended after the same time",
                          fmt::format("{:.1f} s", *timeout.after_ms / 1000));
  out.push_back(std::move(timeout));
}

bool follows(const CallStory& earlier, const CallStory& later) {
  return later.ts_first_ns - earlier.ts_last_ns <= kLoopLength &&
         (later.client != earlier.client || later.ice_sessions != earlier.ice_sessions);
}

// It never came about, or was cut.
bool came_to_nothing(const CallStory& story) {
  if (fate_of(story) != Fate::failed || story.outcome == call::Outcome::degraded) return false;
  return story.outcome != call::Outcome::one_way || media_cut(story);
}

// The longest run of short failures one after the other.
std::vector<CallSign> loop_in(const Caller& caller) {
  std::vector<CallSign> best, run;
  for (const CallStory* story : caller.stories) {
    if (!came_to_nothing(*story) || story->ts_last_ns - story->ts_first_ns > kLoopLength) continue;
    if (!run.empty() && !follows(*run.back().story, *story)) run.clear();
    CallSign sign;
    sign.story = story;
    sign.frames = {story->frame_first};
    run.push_back(std::move(sign));
    if (run.size() > best.size()) best = run;
  }
  return best;
}

// As likely as what stopped these calls: repetition alone shows that they fail, not why.
void judge_loop(const Caller& caller, std::vector<Finding>& out) {
  const std::vector<CallSign> signs = loop_in(caller);
  if (signs.size() < kLoop) return;
  Level mechanism = Level::observed;
  for (const Finding& finding : out)
    if (finding.app == caller.app && finding.level != Level::indeterminate)
      mechanism = std::max(mechanism, finding.level);
  Evidence evidence;
  Finding finding = finding_of(caller, "CALL.LOOP", signs, evidence, mechanism);
  finding.text =
      fmt::format("{} of {} failed one after the other, each within two minutes.",
                  share_at_start(signs.size(), caller.stories.size(), "call", "calls"), caller.app);
  out.push_back(std::move(finding));
}

// What speaks against interference.
void note_local(const Caller& caller, bool (*is_so)(const CallStory&), std::string_view id,
                std::string_view what, std::vector<Finding>& out) {
  Evidence evidence;
  std::size_t count = 0;
  for (const CallStory* story : caller.stories) {
    if (!is_so(*story)) continue;
    ++count;
    evidence.show(story->frame_first);
  }
  if (count == 0) return;
  evidence.decide(Level::observed);
  Finding finding = evidence.finding(id);
  finding.app = caller.app;
  finding.rules = kCallRules;
  finding.text = calls_in_which(caller, count, what) + ".";
  out.push_back(std::move(finding));
}

}  // namespace

Fate fate_of(const CallStory& story) {
  using enum call::Outcome;
  if (story.gates.strongest() == GateEffect::closes || source_is_dead(story)) return Fate::unseen;
  if (sends_nothing(story) || fell_silent_itself(story) || story.went_through) return Fate::unseen;
  if (silent_allocates(story)) return Fate::failed;
  switch (story.outcome) {
    case connected:
      return Fate::connected;
    case no_answer:
    case cancelled:
      return Fate::nobody;
    case not_observable:
      return Fate::unseen;
    case setup_failed:
      return story.refused || refused_allocates(story) || story.around.closed_ports > 0
                 ? Fate::refused
                 : Fate::failed;
    default:
      return Fate::failed;
  }
}

double variation(std::span<const double> values) {
  const double middle = mean(values);
  if (values.size() < 2 || middle <= 0) return 0;
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values.size())) / middle;
}

std::vector<Finding> judge_calls(std::span<const CallStory> stories) {
  std::vector<Finding> out;
  for (const Caller& caller : callers_of(stories)) {
    std::vector<Finding> of_caller;
    for (const Family& family : kFamilies) judge_family(caller, family, of_caller);
    judge_constancy(caller, of_caller);
    judge_loop(caller, of_caller);
    note_local(caller, udp_is_dead, "LOCAL_UDP_BLOCK",
               "no server beyond the LAN answered anything over UDP", of_caller);
    note_local(caller, source_is_dead, "LOCAL_SOURCE",
               "packets left from an address that nothing ever came back to", of_caller);
    std::ranges::move(of_caller, std::back_inserter(out));
  }
  return out;
}

}  // namespace deadair::interference
