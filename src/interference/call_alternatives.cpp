// Goes through the list of innocent explanations.
#include "interference/call_alternatives.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

// What was alive around all of the attempts together.
struct Alive {
  std::uint64_t replies = 0, tcp = 0, udp = 0, names = 0, stun_elsewhere = 0, stun_own = 0,
                closed = 0, calls = 0;
  std::uint64_t own = 0;     // what these attempts themselves asked over UDP, and was answered
  std::uint64_t opened = 0;  // UDP flows that began to be answered meanwhile
  bool line_unseen = false;
  bool udp_dead = false;
  bool pair = false;     // every one of them had its sockets answered
  bool reached = false;  // the callee took part
  bool rang = false;     // relays answered, and nobody took the call
  bool open_end = false;

  void add(const CallStory& story) {
    replies += story.chat.replies;
    for (const call::Target& target : story.targets)
      if (!target.exchange.tcp) own += target.responses;
    tcp += story.around.tcp_answered;
    udp += story.around.udp_answered;
    names += story.around.name_answered;
    stun_elsewhere += story.around.stun_elsewhere;
    stun_own = std::max<std::uint64_t>(stun_own, story.around.stun_own);
    closed += story.around.closed_ports;
    calls = std::max<std::uint64_t>(calls, story.around.calls_elsewhere);
    opened += story.around.udp_opened;
    line_unseen = line_unseen || story.around.line_unseen;
    udp_dead = udp_dead || udp_is_dead(story);
    reached = reached || story.down.media_packets > 0 || story.ringing_told ||
              std::ranges::any_of(story.targets, [](const call::Target& target) {
                return !target.relay && target.responses > 0;
              });
    rang = rang || story.outcome == call::Outcome::no_answer;
    open_end = open_end || story.gates.strongest() != GateEffect::none;
  }
};

using List = std::vector<Alternative>;

void say(List& out, std::string_view name, bool excluded, std::string why) {
  out.push_back({name, excluded, std::move(why)});
}

constexpr std::string_view kNothingCame = "nothing at all came to this host meanwhile";

void list_local(const Alive& alive, List& out) {
  const std::string own = answered(alive.own, "request of these calls", "requests of these calls");
  if (alive.line_unseen)
    say(out, "CLIENT_OFFLINE", false, std::string(kNothingCame));
  else if (alive.replies > 0)
    say(out, "CLIENT_OFFLINE", true, answered(alive.replies, "message", "messages") + " meanwhile");
  else if (alive.tcp + alive.udp > 0)
    say(out, "CLIENT_OFFLINE", true, "other flows of this host were answered meanwhile");
  else if (alive.own > 0)
    say(out, "CLIENT_OFFLINE", true, own);
  else
    say(out, "CLIENT_OFFLINE", false, "nothing else of this host was answered meanwhile");
  if (alive.udp_dead)
    say(out, "LOCAL_UDP_BLOCK", false, "no server beyond the LAN answered this host over UDP");
  else if (alive.udp + alive.own > 0)
    say(out, "LOCAL_UDP_BLOCK", true, alive.udp > 0 ? "other UDP of this host was answered" : own);
  else
    say(out, "LOCAL_UDP_BLOCK", false,
        alive.names > 0 ? "only names and clocks were answered over UDP"
                        : "no other UDP of this host was seen answered");
  if (alive.opened + alive.own > 0 && !alive.udp_dead && !alive.line_unseen)
    say(out, "CGN_PORTS", true, "new UDP flows of this host were answered meanwhile");
  else
    say(out, "CGN_PORTS", false, "no new UDP flow of this host was answered meanwhile");
  say(out, "LOCAL_SOFTWARE", false, "a filter, VPN or tool on the host cannot be seen from here");
  say(out, "APP_UPDATE", false, "versions and permissions of the application are not seen");
}

void list_service(const Alive& alive, List& out) {
  if (alive.closed > 0)
    say(out, "SERVICE_OUTAGE", false, "the relays' own hosts say that nothing runs there");
  else if (alive.pair)
    say(out, "SERVICE_OUTAGE", true, "the servers answered part of what was sent");
  else if (alive.stun_elsewhere > 0 && alive.stun_own == 0)
    say(out, "SERVICE_OUTAGE", false, "STUN of other services was answered: its own may be down");
  else
    say(out, "SERVICE_OUTAGE", false, "no second vantage: try `deadair compare`");
}

