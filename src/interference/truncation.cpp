// What frozen connections have in common.
#include "interference/truncation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "interference/evidence.hpp"

namespace deadair::interference {
namespace {

constexpr std::size_t kLeastFlows = 5, kLeastServers = 2;
constexpr double kKiB = 1024;

using Freezes = std::vector<const SilentFlow*>;

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
  constexpr double kSteadyBytes = 0.25, kSteady = 0.1, kLeastSeconds = 5;
  const auto bytes = each(group, bytes_of), packets = each(group, packets_of),
             seconds = each(group, seconds_of);
  const double of_bytes = robust_variation(bytes), of_packets = robust_variation(packets),
               of_time = robust_variation(seconds);
  std::vector<Constant> found;
  const double middle = median_of(bytes);
  const bool by_bytes = middle >= 12 * kKiB && middle <= 32 * kKiB && of_bytes < kSteadyBytes;
  if (by_bytes) found.push_back({Quota::bytes, middle, of_bytes, std::ranges::max(bytes)});
  if (of_packets < kSteady && of_packets < of_bytes && !(by_bytes && within_a_segment(bytes)))
    found.push_back({Quota::packets, median_of(packets), of_packets, std::ranges::max(packets)});
  if (of_time < kSteady && median_of(seconds) >= kLeastSeconds)
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

void list_alternatives(const Freezes& group, const Controls& controls, Evidence& evidence) {
  evidence.alternative("END OF THE OBJECT", true,
                       "nothing was closed, and no question was acknowledged any more");
  evidence.alternative("LOST TAIL", true,
                       fmt::format("nothing came for {:.0f} s or more of asking",
                                   static_cast<double>(group.front()->span_ns()) / kSecond));
  evidence.alternative("DEAD LINK", true, "other flows of the client went on meanwhile");
  evidence.alternative("SERVER OUTAGE", false,
                       fmt::format("{} servers did the same; whether they share an operator is "
                                   "not known",
                                   servers_of(group)));
  const bool elsewhere = controls.elsewhere != 0;
  evidence.alternative(
      "ANY LONG CONNECTION", elsewhere,
      elsewhere ? fmt::format("{} connections to other servers went on past it", controls.elsewhere)
                : "no connection to another server went on past it");
  if (controls.against != 0)
    evidence.alternative(
        "CHANCE", false,
        fmt::format("{} connections to the same servers went on past it", controls.against));
  evidence.alternative("LOCAL SOFTWARE", false,
                       "a filter on the host or in its own network can do this as well");
}

Finding judge(const Freezes& group, const Constant& constant, std::span<const GoodFlow> good) {
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
  evidence.add(
      Clue::constant_freeze,
      fmt::format("{} connections to {} servers froze after {}, variation {:.2f}", group.size(),
                  servers_of(group), amount_of(constant), constant.variation),
      first.heard_frame);
  evidence.add(Clue::unanswered,
               fmt::format("asked {} times over {:.1f} s", first.asks.size(),
                           static_cast<double>(first.span_ns()) / kSecond),
               first.last_ask.frame);
  if (controls.elsewhere != 0)
    evidence.add(Clue::control_longer,
                 fmt::format("{} connections to other servers", controls.elsewhere),
                 first.heard_frame);
  list_alternatives(group, controls, evidence);
  const bool firm = controls.elsewhere != 0 && controls.against == 0;
  evidence.decide(firm ? Level::likely : Level::anomalous);
  Finding finding = evidence.finding(id_of(constant.what));
  finding.flow = first.flow;
  finding.rules = kTruncationRules;
  if (constant.what == Quota::bytes) finding.burst_bytes = constant.median;
  if (constant.what == Quota::packets) finding.after_packets = constant.median;
  if (constant.what == Quota::time) finding.after_ms = constant.median * 1000;
  finding.text = fmt::format(
      "{} connections to {} servers went well and froze after {} each, while {} to other servers "
      "went on past that.",
      group.size(), servers_of(group), amount_of(constant), controls.elsewhere);
  return finding;
}

// The freezes of one client. Among all of them those alike in bytes, or those alike in time.
std::optional<Finding> judge_client(const Freezes& all, std::span<const GoodFlow> good) {
  for (const Freezes& group : {near_median(all, bytes_of), near_median(all, seconds_of)}) {
    if (group.size() < kLeastFlows || servers_of(group) < kLeastServers) continue;
    if (const auto constant = constant_of(group)) return judge(group, *constant, good);
  }
  return std::nullopt;
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
  constexpr std::int64_t kLeastSilence = 10 * kSecond;
  constexpr std::uint32_t kLeastRepeats = 3;
  return silent.note.fate == FlowFate::froze && silent.down_bytes != 0 &&
         silent.repeats >= kLeastRepeats && silent.span_ns() >= kLeastSilence;
}

std::vector<Finding> judge_truncations(std::span<const SilentFlow> silent,
                                       std::span<const GoodFlow> good) {
  std::map<IpAddress, Freezes> clients;
  for (const SilentFlow& flow : silent)
    if (froze(flow)) clients[flow.note.client].push_back(&flow);
  std::vector<Finding> out;
  for (auto& [client, group] : clients) {
    std::ranges::sort(group, {}, [](const SilentFlow* flow) { return flow->note.frame_first; });
    if (group.size() < kLeastFlows) continue;
    if (auto finding = judge_client(group, good)) out.push_back(std::move(*finding));
  }
  return out;
}

}  // namespace deadair::interference
