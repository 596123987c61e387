// Handshakes without an answer, by client and protocol.
#include "interference/vpn.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "interference/evidence.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSilence = 10 * kSecond;
constexpr std::int64_t kNear = 60 * kSecond, kTenMinutes = 600 * kSecond;
constexpr std::uint64_t kTransmissions = 3;
constexpr std::size_t kFlows = 3;

bool observable(const TunnelStory& story) { return story.gates.strongest() != GateEffect::closes; }

bool unopened(const TunnelStory& story) {
  return story.hellos_unanswered >= kTransmissions &&
         story.until_ns - story.hellos_unanswered_from_ns >= kSilence;
}
bool dataless(const TunnelStory& story) { return story.data_rounds >= kTransmissions; }

// Silence alone is no sign: a tunnel that nobody uses is silent, and keeps its NAT open one way.
// Only who opens the handshake again wants an answer.
bool is_dropped(const TunnelStory& story) {
  return observable(story) && !story.closed_port && (unopened(story) || dataless(story));
}

bool line_alive(const TunnelStory& story) { return story.tcp_answered + story.udp_answered > 0; }
bool known_to_serve(const TunnelStory& story) { return story.worked_before || story.carried_data; }
bool server_up(const TunnelStory& story) {
  return story.server_elsewhere != 0 || known_to_serve(story) ||
         (!story.tcp && story.packets_down != 0);
}

using Dropped = std::vector<const TunnelStory*>;

Level rung_of(const Dropped& dropped) {
  std::size_t alive = 0, full = 0;
  std::set<IpAddress> servers;
  bool served = false;
  for (const TunnelStory* story : dropped) {
    if (!line_alive(*story)) continue;
    if (!server_up(*story)) continue;
    ++alive;
    if (!story->tcp && story->udp_answered == 0) continue;
    ++full;
    servers.insert(story->server.ip);
    served = served || known_to_serve(*story);
  }
  if (alive == 0) return Level::observed;
  return full >= kFlows && (served || servers.size() >= 2) ? Level::likely : Level::anomalous;
}

void explain_server(const Dropped& dropped, Evidence& evidence) {
  const bool up = std::ranges::any_of(
      dropped, [](const TunnelStory* story) { return story->server_elsewhere > 0; });
  const bool served =
      std::ranges::any_of(dropped, [](const TunnelStory* story) { return known_to_serve(*story); });
  const bool answering =
      std::ranges::all_of(dropped, [](const TunnelStory* story) { return !unopened(*story); });
  evidence.alternative("SERVICE_OUTAGE", answering,
                       answering ? "the server answered the handshakes all the while"
                       : up      ? "the server answered other flows; its tunnel may be down"
                                 : "no second vantage: try `deadair compare`");
  evidence.alternative("WRONG_SETTINGS", served || answering,
                       served      ? "the same server and port carried this tunnel before"
                       : answering ? "the handshakes were completed, and an end that gets data "
                                     "answers whatever is in it"
                                   : "another key, port or name is answered with silence too");
  if (answering) evidence.alternative("PATH_MTU", true, "the datagrams are small");
  evidence.alternative("LOCAL_SOFTWARE", false,
                       "a filter on the host or in its own network can do this as well");
}

void explain(const Dropped& dropped, Evidence& evidence) {
  const auto any = [&](auto test) {
    return std::ranges::any_of(dropped, [&](const TunnelStory* story) { return test(*story); });
  };
  const bool alive = any(line_alive);
  evidence.alternative("CLIENT_OFFLINE", alive,
                       alive ? "other flows of this host were answered meanwhile"
                             : "nothing else of this host was answered meanwhile");
  const bool udp =
      any([](const TunnelStory& story) { return story.udp_answered > 0 || story.tcp; });
  evidence.alternative(
      "LOCAL_UDP_BLOCK", udp,
      udp ? "other UDP of this host was answered" : "no other UDP of this host was seen answered");
  explain_server(dropped, evidence);
}

