// What frozen connections have in common.
#include "interference/truncation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "interference/drops_tcp.hpp"
#include "interference/evidence.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

constexpr std::size_t kLeastFlows = 5, kLeastServers = 2;
constexpr double kKiB = 1024;
constexpr double kHardly = 0.1;  // variation of what is as good as constant

using Freezes = std::vector<const SilentFlow*>;

// The freezes of one client: those during which others were answered, and those during which
// nothing tells whether the line was alive, each apart from the rest.
struct ClientFreezes {
  Freezes proven, alone;
};

enum class Quota : std::uint8_t { bytes, packets, time };

double bytes_of(const SilentFlow& flow) { return static_cast<double>(flow.down_bytes); }
double packets_of(const SilentFlow& flow) { return static_cast<double>(flow.down_packets); }
double seconds_of(const SilentFlow& flow) {
  return static_cast<double>(flow.heard_ns - flow.note.begin_ns) / kSecond;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <typename Of>
std::vector<double> each(const Freezes& group, Of of) {
  std::vector<double> out;
  for (const SilentFlow* flow : group) out.push_back(of(*flow));
  return out;
}

struct Constant {
  Quota what;
  double median;
  double variation;
  double most;  // of any of the flows
};

// A quota of bytes is passed by less than a segment: within that spread nothing tells that packets
// were counted, however equal their numbers.
bool within_a_segment(const std::vector<double>& bytes) {
  constexpr double kSegment = 1500;
  const auto [least, most] = std::ranges::minmax(bytes);
  return most - least <= kSegment;
}

// What is constant over the flows, the steadiest first; nothing when nothing is.
std::optional<Constant> constant_of(const Freezes& group) {
  constexpr double kSteadyBytes = 0.25, kLeastSeconds = 5;
  const auto bytes = each(group, bytes_of), packets = each(group, packets_of),
             seconds = each(group, seconds_of);
  const double of_bytes = robust_variation(bytes), of_packets = robust_variation(packets),
               of_time = robust_variation(seconds);
  std::vector<Constant> found;
  const double middle = median_of(bytes);
  const bool by_bytes = middle >= 12 * kKiB && middle <= 32 * kKiB && of_bytes < kSteadyBytes;
  if (by_bytes) found.push_back({Quota::bytes, middle, of_bytes, std::ranges::max(bytes)});
  if (of_packets < kHardly && of_packets < of_bytes && !(by_bytes && within_a_segment(bytes)))
    found.push_back({Quota::packets, median_of(packets), of_packets, std::ranges::max(packets)});
  if (of_time < kHardly && median_of(seconds) >= kLeastSeconds)
    found.push_back({Quota::time, median_of(seconds), of_time, std::ranges::max(seconds)});
  if (found.empty()) return std::nullopt;
  return *std::ranges::min_element(found, {}, &Constant::variation);
}

// The flows whose amount lies near the median of all: one client may meet with other freezes.
Freezes near_median(const Freezes& all, auto of) {
  const double middle = median_of(each(all, of));
  Freezes out;
  for (const SilentFlow* flow : all)
    if (std::abs(of(*flow) - middle) <= middle / 2) out.push_back(flow);
  return out;
}

std::string connections(std::uint64_t count) {
  return count_of(count, "connection", "connections");
}

std::size_t servers_of(const Freezes& group) {
  std::set<IpAddress> servers;
  for (const SilentFlow* flow : group) servers.insert(flow->note.server);
  return servers.size();
}

bool past(const GoodFlow& flow, const Constant& constant) {
  constexpr double kAmple = 64 * kKiB, kLaterSeconds = 2;
  switch (constant.what) {
    case Quota::bytes:
      return static_cast<double>(flow.down_bytes) > std::max(kAmple, constant.most);
    case Quota::packets:
      return static_cast<double>(flow.down_packets) > 2 * constant.most;
    case Quota::time:
      return static_cast<double>(flow.lasted_ns) / kSecond > constant.most + kLaterSeconds;
  }
  return false;
}

struct Controls {
  std::uint64_t elsewhere = 0;  // other servers that went on past the amount
  std::uint64_t against = 0;    // the same servers, that did as well
};

Controls controls_of(const Freezes& group, const Constant& constant,
                     std::span<const GoodFlow> good) {
  Controls out;
  std::set<IpAddress> servers;
  for (const SilentFlow* flow : group) servers.insert(flow->note.server);
  for (const GoodFlow& flow : good)
    if (flow.client == group.front()->note.client && past(flow, constant))
      ++(servers.contains(flow.server) ? out.against : out.elsewhere);
  return out;
}

std::string amount_of(const Constant& constant) {
  switch (constant.what) {
    case Quota::bytes:
      return fmt::format("about {:.1f} KiB", constant.median / kKiB);
    case Quota::packets:
      return fmt::format("about {:.0f} packets", constant.median);
    case Quota::time:
      return fmt::format("about {:.0f} s", constant.median);
  }
  return {};
}

std::string_view id_of(Quota what) {
  if (what == Quota::bytes) return "TRUNC.BYTES";
  return what == Quota::packets ? "TRUNC.PKTS" : "TRUNC.TIME";
}

// The freezes of a group during which others were answered.
Freezes proven_in(const Freezes& group, const ClientFreezes& all) {
  Freezes out;
  for (const SilentFlow* flow : group)
    if (std::ranges::find(all.proven, flow) != all.proven.end()) out.push_back(flow);
  return out;
}

void list_alternatives(const Freezes& group, std::size_t proven, const Controls& controls,
                       Evidence& evidence) {
  evidence.alternative("END OF THE OBJECT", true,
                       "nothing was closed, and no question was acknowledged any more");
  evidence.alternative("LOST TAIL", true,
                       fmt::format("nothing came for {:.0f} s or more of asking",
                                   static_cast<double>(group.front()->span_ns()) / kSecond));
  const bool alive = proven == group.size();
  evidence.alternative(
      "DEAD LINK", alive,
      alive ? std::string("other flows of the client went on meanwhile")
            : fmt::format("while {} of the {} were silent nothing else was received, each at "
                          "another time",
                          group.size() - proven, group.size()));
  evidence.alternative("SERVER OUTAGE", false,
                       fmt::format("{} servers did the same; whether they share an operator is "
                                   "not known",
                                   servers_of(group)));
  const bool elsewhere = controls.elsewhere != 0;
  evidence.alternative("ANY LONG CONNECTION", elsewhere,
                       elsewhere ? fmt::format("{} to other servers went on past it",
                                               connections(controls.elsewhere))
                                 : "no connection to another server went on past it");
  if (controls.against != 0)
    evidence.alternative(
        "CHANCE", false,
        fmt::format("{} to the same servers went on past it", connections(controls.against)));
  evidence.alternative("LOCAL SOFTWARE", false,
                       "a filter on the host or in its own network can do this as well");
}

Level rung_of(const Freezes& group, const Freezes& proven, const Controls& controls) {
  constexpr std::size_t kMany = 3;
  if (proven.size() == group.size())
    return controls.elsewhere != 0 && controls.against == 0 ? Level::likely : Level::anomalous;
  const bool most = proven.size() >= kMany && servers_of(proven) >= kLeastServers;
  return most ? Level::anomalous : Level::observed;
}

Finding judge(const Freezes& group, const Freezes& proven, const Constant& constant,
              std::span<const GoodFlow> good) {
  const Controls controls = controls_of(group, constant, good);
  const SilentFlow& first = *group.front();
  Evidence evidence;
  GateSet gates;
  for (const SilentFlow* flow : group) {
    evidence.show(flow->heard_frame);
    for (const Ask& ask : flow->asks) evidence.show(ask.frame);
    for (const Gate gate : {Gate::caploss_tcp, Gate::caploss_sync, Gate::onesided, Gate::clock})
      gates.set(gate, flow->gates.effect(gate));
  }
  evidence.limit(gates);
  evidence.events(group.size());
  evidence.add(Clue::constant_freeze,
               fmt::format("{} to {} froze after {}, variation {:.2f}", connections(group.size()),
                           count_of(servers_of(group), "server", "servers"), amount_of(constant),
                           constant.variation),
               first.heard_frame);
  evidence.add(Clue::unanswered,
               fmt::format("asked {} times over {:.1f} s", first.asks.size(),
                           static_cast<double>(first.span_ns()) / kSecond),
               first.last_ask.frame);
  if (controls.elsewhere != 0)
    evidence.add(Clue::control_longer,
                 fmt::format("{} to other servers", connections(controls.elsewhere)),
                 first.heard_frame);
  list_alternatives(group, proven.size(), controls, evidence);
  evidence.decide(rung_of(group, proven, controls));
  Finding finding = evidence.finding(id_of(constant.what));
  finding.flow = first.flow;
  finding.rules = kTruncationRules;
  if (constant.what == Quota::bytes) finding.burst_bytes = constant.median;
  if (constant.what == Quota::packets) finding.after_packets = constant.median;
  if (constant.what == Quota::time) finding.after_ms = constant.median * 1000;
  finding.text = fmt::format(
      "{} to {} went well and froze after {}{}{}.", connections(group.size()),
      count_of(servers_of(group), "server", "servers"), amount_of(constant),
      group.size() == 1 ? "" : " each",
      controls.elsewhere == 0
          ? std::string()
          : fmt::format(", while {} to other servers went on past that", controls.elsewhere));
  return finding;
}

bool enough(const Freezes& group) {
  return group.size() >= kLeastFlows && servers_of(group) >= kLeastServers;
}

// Among all of them those alike in bytes, or those alike in time. Where the line is not known to
// have been alive, only bytes that hardly vary, or by less than a segment: time passes on a dead
// line as well.
std::optional<Finding> judge_client(const ClientFreezes& all, std::span<const GoodFlow> good) {
  if (enough(all.proven))
    for (const Freezes& group :
         {near_median(all.proven, bytes_of), near_median(all.proven, seconds_of)})
      if (enough(group))
        if (const auto constant = constant_of(group)) return judge(group, group, *constant, good);
  if (all.alone.empty()) return std::nullopt;
  Freezes both = all.proven;
  both.insert(both.end(), all.alone.begin(), all.alone.end());
  std::ranges::sort(both, {}, [](const SilentFlow* flow) { return flow->note.frame_first; });
  if (!enough(both)) return std::nullopt;
  const Freezes group = near_median(both, bytes_of);
  const auto constant = enough(group) ? constant_of(group) : std::nullopt;
  if (!constant || constant->what != Quota::bytes) return std::nullopt;
  if (constant->variation >= kHardly && !within_a_segment(each(group, bytes_of)))
    return std::nullopt;
  return judge(group, proven_in(group, all), *constant, good);
}

// Asked long and often enough; the fate alone tells whether the line is known to have been alive.
bool asked_enough(const SilentFlow& silent) {
  constexpr std::int64_t kLeastSilence = 10 * kSecond;
  constexpr std::uint32_t kLeastRepeats = 3;
  return silent.down_bytes != 0 && silent.repeats >= kLeastRepeats &&
         silent.span_ns() >= kLeastSilence;
}

// What fell silent itself was heard until then: proof of the line for the others.
bool heard_beside(const SilentFlow& flow, const Freezes& silent) {
  if (flow.mute != Sender::server) return false;
  const Stretch asking = flow.asking();
  return std::ranges::any_of(silent, [&](const SilentFlow* other) {
    return other != &flow && other->mute == Sender::server && other->note.heard &&
           (asking.holds(other->note.answered_ns) || asking.holds(other->note.heard_ns));
  });
}

// Silences at one time are one event, which may be that of the line.
Freezes apart(Freezes flows) {
  std::ranges::sort(flows, {}, [](const SilentFlow* flow) {
    return std::pair(flow->asks.front().ts_ns, flow->note.frame_first);
  });
  Freezes out;
  for (const SilentFlow* flow : flows)
    if (out.empty() || flow->asks.front().ts_ns > out.back()->last_ask.ts_ns) out.push_back(flow);
  return out;
}

// `silent`: all of one client.
ClientFreezes freezes_of(const Freezes& silent) {
  ClientFreezes out;
  for (const SilentFlow* flow : silent) {
    if (froze(*flow)) {
      out.proven.push_back(flow);
    } else if (flow->note.fate == FlowFate::silent && flow->handshake && asked_enough(*flow) &&
               !follows_trigger(*flow)) {
      (heard_beside(*flow, silent) ? out.proven : out.alone).push_back(flow);
    }
  }
  out.alone = apart(std::move(out.alone));
  std::ranges::sort(out.proven, {}, [](const SilentFlow* flow) { return flow->note.frame_first; });
  return out;
}

}  // namespace

double robust_variation(std::vector<double> values) {
  constexpr double kToSigma = 1.4826;
  if (values.empty()) return 1;
  const double middle = median_of(values);
  if (middle <= 0) return 1;
  for (double& value : values) value = std::abs(value - middle);
  return kToSigma * median_of(std::move(values)) / middle;
}

bool froze(const SilentFlow& silent) {
  return silent.note.fate == FlowFate::froze && asked_enough(silent);
}

std::vector<Finding> judge_truncations(std::span<const SilentFlow> silent,
                                       std::span<const GoodFlow> good) {
  std::map<IpAddress, Freezes> clients;
  for (const SilentFlow& flow : silent) clients[flow.note.client].push_back(&flow);
  std::vector<Finding> out;
  for (const auto& [client, flows] : clients)
    if (auto finding = judge_client(freezes_of(flows), good)) out.push_back(std::move(*finding));
  return out;
}

}  // namespace deadair::interference
