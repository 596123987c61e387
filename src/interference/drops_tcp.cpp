// Silence after a trigger, held against what other flows did.
#include "interference/drops_tcp.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "interference/evidence.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kTenMinutes = 600 * kSecond;
constexpr std::size_t kTwo = 2, kThree = 3;

// Keep-alive probes come at even intervals.
bool probed(const SilentFlow& silent) {
  constexpr std::uint32_t kLeastProbes = 3;
  constexpr std::int64_t kLeastSpan = 10 * kSecond;
  return silent.repeats >= kLeastProbes && silent.span_ns() >= kLeastSpan;
}

std::string_view finding_of(TriggerType type) {
  if (type == TriggerType::tls_sni) return "DROP.TRIGGER.SNI";
  return type == TriggerType::http_host ? "DROP.TRIGGER.HOST" : "DROP.TRIGGER.FEP";
}

// Gates that concern silence. How long the capture goes on is judged by the retransmissions.
GateSet concerning_silence(const GateSet& all) {
  GateSet out;
  for (const Gate gate : {Gate::caploss_tcp, Gate::caploss_sync, Gate::onesided, Gate::midflow,
                          Gate::offload, Gate::clock, Gate::dup})
    out.set(gate, all.effect(gate));
  return out;
}

// Flows of one client with one trigger that were dropped.
using Drops = std::vector<const SilentFlow*>;

// What fell silent with the trigger for a shorter time, or while nothing tells of the line, speaks
// neither for it nor against.
struct Around {
  std::uint64_t well = 0;      // with the trigger, that went well
  std::uint64_t hits = 0;      // with the trigger, that were dropped
  std::uint64_t others = 0;    // with the trigger, that failed otherwise
  std::uint64_t controls = 0;  // to the same servers without it, that went well
  std::uint64_t failures = 0;  // likewise, that failed for a reason of their own
  std::uint64_t punished = 0;  // likewise, that failed before any went well again
};

bool same_trigger(const FlowNote& x, const FlowNote& y) {
  return x.has_trigger && y.has_trigger && x.trigger == y.trigger && x.name == y.name;
}
// Another name of the same owner proves nothing: it may be meant as well.
bool is_control(const FlowNote& of, const FlowNote& other) {
  const bool same_site =
      other.has_trigger && other.trigger == of.trigger && of.site != 0 && other.site == of.site;
  return same_service(of, other) && !same_trigger(of, other) && !same_site;
}

// A flow that failed after a drop, and before any control had gone well since, or between the same
// two ports: perhaps punished.
bool after_drop(const FlowNote& failed, const Drops& group, const FateBook::Notes& at_server) {
  return std::ranges::any_of(group, [&](const SilentFlow* drop) {
    const std::int64_t from = drop->note.begin_ns;
    if (drop->note.server != failed.server || from > failed.begin_ns) return false;
    return drop->note.client_port == failed.client_port ||
           std::ranges::none_of(at_server, [&](const FlowNote* note) {
             return is_well(*note) && is_control(drop->note, *note) && note->begin_ns > from &&
                    note->begin_ns < failed.begin_ns;
           });
  });
}

Stretch stretch_of_group(const Drops& group) {
  Stretch out = stretch_of(group.front()->note);
  for (const SilentFlow* each : group) {
    out.from_ns = std::min(out.from_ns, each->note.begin_ns);
    out.to_ns = std::max(out.to_ns, each->note.end_ns);
  }
  return out.widened(kTenMinutes);
}

bool failed_alone(const FlowNote& note) {
  return fell_silent(note.fate) || note.fate == FlowFate::froze;
}

Around look_around(const Drops& group, const FateBook& book) {
  Around out;
  const FlowNote& first = group.front()->note;
  const bool unnamed = first.trigger == TriggerType::fep;
  const Stretch within = stretch_of_group(group);
  for (const FlowNote* note : book.with_trigger(first.trigger, first.name)) {
    if (note->client != first.client || (unnamed && !same_service(first, *note))) continue;
    if (is_well(*note))
      ++out.well;
    else if (note->fate == FlowFate::dropped)
      ++out.hits;
    else if (note->fate != FlowFate::unseen && note->fate != FlowFate::silent)
      ++out.others;
  }
  std::vector<IpAddress> servers;
  for (const SilentFlow* each : group) {
    if (std::ranges::find(servers, each->note.server) != servers.end()) continue;
    servers.push_back(each->note.server);
    const FateBook::Notes at_server = book.to_server(each->note.server);
    for (const FlowNote* note : at_server) {
      if (!is_control(each->note, *note) || !within.meets(*note)) continue;
      if (is_well(*note))
        ++out.controls;
      else if (failed_alone(*note))
        ++(after_drop(*note, group, at_server) ? out.punished : out.failures);
    }
  }
  return out;
}

