// Matches ended flows with the errors about them.
#include "pipeline/refusal_desk.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace deadair::pipeline {

using interference::CallStory;
using interference::Control;
using interference::IcmpCase;
using interference::IcmpContext;

namespace {

// It went on by another way; or nothing is seen to fail, and relays beside the refused ones answer.
bool found_a_way(const CallStory& call) {
  using enum call::Outcome;
  if (call.outcome == connected) return true;
  const bool failed =
      call.outcome != not_observable && call.outcome != no_answer && call.outcome != cancelled;
  return !failed && std::ranges::any_of(call.targets, [](const call::Target& target) {
    return target.relay && target.responses != 0;
  });
}

// Calls by the client's socket, and by the target that they tried.
class Ways {
 public:
  explicit Ways(std::span<const CallStory> calls) {
    for (const CallStory& call : calls) {
      const bool found = found_a_way(call);
      by_socket_[{call.client.ip, call.client.port}].add(found);
      for (const call::Target& target : call.targets) {
        Tally& tally = by_target_[{call.client.ip, target.at.ip, target.at.port}];
        tally.add(found);
        tally.peer = tally.peer || !target.relay;
      }
    }
  }
  // Where no call of the socket is known, those that tried the target tell.
  [[nodiscard]] bool is_candidate(const IcmpCase& entry, std::uint16_t port) const {
    if (entry.proto != wire::ip_proto::kUdp) return false;
    const auto target = by_target_.find({entry.client, entry.target, entry.target_port});
    if (target != by_target_.end() && target->second.peer) return true;
    const auto socket = by_socket_.find({entry.client, port});
    if (socket != by_socket_.end()) return socket->second.all_found();
    return target != by_target_.end() && target->second.all_found();
  }

 private:
  struct Tally {
    std::size_t calls = 0, found = 0;
    bool peer = false;

    void add(bool found_one) {
      ++calls;
      if (found_one) ++found;
    }
    [[nodiscard]] bool all_found() const { return found == calls; }
  };

  std::map<std::tuple<IpAddress, std::uint16_t>, Tally> by_socket_;
  std::map<std::tuple<IpAddress, IpAddress, std::uint16_t>, Tally> by_target_;
};

}  // namespace

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
                                                      const interference::GateSet& gates,
                                                      std::span<const CallStory> calls) const {
  IcmpContext context;
  context.gates = gates;
  context.public_nets = public_nets_;
  context.refused = [this](const IcmpCase& entry) -> IcmpContext::Refused {
    const auto found = refused_.find({entry.client, entry.target, entry.target_port, entry.proto});
    if (found == refused_.end()) return {};
    return {found->second.app, found->second.known, found->second.answered};
  };
  if (!refused_.empty())
    context.candidate = [ways = Ways(calls)](const IcmpCase& entry, std::uint16_t port) {
      return ways.is_candidate(entry, port);
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
