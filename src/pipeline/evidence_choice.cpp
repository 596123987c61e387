// Each flow gets the first tier that fits; tiers are served in order, the nearest in time first.
#include "pipeline/evidence_choice.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace deadair::pipeline {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kTenMinutes = 600 * kSecond;
// Captures step back by that much without beginning a flow anew.
constexpr std::int64_t kSlack = 5 * kSecond;
constexpr std::uint16_t kDnsPort = 53;

auto order_of(const FlowNote& flow) {
  const flow::FlowKey& key = flow.key;
  return std::tie(key.a, key.b, key.port_a, key.port_b, key.proto, flow.first_ns);
}

bool is_icmp(const FlowNote& flow) {
  return flow.key.proto == wire::ip_proto::kIcmp || flow.key.proto == wire::ip_proto::kIcmp6;
}

bool is_dns(const FlowNote& flow) {
  return flow.key.port_a == kDnsPort || flow.key.port_b == kDnsPort;
}

// The ends without ports: all that a fragment shows.
flow::FlowKey pair_of(const flow::FlowKey& key) {
  return ends_between(key.a, 0, key.b, 0, wire::ip_proto::kIpIp);
}

}  // namespace

// What the findings and calls are about.
struct EvidenceChoice::Subjects {
  std::map<IpAddress, std::vector<Span>> clients;
  std::vector<Span> all;
  std::set<IpAddress> servers;
  std::set<std::uint64_t> hosts;
  std::set<std::pair<IpAddress, std::uint16_t>> apps;  // of a client
  std::set<std::uint16_t> found_apps;                  // of any: verdicts count all of them

  void concern(const IpAddress& client, Span span) {
    clients[client].push_back(span);
    all.push_back(span);
  }
  // Joins what overlaps, so that distance() need not walk.
  void settle() {
    join(all);
    for (auto& [client, spans] : clients) join(spans);
  }
  static void join(std::vector<Span>& spans) {
    std::sort(spans.begin(), spans.end(),
              [](const Span& x, const Span& y) { return x.from_ns < y.from_ns; });
    std::vector<Span> joined;
    for (const Span& span : spans) {
      if (joined.empty() || span.from_ns > joined.back().to_ns)
        joined.push_back(span);
      else
        joined.back().to_ns = std::max(joined.back().to_ns, span.to_ns);
    }
    spans = std::move(joined);
  }
  // Nanoseconds between the flow and the nearest of `spans`.
  static std::uint64_t distance(const std::vector<Span>& spans, const FlowNote& flow) {
    const auto after =
        std::upper_bound(spans.begin(), spans.end(), flow.last_ns,
                         [](std::int64_t ts_ns, const Span& span) { return ts_ns < span.from_ns; });
    auto least = std::numeric_limits<std::int64_t>::max();
    if (after != spans.end()) least = after->from_ns - flow.last_ns;
    if (after != spans.begin())
      least = std::min(least, std::max(flow.first_ns - std::prev(after)->to_ns, std::int64_t{0}));
    return static_cast<std::uint64_t>(least);
  }
};

bool Stretch::take(std::uint32_t frames) {
  passed += frames;
  return packets == 0 || passed <= head || passed + tail > packets;
}

EvidenceChoice::EvidenceChoice(const EvidenceNotes& notes, const EvidencePoints& points,
                               const ExcerptBudget& budget)
    : notes_(notes),
      points_(points),
      budget_(budget),
      tiers_(notes.flows().size(), kNone),
      distances_(notes.flows().size()),
      chosen_(notes.flows().size()),
      calls_(notes.calls().size()),
      packets_left_(budget.packets),
      bytes_left_(budget.bytes) {
  index_flows();
  Subjects subjects;
  mark_findings(subjects);
  mark_calls(subjects);
  mark_controls(subjects);
  spend();
  judge_calls();
}

void EvidenceChoice::index_flows() {
  const auto& flows = notes_.flows();
  by_key_.resize(flows.size());
  for (std::uint32_t i = 0; i < by_key_.size(); ++i) by_key_[i] = i;
  std::sort(by_key_.begin(), by_key_.end(), [&](std::uint32_t x, std::uint32_t y) {
    return order_of(flows[x]) < order_of(flows[y]);
  });
  for (const CallNote& call : notes_.calls())
    for (const std::uint64_t id : call.flows) by_id_[id];
  if (by_id_.empty()) return;
  for (std::uint32_t i = 0; i < flows.size(); ++i) {
    const auto found = by_id_.find(flows[i].id);
    if (found != by_id_.end()) found->second.push_back(i);
  }
}