// The smallest segment that nobody answers. A server that answers meanwhile without acknowledging
// more got a later one (RFC 5681 section 4.2): then only the one that waits is missing. And a hello
// in several segments may be what a device cannot put together.
std::uint32_t unanswered_size(const SilentFlow& flow) {
  if (flow.asks.empty()) return flow.least_segment;
  const Ask& waiting = flow.asks.front();
  const bool later_came = flow.stale > flow.stale_syn_acks || flow.heard_ns > waiting.ts_ns;
  return later_came || !flow.trigger_acked ? waiting.len : flow.least_segment;
}

// Whether the size of the segment that waits, or of the hello that it belongs to, can be why it
// does: of a long hello the smaller segments may be lost as well.
bool size_excluded(const Drops& group) {
  return std::ranges::all_of(group, [](const SilentFlow* each) {
    if (is_long_hello(*each->trigger)) return each->hello_passes;
    return unanswered_size(*each) <= kAnyPath || each->size_passes;
  });
}

// Packets that passed after the trigger: what all flows agree on, as far as they do.
struct Passed {
  std::uint32_t least = 0, most = 0;
  [[nodiscard]] std::uint32_t middle() const { return (least + most) / 2; }
};
Passed passed_of(const Drops& group) {
  Passed narrow{0, SilenceKeeper::kNoSegment}, wide{SilenceKeeper::kNoSegment, 0};
  for (const SilentFlow* each : group) {
    narrow = {std::max(narrow.least, each->passed_least), std::min(narrow.most, each->passed_most)};
    wide = {std::min(wide.least, each->passed_least), std::max(wide.most, each->passed_most)};
  }
  return narrow.least <= narrow.most ? narrow : wide;
}

std::string in_words(const Passed& passed) {
  if (passed.most == 0) return "with it";
  if (passed.least == passed.most)
    return fmt::format("after {} more packet{}", passed.least, passed.least == 1 ? "" : "s");
  return fmt::format("after {} to {} more packets", passed.least, passed.most);
}

// Which way packets were lost, where that can be told.
std::string_view direction_of(const Drops& group) {
  const auto any_stale = [](const SilentFlow* each) { return each->stale != 0; };
  if (!std::ranges::any_of(group, any_stale))
    return "in both directions, or in one that cannot be told";
  return group.front()->mute == Sender::server ? "from client to server" : "from server to client";
}

Level rung_of(const Drops& group, const Around& around) {
  if (around.well != 0 || around.hits < kTwo || around.controls == 0) return Level::observed;
  const bool firm = around.hits >= kThree && around.controls >= kThree && around.failures == 0 &&
                    around.others == 0 && size_excluded(group);
  return firm ? Level::likely : Level::anomalous;
}

void list_alternatives(const Drops& group, const Around& around, Evidence& evidence) {
  evidence.alternative("DEAD LINK", true, "other flows of the client went on meanwhile");
  evidence.alternative("SERVER OVERLOAD", true,
                       "a server whose application is busy acknowledges all the same");
  const bool down = around.controls >= kThree && around.failures == 0;
  evidence.alternative(
      "SERVER OUTAGE", down,
      down ? fmt::format("{} flows to it without the trigger went well", around.controls)
           : "too few flows to it without the trigger went well");
  const bool size = size_excluded(group);
  evidence.alternative("PATH MTU", size,
                       size ? "segments of the same size or small ones are concerned"
                            : "no segment as large, or hello as long, was seen to reach this "
                              "server; a device that cannot put a long hello together looks the "
                              "same");
  if (around.others + around.well != 0)
    evidence.alternative(
        "CHANCE", false,
        fmt::format("{} flows with the trigger went otherwise", around.others + around.well));
  evidence.alternative("LOCAL SOFTWARE", false,
                       "a filter on the host or in its own network can do this as well");
}

void weigh(const Drops& group, const Around& around, Evidence& evidence) {
  const SilentFlow& first = *group.front();
  const wire::FrameRef frame = first.trigger->frame;
  evidence.events(around.hits);
  evidence.add(Clue::unanswered,
               fmt::format("sent {} times over {:.1f} s, never acknowledged", first.repeats + 1,
                           static_cast<double>(first.span_ns()) / kSecond),
               first.last_ask.frame);
  evidence.add(Clue::control_other_flows, "other flows of the client went on meanwhile", frame);
  if (around.controls >= kThree)
    evidence.add(
        Clue::control_same_server,
        fmt::format("{} flows to the same server without the trigger went well", around.controls),
        frame);
  const std::uint64_t all = around.hits + around.well + around.others;
  const double least = wilson_lower(around.hits, all);
  constexpr std::uint64_t kFew = 5, kMany = 10;
  if (all >= kFew && least > 0.5)
    evidence.add(all < kMany ? Clue::repeat_five : Clue::repeat_ten,
                 fmt::format("{} of {} flows with this trigger", around.hits, all), frame);
}

