// Counting, and taking back what was counted too well.
#include "pipeline/service_desk.hpp"

#include <algorithm>
#include <optional>

#include "flow/ends.hpp"

namespace deadair::pipeline {
namespace {

using flow::Side;

std::optional<interference::Service> service_of(classify::Service service) {
  switch (service) {
    case classify::Service::text:
      return interference::Service::text;
    case classify::Service::transfer:
      return interference::Service::transfer;
    case classify::Service::web:
      return interference::Service::web;
    default:
      return std::nullopt;
  }
}

std::uint64_t number_of(wire::FrameRef frame) {
  constexpr unsigned kInputAt = 44;  // no capture has as many packets
  return std::uint64_t{frame.input()} << kInputAt | frame.number();
}

}  // namespace

void ServiceDesk::Tally::fail(const IpAddress& of, const IpAddress& server, std::int64_t from_ns,
                              std::int64_t to_ns) {
  if (sum.failed++ == 0) {
    client = of;
    failed_from_ns = from_ns;
  }
  failed_from_ns = std::min(failed_from_ns, from_ns);
  failed_to_ns = std::max(failed_to_ns, to_ns);
  if (servers.size() < kMostServers) servers.insert(server);
}

void ServiceDesk::flow(const flow::FlowRecord& record, const flow::FlowKey& key,
                       const classify::Decision& decision, const interference::GateSet& gates) {
  const auto service = service_of(decision.service);
  if (!service || decision.app.empty() || decision.generic) return;
  if (decision.confidence == classify::Confidence::guess) return;
  const auto name = std::pair(std::string(decision.app), *service);
  auto known = tallies_.find(name);
  if (known == tallies_.end()) {
    if (tallies_.size() == kMostTallies) return;
    known = tallies_.emplace(name, Tally{}).first;
    known->second.sum.app = decision.app;
    known->second.sum.service = *service;
    known->second.sum.frame_first = record.frame_first;
  }
  Tally& tally = known->second;
  const Side side = record.client();
  const bool heard = record.packets(flow::other(side)) != 0;
  const bool asked = record.packets(side) != 0;
  const flow::Ends ends = flow::ends_of(record, key);
  constexpr std::uint64_t kOften = 3;
  const bool both_ways =
      gates.effect(interference::Gate::onesided) != interference::GateEffect::closes;
  if (heard && asked && record.dossier != flow::kNone) {
    ++tally.sum.ok;
    if (answered_.size() < kMostAnswered)
      answered_[number_of(record.frame_first)] = {&tally, ends.client, ends.server,
                                                  record.ts_first_ns, record.ts_last_ns};
  } else if (asked && !heard && both_ways && record.packets(side) >= kOften) {
    tally.fail(ends.client, ends.server, record.ts_first_ns, record.ts_last_ns);
  } else {
    ++tally.sum.unseen;
  }
}

void ServiceDesk::deny(wire::FrameRef frame_first) {
  const auto known = answered_.find(number_of(frame_first));
  if (known == answered_.end()) return;
  const Answered& flow = known->second;
  --flow.tally->sum.ok;
  flow.tally->fail(flow.client, flow.server, flow.from_ns, flow.to_ns);
  answered_.erase(known);
}

std::vector<interference::ServiceTally> ServiceDesk::tallies(
    const interference::Controls& controls) const {
  constexpr std::int64_t kTenMinutes = 600'000'000'000;
  std::vector<interference::ServiceTally> out;
  for (const auto& [name, tally] : tallies_) {
    interference::ServiceTally& sum = out.emplace_back(tally.sum);
    sum.servers = tally.servers.size();
    if (sum.failed != 0)
      sum.others_ok = controls.others(
          interference::Control::tcp_answered, tally.client, interference::subject_of(sum.app),
          tally.failed_from_ns - kTenMinutes, tally.failed_to_ns + kTenMinutes);
  }
  return out;
}

}  // namespace deadair::pipeline