// The flow with these ends that had begun by then; the size of all notes when there is none.
std::uint32_t EvidenceChoice::note_at(const flow::FlowKey& key, std::int64_t ts_ns) const {
  const auto& flows = notes_.flows();
  FlowNote wanted;
  wanted.key = key;
  wanted.first_ns = ts_ns;
  const auto after = std::upper_bound(
      by_key_.begin(), by_key_.end(), wanted,
      [&](const FlowNote& x, std::uint32_t y) { return order_of(x) < order_of(flows[y]); });
  if (after != by_key_.begin() && flows[*std::prev(after)].key == key &&
      flows[*std::prev(after)].last_ns + kSlack >= ts_ns)
    return *std::prev(after);
  const bool next = after != by_key_.end() && flows[*after].key == key &&
                    flows[*after].first_ns - kSlack <= ts_ns;
  return next ? *after : static_cast<std::uint32_t>(flows.size());
}

void EvidenceChoice::mark(std::uint32_t flow, std::uint8_t tier) {
  tiers_[flow] = std::min(tiers_[flow], tier);
}

void EvidenceChoice::mark_findings(Subjects& subjects) {
  for (const FindingGroup& group : points_.groups()) {
    const std::uint16_t app = notes_.app(group.finding->app);
    if (app != 0) subjects.found_apps.insert(app);
    if (!group.finding->trigger.name.empty())
      subjects.hosts.insert(EvidenceNotes::hash_of(group.finding->trigger.name));
    for (const wire::FrameRef frame : group.frames) {
      const PacketSeen* const seen = points_.seen(frame);
      if (seen == nullptr) continue;
      const std::uint32_t index = note_at(seen->key, seen->ts_ns);
      if (index == notes_.flows().size()) {
        // Forgotten: all with these ends at about this time.
        const Span span{seen->ts_ns - kTenMinutes, seen->ts_ns + kTenMinutes};
        stretches_[seen->key].push_back({span.from_ns, span.to_ns});
        pairs_[pair_of(seen->key)].push_back(span);
        continue;
      }
      const FlowNote& flow = notes_.flows()[index];
      mark(index, kFinding);
      subjects.concern(flow.client(), {seen->ts_ns, seen->ts_ns});
      subjects.servers.insert(flow.server());
      if (flow.host != 0) subjects.hosts.insert(flow.host);
      for (const std::uint16_t each : {app, flow.app})
        if (each != 0) subjects.apps.emplace(flow.client(), each);
    }
  }
}

// A call that did not come about needs what was around it as a finding does: left alone it might
// look like one. So do those of an application with findings, which they are counted against: their
// flows may be known by a name asked for earlier.
void EvidenceChoice::mark_calls(Subjects& subjects) {
  std::set<std::uint64_t> numbers;
  std::set<std::string_view> apps;
  for (const report::Finding& finding : notes_.findings()) {
    numbers.insert(finding.call);
    if (!finding.app.empty()) apps.insert(finding.app);
  }
  for (const CallNote& call : notes_.calls()) {
    const bool found = numbers.contains(call.number);
    if (found || apps.contains(call.app) || call.outcome != report::CallOutcome::connected)
      subjects.concern(call.client, {call.start_ns, call.end_ns});
    if (const std::uint16_t app = notes_.app(call.app); app != 0)
      subjects.apps.emplace(call.client, app);
    for (const std::uint64_t id : call.flows) {
      for (const std::uint32_t flow : by_id_[id]) {
        const FlowNote& note = notes_.flows()[flow];
        if (note.first_ns > call.end_ns || note.last_ns < call.start_ns) continue;
        mark(flow, found ? Tier::kFinding : Tier::kCall);
        if (found) subjects.servers.insert(note.server());
      }
    }
  }
}

std::uint8_t EvidenceChoice::tier_of(const FlowNote& flow, const Subjects& subjects) const {
  if (flow.host != 0 && subjects.hosts.contains(flow.host)) return kSameServer;
  if (subjects.servers.contains(flow.server()) || subjects.servers.contains(flow.client()))
    return kSameServer;
  if (subjects.apps.contains({flow.client(), flow.app})) return kSameApp;
  if (subjects.found_apps.contains(flow.app)) return kSameApp;
  const bool concerned =
      subjects.clients.contains(flow.key.a) || subjects.clients.contains(flow.key.b);
  if (!concerned && budget_.elsewhere == 0) return kNone;
  // What the capture lost anywhere limits what may be said of it.
  if (flow.missed && budget_.elsewhere != 0) return kNames;
  if (!concerned) return kElsewhere;
  return is_dns(flow) || is_icmp(flow) ? kNames : kBeside;
}

