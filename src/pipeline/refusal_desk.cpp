// Matches ended flows with the errors about them.
#include "pipeline/refusal_desk.hpp"

namespace deadair::pipeline {

using interference::Control;
using interference::IcmpCase;
using interference::IcmpContext;

std::size_t RefusalDesk::TargetHash::operator()(const Target& target) const {
  return interference::subject_of(target.client) * 3 ^
         interference::subject_of(target.server, target.port) ^ target.proto;
}

void RefusalDesk::packet(const wire::Packet& packet) {
  book_.note(packet);
  for (; cases_seen_ < book_.cases().size(); ++cases_seen_) {
    const IcmpCase& made = book_.cases()[cases_seen_];
    if (made.kind == proto::icmp::ErrorKind::prohibited && !made.from_target())
      refused_.try_emplace({made.client, made.target, made.target_port, made.proto});
  }
}

void RefusalDesk::note(const RefusableFlow& flow) {
  const auto found = refused_.find({flow.client, flow.server, flow.server_port, flow.proto});
  if (found == refused_.end()) return;
  Refused& refused = found->second;
  refused.known = true;
  refused.answered = refused.answered || flow.answered;
  if (refused.app.empty()) refused.app = flow.app;
}

std::vector<interference::Finding> RefusalDesk::judge(const interference::Controls& controls,
                                                      const interference::GateSet& gates) const {
  IcmpContext context;
  context.gates = gates;
  context.public_nets = public_nets_;
  context.refused = [this](const IcmpCase& entry) -> IcmpContext::Refused {
    const auto found = refused_.find({entry.client, entry.target, entry.target_port, entry.proto});
    if (found == refused_.end()) return {};
    return {found->second.app, found->second.known, found->second.answered};
  };
  // A flow that was answered is no refused one: where that happens the finding is `observed`.
  context.answered = [&controls](const IpAddress& client, std::int64_t from_ns, std::int64_t to_ns,
                                 bool udp_only) -> std::uint64_t {
    const std::uint64_t udp = controls.all(Control::udp_answered, client, from_ns, to_ns);
    if (udp_only) return udp;
    return udp + controls.all(Control::tcp_answered, client, from_ns, to_ns);
  };
  return interference::judge_icmp(book_, context);
}

}  // namespace deadair::pipeline
