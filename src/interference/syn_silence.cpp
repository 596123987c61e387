// SYNs without an answer, beside what else the server and the client's line did.
#include "interference/syn_silence.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "interference/evidence.hpp"
#include "interference/stages.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kPatience = 10 * kSecond, kTenMinutes = 600 * kSecond;
constexpr std::size_t kTwo = 2;

using Attempts = std::vector<const SilentSyn*>;

bool patient(const SilentSyn& silent, std::int64_t until_ns) {
  return silent.frames.size() >= kTwo && until_ns - silent.note.begin_ns >= kPatience &&
         silent.gates.effect(Gate::onesided) != GateEffect::closes;
}

bool alive(const SilentSyn& silent, const FateBook& book) {
  const Stretch waited = {silent.note.begin_ns,
                          std::max(silent.note.end_ns, silent.note.begin_ns + kPatience)};
  return std::ranges::any_of(book.of_client(silent.note.client), [&](const FlowNote* note) {
    return note->fate == FlowFate::well && note->heard && note->server != silent.note.server &&
           (waited.holds(note->answered_ns) || waited.holds(note->heard_ns));
  });
}

Finding judge(const Attempts& group, const FateBook& book) {
  const SilentSyn& first = *group.front();
  Evidence evidence;
  GateSet gates;
  for (const SilentSyn* each : group) {
    for (const wire::FrameRef frame : each->frames) evidence.show(frame);
    for (const Gate gate : {Gate::caploss_tcp, Gate::caploss_sync, Gate::clock, Gate::dup})
      gates.set(gate, each->gates.effect(gate));
  }
  evidence.limit(gates);
  evidence.events(group.size());
  Stretch within = stretch_of(first.note);
  within.to_ns = std::max(within.to_ns, group.back()->note.end_ns);
  const std::uint64_t answered = book.server_answered(first.note, within.widened(kTenMinutes));
  evidence.add(Clue::control_other_flows, "other flows of the client were answered meanwhile",
               first.frames.front());
  evidence.alternative("DEAD LINK", true, "other flows of the client were answered meanwhile");
  evidence.alternative("SERVER OUTAGE", answered != 0,
                       answered != 0 ? fmt::format("the server answered {} other flows", answered)
                                     : "nothing was heard of the server");
  evidence.alternative("SERVER'S OWN FIREWALL", false,
                       "a server that refuses this client may drop its SYNs itself");
  evidence.alternative("LOCAL SOFTWARE", false,
                       "a filter on the host or in its own network can do this as well");
  evidence.decide(group.size() >= kTwo && answered != 0 ? Level::anomalous : Level::observed);
  Finding finding = evidence.finding(name(Signature::syn_none));
  finding.app = first.app;
  finding.flow = first.flow;
  finding.rules = kSynRules;
  finding.text =
      fmt::format("{} port {}, a server of {}, answered none of {} connection attempts.",
                  to_string(first.note.server), first.note.server_port, first.app, group.size());
  return finding;
}

}  // namespace

std::vector<Finding> judge_silent_syns(std::span<const SilentSyn> silent, const FateBook& book,
                                       std::int64_t until_ns) {
  using Key = std::tuple<IpAddress, std::string_view, IpAddress, std::uint16_t>;
  std::map<Key, Attempts> groups;
  for (const SilentSyn& each : silent)
    if (!each.app.empty() && patient(each, until_ns) && alive(each, book))
      groups[{each.note.client, each.app, each.note.server, each.note.server_port}].push_back(
          &each);
  std::vector<Finding> out;
  for (auto& [key, group] : groups) {
    std::ranges::sort(group, {}, [](const SilentSyn* each) { return each->note.begin_ns; });
    out.push_back(judge(group, book));
  }
  return out;
}

}  // namespace deadair::interference