std::string sentence(const Drops& group, const Around& around, const Passed& passed) {
  const SilentFlow& first = *group.front();
  const Trigger& trigger = *first.trigger;
  const std::string what = trigger.type == TriggerType::tls_sni
                               ? fmt::format("asked for {} (TLS)", trigger.name)
                           : trigger.type == TriggerType::http_host
                               ? fmt::format("asked for {} (HTTP)", trigger.name)
                               : std::string("were fully encrypted from the first byte");
  const std::uint64_t all = around.hits + around.well + around.others;
  return fmt::format(
      "{} of {} connections to {} port {} that {} fell silent {}, {}, while {} without it went "
      "well.",
      around.hits, all, to_string(first.note.server), first.note.server_port, what,
      in_words(passed), direction_of(group), around.controls);
}

Finding judge(const Drops& group, const FateBook& book) {
  const Around around = look_around(group, book);
  Evidence evidence;
  GateSet gates;
  for (const SilentFlow* each : group) {
    gates.join(concerning_silence(each->gates));
    evidence.show(each->trigger->frame);
    evidence.show(each->heard_frame);
    for (const Ask& ask : each->asks) evidence.show(ask.frame);
    evidence.show(each->last_ask.frame);
  }
  evidence.limit(gates);
  weigh(group, around, evidence);
  list_alternatives(group, around, evidence);
  evidence.decide(rung_of(group, around));
  const SilentFlow& first = *group.front();
  const Passed passed = passed_of(group);
  Finding finding = evidence.finding(finding_of(first.trigger->type));
  finding.app = first.app;
  finding.flow = first.flow;
  finding.trigger = first.trigger;
  finding.after_packets = passed.middle();
  finding.rules = kTcpDropRules;
  finding.text = sentence(group, around, passed);
  return finding;
}

bool limited(const SilentFlow& silent) {
  return silent.gates.effect(Gate::onesided) == GateEffect::closes ||
         silent.gates.has(Gate::midflow);
}

}  // namespace

// Published devices let up to eight packets pass; later it is another kind of freeze.
bool follows_trigger(const SilentFlow& silent) {
  constexpr std::uint32_t kMostPassed = 10;
  constexpr std::int64_t kSoon = 5 * kSecond;
  return silent.trigger && silent.passed_least <= kMostPassed &&
         silent.heard_ns - silent.trigger->ts_ns <= kSoon;
}

bool link_alive(const SilentFlow& silent, const FateBook& book) {
  const Stretch asking = silent.asking();
  // Three transmissions were lost by then: the line did not die together with the first.
  constexpr std::size_t kThird = 2;
  if (silent.asks.size() > kThird &&
      book.went_on(silent.note.client, {silent.asks[kThird].ts_ns, asking.to_ns}))
    return true;
  return std::ranges::any_of(book.of_client(silent.note.client), [&](const FlowNote* note) {
    return is_well(*note) && note->heard &&
           (asking.holds(note->answered_ns) || asking.holds(note->heard_ns));
  });
}

FlowFate fate_of(const SilentFlow& silent, const FateBook& book, std::int64_t until_ns) {
  constexpr std::int64_t kPatience = 10 * kSecond;
  if (limited(silent)) return FlowFate::unseen;
  if (silent.stage == Stage::post_syn && silent.mute == Sender::server) return FlowFate::silent_syn;
  const bool asked = backed_off(silent) || probed(silent);
  if (silent.handshake && asked && link_alive(silent, book))
    return follows_trigger(silent) && backed_off(silent) ? FlowFate::dropped : FlowFate::froze;
  const bool waited = !silent.asks.empty() && until_ns - silent.asks.front().ts_ns >= kPatience;
  return waited ? FlowFate::silent : FlowFate::unseen;
}

std::vector<Finding> judge_tcp_drops(std::span<const SilentFlow> silent, const FateBook& book) {
  using Key = std::tuple<IpAddress, TriggerType, std::uint64_t, IpAddress>;
  std::map<Key, Drops> groups;
  for (const SilentFlow& each : silent) {
    if (each.note.fate != FlowFate::dropped || !each.trigger) continue;
    const bool unnamed = each.trigger->type == TriggerType::fep;
    groups[{each.note.client, each.trigger->type, each.note.name,
            unnamed ? each.note.server : IpAddress{}}]
        .push_back(&each);
  }
  std::vector<Finding> out;
  for (auto& [key, group] : groups) {
    std::ranges::sort(group, {}, [](const SilentFlow* each) { return each->note.frame_first; });
    out.push_back(judge(group, book));
  }
  return out;
}

}  // namespace deadair::interference