// What the flows were silent after.
std::string silence_of(const Dropped& dropped) {
  std::uint64_t hellos = 0, rounds = 0;
  bool carried = false, begun = false;
  for (const TunnelStory* story : dropped) {
    if (unopened(*story)) {
      hellos += story->hellos_unanswered;
      carried = carried || story->carried_data;
      begun = begun || story->packets_down != 0;
    } else {
      rounds += story->data_rounds;
    }
  }
  std::string out;
  if (hellos != 0)
    out = fmt::format("{} of a handshake had no answer{}", count_of(hellos, "message", "messages"),
                      carried ? ", after data had passed"
                      : begun ? ", after the server had answered the first"
                              : "");
  if (hellos != 0 && rounds != 0) out += "; ";
  if (rounds != 0)
    out += fmt::format("{} {} answered, the data after {} was not",
                       count_of(rounds, "handshake", "handshakes"), rounds == 1 ? "was" : "were",
                       rounds == 1 ? "it" : "each");
  return out;
}

Finding finding_of(const Dropped& dropped, std::size_t all) {
  Evidence evidence;
  GateSet gates;
  std::set<IpAddress> servers;
  std::uint64_t udp = 0;
  for (const TunnelStory* story : dropped) {
    evidence.show(story->frame_first);
    evidence.show(unopened(*story) ? story->frame_hello : story->frame_round);
    servers.insert(story->server.ip);
    udp += story->udp_answered;
    gates.join(story->gates);
  }
  const TunnelStory& first = *dropped.front();
  if (udp > 0)
    evidence.add(Clue::udp_alive, fmt::format("{} answered", count_of(udp, "flow", "flows")),
                 first.frame_first);
  explain(dropped, evidence);
  evidence.limit(gates);
  evidence.events(dropped.size());
  evidence.decide(rung_of(dropped));
  Finding out = evidence.finding("VPN.DROP");
  out.app = first.protocol;
  if (dropped.size() == 1) out.flow = first.flow;
  if (first.packets_down > 0 && unopened(first)) {
    out.after_packets = static_cast<double>(first.packets_down);
    if (first.last_down_ns != 0)
      out.after_ms = static_cast<double>(first.last_down_ns - first.ts_first_ns) / 1e6;
  }
  out.rules = kVpnRules;
  const std::string one = std::string(first.protocol) + " flow";
  out.text = fmt::format("In {} to {}, {}.", share_of(dropped.size(), all, one, one + "s"),
                         count_of(servers.size(), "server", "servers"), silence_of(dropped));
  return out;
}

}  // namespace

void look_around(TunnelStory& story, const Controls& controls) {
  const IpAddress& client = story.client.ip;
  const std::int64_t from = story.ts_first_ns, to = story.ts_last_ns;
  const auto near = [&](Control what) {
    return controls.others(what, client, subject_of(story.protocol), from - kNear, to + kNear);
  };
  story.tcp_answered = near(Control::tcp_answered);
  story.udp_answered = near(Control::udp_answered);
  const std::uint64_t server = subject_of(story.server.ip);
  story.server_elsewhere =
      controls.count(Control::host_ok, client, server, from - kTenMinutes, to + kTenMinutes);
  story.closed_port =
      controls.count(Control::port_closed, client, server, from - kNear, to + kNear) != 0;
}

TunnelFate fate_of(const TunnelStory& story) {
  if (story.closed_port && story.packets_down == 0) return TunnelFate::refused;
  if (is_dropped(story)) return TunnelFate::failed;
  return story.carried_data ? TunnelFate::ok : TunnelFate::unseen;  // whatever is missing of it
}

std::vector<Finding> judge_tunnels(std::span<const TunnelStory> stories) {
  std::vector<std::pair<Dropped, std::size_t>> groups;  // those dropped, and how many there were
  std::map<std::pair<IpAddress, std::string_view>, std::size_t> known;
  for (const TunnelStory& story : stories) {
    const auto [place, is_new] =
        known.try_emplace({story.client.ip, story.protocol}, groups.size());
    if (is_new) groups.emplace_back();
    auto& [dropped, all] = groups[place->second];
    ++all;
    if (is_dropped(story)) dropped.push_back(&story);
  }
  std::vector<Finding> out;
  for (const auto& [dropped, all] : groups)
    if (!dropped.empty()) out.push_back(finding_of(dropped, all));
  return out;
}

}  // namespace deadair::interference