void list_path(const Alive& alive, List& out) {
  const bool others_well = alive.replies > 0 && (alive.udp > 0 || alive.pair) && !alive.line_unseen;
  std::string_view why = "too little else was seen to rule it out";
  if (others_well) why = "messages and other UDP were answered all the while";
  if (alive.line_unseen) why = kNothingCame;
  say(out, "WEAK_RADIO", others_well, std::string(why));
  say(out, "GENERAL_CONGESTION", others_well, std::string(why));
  if (alive.reached)
    say(out, "CALLEE", false, "the callee's own network may have failed");
  else if (alive.rang)
    say(out, "CALLEE", false, "the callee may not have taken the call");
  else
    say(out, "CALLEE", true, "it never came so far that a callee could matter");
  say(out, "CAPTURE", !alive.open_end,
      alive.open_end ? "the gates named limit what the capture shows"
                     : "no packets are missing, and both directions are there");
}

// The sockets that lost something had other packets answered all the while.
bool part_answered(const CallStory& story) {
  constexpr std::array kSigns = {silent_allocates, silent_keys, media_cut, nothing_heard,
                                 not_heard};
  return std::ranges::any_of(kSigns, [&](const auto sign_of) {
    const std::optional<CallSign> sign = sign_of(story);
    return sign && sign->pair_answered;
  });
}

List list(const Alive& alive) {
  List out;
  list_local(alive, out);
  list_service(alive, out);
  list_path(alive, out);
  return out;
}

// What comes and goes within minutes: that one attempt rules it out says nothing of the next.
constexpr std::array<std::string_view, 4> kPassing = {"CLIENT_OFFLINE", "CGN_PORTS", "WEAK_RADIO",
                                                      "GENERAL_CONGESTION"};

// Of several attempts together: what passes is excluded where each of them excludes it.
List list(const Alive& all, std::span<const Alive> each) {
  List out = list(all);
  std::vector<List> apart;
  for (const Alive& one : each) apart.push_back(list(one));
  for (Alternative& alternative : out) {
    if (!alternative.excluded || std::ranges::find(kPassing, alternative.name) == kPassing.end())
      continue;
    const auto is_open = [&](const Alternative& one) {
      return one.name == alternative.name && !one.excluded;
    };
    std::size_t count = 0;
    std::string why;
    for (const List& one : apart) {
      const auto open = std::ranges::find_if(one, is_open);
      if (open == one.end()) continue;
      if (count++ == 0) why = open->why;
    }
    if (count == 0) continue;
    alternative.excluded = false;
    alternative.why = fmt::format("in {} of {} calls: {}", count, each.size(), why);
  }
  return out;
}

}  // namespace

void explain(std::span<const CallSign> signs, Evidence& evidence) {
  Alive all;
  all.pair = true;
  std::vector<Alive> each;
  for (const CallSign& sign : signs) {
    each.emplace_back().add(*sign.story);
    each.back().pair = sign.pair_answered || part_answered(*sign.story);
    all.add(*sign.story);
    all.pair = all.pair && each.back().pair;
  }
  for (Alternative& one : list(all, each)) evidence.alternative(one.name, one.excluded, one.why);
  if (std::ranges::any_of(signs, &CallSign::may_be_silent))
    evidence.alternative("MUTED", false, "whoever is not heard may have been silent on purpose");
  else if (const auto known =
               std::ranges::find_if_not(signs, &std::string_view::empty, &CallSign::must_send);
           known != signs.end())
    evidence.alternative("MUTED", true, std::string(known->must_send));
}

void explain_failures(std::span<const CallStory* const> failed, std::vector<Alternative>& out) {
  Alive all;
  all.pair = !failed.empty();
  std::vector<Alive> each;
  for (const CallStory* story : failed) {
    each.emplace_back().add(*story);
    each.back().pair = part_answered(*story);
    all.add(*story);
    all.pair = all.pair && each.back().pair;
  }
  out = list(all, each);
}

}  // namespace deadair::interference
