// Flows become notes of a fixed size; findings are few and kept as they are.
#include "pipeline/evidence_notes.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include <fmt/format.h>

namespace deadair::pipeline {
namespace {

bool has_ports(std::uint8_t proto) {
  using namespace wire::ip_proto;
  return proto == kTcp || proto == kUdp || proto == kSctp;
}

template <typename Levels>
void raise(Levels& levels, const std::string& what, report::Level level) {
  const auto [entry, fresh] = levels.emplace(what, level);
  if (!fresh) entry->second = std::max(entry->second, level);
}

template <typename Levels>
void add_beyond(const Levels& own, const Levels& others, std::vector<Gravity::Said>& out) {
  for (const auto& [what, level] : others) {
    const auto known = own.find(what);
    if (known == own.end() || level > known->second) out.emplace_back(what, level);
  }
}

}  // namespace

flow::FlowKey ends_between(const IpAddress& x, std::uint16_t port_x, const IpAddress& y,
                           std::uint16_t port_y, std::uint8_t proto) {
  if (!has_ports(proto)) port_x = port_y = 0;
  const auto version = static_cast<std::uint8_t>(x.is_v4() && y.is_v4() ? 4 : 6);
  if (std::tie(y, port_y) < std::tie(x, port_x)) return {y, x, port_y, port_x, proto, version};
  return {x, y, port_x, port_y, proto, version};
}

flow::FlowKey ends_of(const wire::Packet& packet) {
  return ends_between(packet.src, packet.src_port, packet.dst, packet.dst_port, packet.proto);
}

void Gravity::note(const report::Finding& finding) { raise(findings_, finding.id, finding.level); }

// That something went well accuses nobody.
void Gravity::note(const report::Verdict& verdict) {
  const bool accuses = verdict.outcome == report::VerdictOutcome::blocked ||
                       verdict.outcome == report::VerdictOutcome::degraded;
  if (!accuses) return;
  raise(verdicts_, fmt::format("{} {}", verdict.app, static_cast<int>(verdict.service)),
        verdict.level.value_or(report::Level::observed));
}

std::vector<Gravity::Said> Gravity::beyond(const Gravity& other) const {
  std::vector<Said> out;
  add_beyond(findings_, other.findings_, out);
  add_beyond(verdicts_, other.verdicts_, out);
  return out;
}

std::vector<std::string> Gravity::missing(const Gravity& other) const {
  std::vector<std::string> out;
  for (const auto& [id, level] : findings_)
    if (!other.findings_.contains(id)) out.push_back(id);
  return out;
}

std::uint64_t EvidenceNotes::hash_of(std::string_view text) {
  return text.empty() ? 0 : std::hash<std::string_view>{}(text) | 1;
}

std::uint16_t EvidenceNotes::app(std::string_view name) const {
  const auto known = apps_.find(name);
  return known == apps_.end() ? std::uint16_t{0} : known->second;
}

std::uint16_t EvidenceNotes::number_of(std::string_view app) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint16_t>::max();
  if (app.empty() || app == "unknown") return 0;
  const auto known = apps_.find(app);
  if (known != apps_.end()) return known->second;
  if (apps_.size() == kMost) return 0;
  const auto number = static_cast<std::uint16_t>(apps_.size() + 1);
  apps_.emplace(app, number);
  return number;
}

void EvidenceNotes::flow(const report::Flow& flow) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  FlowNote note;
  note.key =
      ends_between(flow.client_ip, flow.client_port, flow.server_ip, flow.server_port, flow.proto);
  const std::uint16_t port = note.key.port_a == 0 && note.key.port_b == 0 ? 0 : flow.client_port;
  note.client_is_a = note.key.a == flow.client_ip && note.key.port_a == port;
  note.first_ns = flow.ts_first_ns;
  note.last_ns = flow.ts_last_ns;
  note.id = hash_of(flow.community_id);
  note.host = hash_of(flow.host);
  note.bytes = flow.bytes_up + flow.bytes_down;
  note.packets = static_cast<std::uint32_t>(std::min(flow.packets_up + flow.packets_down, kMost));
  note.app = number_of(flow.app);
  note.missed = flow.missed_bytes != 0;
  if (flows_.size() < kMostFlows) return flows_.push_back(note);
  flows_[next_] = note;
  next_ = (next_ + 1) % kMostFlows;
}

void EvidenceNotes::call(const report::Call& call) {
  if (calls_.size() == kMostCalls) return;
  CallNote& note = calls_.emplace_back();
  note.number = call.number;
  note.app = call.app;
  note.reason = call.reason;
  note.outcome = call.outcome;
  note.client = call.client_ip;
  note.start_ns = call.ts_start_ns;
  note.end_ns = call.ts_end_ns;
  note.frame_start = call.frame_start;
  for (const std::string_view id : call.flows) note.flows.push_back(hash_of(id));
  note.up = {call.up.first_ns, call.up.last_ns};
  note.down = {call.down.first_ns, call.down.last_ns};
}

void EvidenceNotes::finding(const report::Finding& finding) {
  gravity_.note(finding);
  findings_.push_back(finding);
}

}  // namespace deadair::pipeline