void EvidenceChoice::mark_controls(Subjects& subjects) {
  if (subjects.clients.empty() && subjects.apps.empty()) return;
  subjects.settle();
  for (std::uint32_t i = 0; i < tiers_.size(); ++i) {
    const FlowNote& flow = notes_.flows()[i];
    mark(i, tier_of(flow, subjects));
    if (tiers_[i] == kNone) continue;
    const auto client = subjects.clients.find(flow.client());
    const auto& spans = client == subjects.clients.end() ? subjects.all : client->second;
    distances_[i] = Subjects::distance(spans, flow);
    const bool far = distances_[i] > static_cast<std::uint64_t>(kTenMinutes);
    if (tiers_[i] >= kBeside && far) tiers_[i] = kNone;
  }
}

void EvidenceChoice::spend() {
  const auto& flows = notes_.flows();
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < tiers_.size(); ++i)
    if (tiers_[i] != kNone) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    return std::tuple(tiers_[x], distances_[x], order_of(flows[x])) <
           std::tuple(tiers_[y], distances_[y], order_of(flows[y]));
  });
  std::uint32_t beside = budget_.beside;
  std::uint32_t elsewhere = budget_.elsewhere;
  for (const std::uint32_t flow : order) {
    const std::uint8_t tier = tiers_[flow];
    if (tier >= kBeside) {
      std::uint32_t& left = tier == kBeside ? beside : elsewhere;
      if (left == 0 || flows[flow].packets > budget_.beside_whole || !add(flow, false)) continue;
      --left;
    } else {
      add(flow, tier == kFinding);
    }
  }
}

// What is required gets in even when the budget is spent, but then only its ends.
bool EvidenceChoice::add(std::uint32_t flow, bool required) {
  constexpr std::uint32_t kLeast = 500;
  const FlowNote& note = notes_.flows()[flow];
  Stretch stretch{note.first_ns, note.last_ns, note.packets, note.packets, 0};
  const auto cut = [&](std::uint32_t head, std::uint32_t tail) {
    if (note.packets <= head + tail) return;
    stretch.head = head;
    stretch.tail = tail;
  };
  if (note.packets > budget_.whole) cut(budget_.head, budget_.tail);
  const auto packets = [&] { return std::uint64_t{stretch.head} + stretch.tail; };
  const auto bytes = [&] { return note.packets == 0 ? 0 : note.bytes / note.packets * packets(); };
  const auto fits = [&] { return packets() <= packets_left_ && bytes() <= bytes_left_; };
  if (!fits() && required) cut(kLeast, kLeast);
  if (!fits() && !required) return false;
  packets_left_ -= std::min(packets(), packets_left_);
  bytes_left_ -= std::min<std::uint64_t>(bytes(), bytes_left_);
  stretches_[note.key].push_back(stretch);
  pairs_[pair_of(note.key)].push_back({note.first_ns, note.last_ns});
  chosen_[flow] = true;
  ++flows_;
  return true;
}

void EvidenceChoice::judge_calls() {
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    bool all = true;
    for (const std::uint64_t id : notes_.calls()[i].flows)
      for (const std::uint32_t flow : by_id_[id])
        all = all && (chosen_[flow] || (tiers_[flow] != kFinding && tiers_[flow] != kCall));
    calls_[i] = all;
  }
}

const IpAddress* EvidenceChoice::client_of(const PacketSeen& packet) const {
  const std::uint32_t flow = note_at(packet.key, packet.ts_ns);
  return flow == notes_.flows().size() ? nullptr : &notes_.flows()[flow].client();
}

Stretch* EvidenceChoice::stretch_at(const flow::FlowKey& key, std::int64_t ts_ns) {
  const auto found = stretches_.find(key);
  if (found == stretches_.end()) return nullptr;
  Stretch* near = nullptr;
  for (Stretch& stretch : found->second) {
    if (ts_ns >= stretch.from_ns && ts_ns <= stretch.to_ns) return &stretch;
    if (ts_ns >= stretch.from_ns - kSlack && ts_ns <= stretch.to_ns) near = &stretch;
  }
  return near;
}

bool EvidenceChoice::take(const wire::Packet& packet) {
  Stretch* const stretch = stretch_at(ends_of(packet), packet.ts_ns);
  return stretch != nullptr && stretch->take(packet.frames);
}

bool EvidenceChoice::takes_fragment(const wire::Packet& fragment) const {
  const auto found = pairs_.find(pair_of(ends_of(fragment)));
  if (found == pairs_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Span& span) {
    return fragment.ts_ns >= span.from_ns - kSlack && fragment.ts_ns <= span.to_ns + kSlack;
  });
}

}  // namespace deadair::pipeline
