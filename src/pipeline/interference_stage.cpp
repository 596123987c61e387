// Stories and controls out of ended flows and calls; findings out of these.
#include "pipeline/interference_stage.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include "flow/ends.hpp"
#include "interference/calls.hpp"
#include "interference/client_close.hpp"
#include "interference/dns_answers.hpp"
#include "interference/events.hpp"
#include "interference/resets.hpp"
#include "interference/verdicts.hpp"

namespace deadair::pipeline {
namespace {

using flow::Side;
using interference::Control;

constexpr std::int64_t kTenMinutes = 600'000'000'000;
constexpr std::uint16_t kDns = 53, kNtp = 123;

bool is_name_or_clock(std::uint16_t port) { return port == kDns || port == kNtp; }

// What the flow named, if it named anything.
std::optional<interference::Trigger> trigger_in_name(const classify::Engine::SaidName& said,
                                                     std::string_view name, bool watched) {
  const auto type = trigger_of(said.source);
  if (!type) return std::nullopt;
  interference::Trigger trigger;
  trigger.type = *type;
  trigger.name = name;
  trigger.watched = watched;
  trigger.frame = said.frame;
  if (*type == interference::TriggerType::tls_sni) trigger.len = said.hello_len;
  return trigger;
}

// How a connection was torn down is told whatever it means; what gives a forger away, when it does.
bool worth_telling(const interference::Finding& finding) {
  if (finding.level >= interference::Level::anomalous) return true;
  return finding.level == interference::Level::observed && finding.id.starts_with("RST.");
}

void set_ends(const flow::Ends& ends, interference::TcpStory& story) {
  story.client = ends.client;
  story.server = ends.server;
  story.client_port = ends.client_port;
  story.server_port = ends.server_port;
}

// Whose server is asked; of one that SYNs never reached its address may tell.
std::string_view app_of(const interference::FlowNote& note, const classify::Decision& decision,
                        const classify::Engine& engine) {
  if (!decision.app.empty() || note.fate != interference::FlowFate::silent_syn) return decision.app;
  return engine.operator_of(note.client, note.server, note.begin_ns);
}

// The trigger, with what the packet that said it shows.
std::optional<interference::Trigger> trigger_in(const TornFlow& torn,
                                                std::optional<interference::Trigger> trigger) {
  if (!trigger) return std::nullopt;
  for (const interference::PacketMark& mark : torn.packets) {
    if (mark.frame != trigger->frame) continue;
    trigger->ts_ns = mark.ts_ns;
    trigger->seq = mark.seq;
    return trigger;
  }
  return std::nullopt;
}

}  // namespace

// What went well around what did not. Only flows that say something of a server or an application:
// controls are asked for these.
void InterferenceStage::control(const flow::FlowRecord& record, const flow::FlowKey& key,
                                const classify::Decision& decision,
                                const classify::Engine& engine) {
  const flow::Ends ends = flow::ends_of(record, key);
  const bool both = record.packets(Side::a) != 0 && record.packets(Side::b) != 0;
  const auto beyond = [&] {
    return !engine.is_foreign(ends.server) || !engine.is_foreign(ends.client);
  };
  if (!both) {
    // Resolvers are asked once more after seconds, then others are.
    const std::uint64_t asked = ends.server_port == kDns ? 2 : 3;
    if (record.proto != wire::ip_proto::kUdp || record.packets() < asked || !beyond()) return;
    controls_.add(Control::udp_silent, ends.client, interference::subject_of(ends.server),
                  record.ts_last_ns);
    if (decision.service != classify::Service::call && engine.setup_of(record) == nullptr)
      heard_.note(ends.client, record.ts_first_ns, interference::HeardLog::What::udp_failed);
    return;
  }
  const std::uint64_t app = interference::subject_of(decision.app);
  const std::int64_t ts_ns = record.ts_last_ns;
  if (record.proto == wire::ip_proto::kTcp) {
    if (record.dossier == flow::kNone) return;
    controls_.add(Control::tcp_answered, ends.client, app, ts_ns);
    controls_.add_server(ends.client, ends.server, ends.server_port, decision.host, ts_ns);
  } else if (record.proto == wire::ip_proto::kUdp) {
    const bool name = is_name_or_clock(ends.server_port);
    if (!name && !beyond()) return;
    controls_.add(name ? Control::name_answered : Control::udp_answered, ends.client, app, ts_ns);
    const flow::SetupTrack* setup = engine.setup_of(record);
    if (setup != nullptr && setup->of(record.client()).requests != 0)
      controls_.add(Control::stun_answered, ends.client, app, ts_ns);
  }
}

InterferenceStage::Named* InterferenceStage::name_of(std::string_view host) {
  const auto known = names_.find(host);
  if (known != names_.end()) return &known->second;
  if (names_.size() == kMostNames) return nullptr;
  return &names_[std::string(host)];
}

void InterferenceStage::flow(std::uint32_t flow, const flow::FlowRecord& record,
                             const flow::FlowKey& key, const classify::Decision& decision,
                             const classify::Engine& engine, const interference::GateSet& gates) {
  const bool tcp = record.proto == wire::ip_proto::kTcp;
  const bool reset = tcp && (record.seen & flow::tcp_seen::kReset) != 0;
  if (!reset) control(record, key, decision, engine);
  services_.flow(record, key, decision, gates);
  const flow::Ends ends = flow::ends_of(record, key);
  refusals_.flow({ends.client, ends.server, ends.server_port, record.proto, decision.app,
                  record.packets(flow::other(record.client())) != 0});
  if (!tcp && record.proto != wire::ip_proto::kUdp) return;
  const classify::Engine::SaidName said = engine.name_said(record);
  const bool watched = said.frame.valid() && watch_list_.watches(decision.host, said.app);
  const FateDesk::Ended ended = {flow, record, key, decision, said, watched, gates, reporter_};
  if (!tcp) return fates_.end_udp(ended);
  const auto trigger = trigger_in_name(said, decision.host, watched);
  const bool doubted = answers_.wants_story(flow);
  WatchedFlow seen = tear_downs_.end(flow, record.client(), trigger, doubted);
  interference::FlowNote note = fates_.end_tcp(ended);
  const std::string_view app = app_of(note, decision, engine);
  if (!silences_.end({record, key, seen, app, said.hello_len, gates, reporter_}, note))
    fates_.add(note);
  std::optional<TornFlow> torn = std::move(seen.torn);
  Named* named = watched ? name_of(decision.host) : nullptr;
  if (named != nullptr) ++named->flows;
  std::string_view host = decision.host;
  if (torn && host.empty()) host = engine.name_asked(ends.client, ends.server, record.ts_first_ns);
  interference::ConnectionEnd end{ends.client, ends.server, ends.server_port};
  end.name = host.empty() ? 0 : interference::subject_of(host);
  end.begin_ns = record.ts_first_ns;
  if (torn) {
    torn->story.gates = gates;
    torn->epoch = gates_.epoch();
    set_ends(ends, torn->story);
    torn->story.trigger = trigger_in(*torn, trigger);
    if (record.rtt_us != 0) torn->story.rtt_ns = std::int64_t{record.rtt_us} * 1000;
    torn->app = decision.app;
    torn->flow = reporter_.community_id(key);
    torn->story.packets = torn->packets;
    if (reset && !doubted && interference::closed_by_client(torn->story))
      control(record, key, decision, engine);
  }
  contexts_.connection(record, end, torn ? &*torn : nullptr);
  answers_.end(flow,
               {ends.client, ends.server, ends.server_port, decision.host, decision.app, watched},
               torn ? &*torn : nullptr);
  if (!torn || !torn->reset || torn_.size() == kMostTorn) return;
  if (named != nullptr) ++named->hits;
  torn_.push_back(std::move(*torn));
}

// What the LAN itself answers says nothing of the line.
void InterferenceStage::answered(const flow::FlowKey& key, std::int64_t ts_ns) {
  using What = interference::HeardLog::What;
  const bool opened = key.proto == wire::ip_proto::kUdp && !is_name_or_clock(key.port_a) &&
                      !is_name_or_clock(key.port_b);
  const What what = opened ? What::udp_opened : What::came;
  if (!is_private(key.b, public_nets_)) heard_.note(key.a, ts_ns, what);
  if (!is_private(key.a, public_nets_)) heard_.note(key.b, ts_ns, what);
}

void InterferenceStage::call(interference::CallStory story) {
  const std::uint64_t app = interference::subject_of(story.app);
  if (story.outcome == call::Outcome::connected)
    controls_.add(Control::call_connected, story.client.ip, app, story.ts_first_ns);
  if (calls_.size() == kMostCalls) return;
  calls_.push_back(std::move(story));
  call_epochs_.push_back(gates_.epoch());
}

// Completes the stories, and keeps what all of them together tell.
void InterferenceStage::gather_resets(interference::FingerprintLedger& ledger,
                                      interference::ResetBursts& bursts) {
  for (TornFlow& torn : torn_) {
    torn.story.packets = torn.packets;
    bursts.note(torn.story);
    const GateQuestion question{torn.story.client,
                                torn.story.server,
                                torn.packets.front().frame,
                                {torn.packets.front().ts_ns, torn.packets.back().ts_ns},
                                true};
    torn.story.gates =
        gates_.limits(interference::Family::resets, torn.story.gates, question, controls_);
    for (const interference::TearDown& event : interference::tear_downs_of(torn.story))
      ledger.note(torn.story, event);
  }
}

void InterferenceStage::judge_resets(std::vector<interference::Finding>& findings) {
  interference::FingerprintLedger ledger;
  interference::ResetBursts bursts;
  gather_resets(ledger, bursts);
  if (!torn_.empty()) contexts_.finish();
  for (const TornFlow& torn : torn_) {
    interference::Context context = contexts_.context_of(torn, gates_);
    context.reset_together = bursts.others(torn.story);
    if (torn.story.trigger) {
      const auto named = names_.find(torn.story.trigger->name);
      if (named != names_.end()) {
        context.trigger_flows = named->second.flows;
        context.trigger_hits = named->second.hits;
      }
      context.long_hello_ok = silences_.answered_hello(torn.story.server, torn.story.server_port,
                                                       torn.story.trigger->len);
      const std::int64_t ts_ns = torn.packets.back().ts_ns;
      context.same_server_ok =
          controls_.other_names(torn.story.client, torn.story.server, torn.story.server_port,
                                torn.story.trigger->name, ts_ns - kTenMinutes, ts_ns + kTenMinutes);
    }
    for (interference::Finding& finding : interference::judge_resets(torn.story, context, ledger)) {
      if (!worth_telling(finding)) continue;
      if (finding.level >= interference::Level::anomalous)
        services_.deny(torn.packets.front().frame);
      if (finding.level >= interference::Level::likely) fates_.forged(torn.packets.front().frame);
      finding.app = torn.app;
      finding.flow = torn.flow;
      finding.tests = torn_.size();
      findings.push_back(std::move(finding));
    }
  }
}

void InterferenceStage::dns(const wire::Packet& packet, const proto::dns::Message& message,
                            std::string_view app) {
  names_asked_.note(packet, message, {app, watch_list_.watches(message.name.view(), app)});
}

// A case gathers the errors of the whole run: the port was closed from the first to the last.
void InterferenceStage::note_closed_ports() {
  constexpr std::int64_t kStep = interference::Controls::kSlotNs;
  constexpr std::int64_t kMostSteps = 24 * 60;
  for (const interference::IcmpCase& each : refusals_.book().cases()) {
    if (!each.from_target() || each.kind != proto::icmp::ErrorKind::port_closed) continue;
    const auto note = [&](std::int64_t ts_ns) {
      controls_.add(Control::port_closed, each.client, interference::subject_of(each.target),
                    ts_ns);
    };
    std::int64_t ts_ns = each.first_ns;
    for (std::int64_t step = 0; ts_ns < each.last_ns && step < kMostSteps; ++step, ts_ns += kStep)
      note(ts_ns);
    note(each.last_ns);
  }
}

void InterferenceStage::finish(std::int64_t now_ns) {
  gates_.finish(now_ns);
  std::vector<interference::Finding> findings;
  const auto add = [&findings](std::vector<interference::Finding> more) {
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  };
  note_closed_ports();
  judge_resets(findings);
  add(answers_.judge(controls_));
  silences_.settle(fates_, gates_, controls_, now_ns);
  silences_.each_dropped([this](wire::FrameRef first) { services_.deny(first); });
  add(silences_.judge(fates_.book(), now_ns));
  add(fates_.finish({now_ns, refusals_.book(), controls_, gates_}));
  add(refusals_.judge(controls_, gates_.of_answers(), calls_));
  names_asked_.finish(now_ns);
  add(interference::judge_dns(names_asked_, {gates_.of_answers(), {}}));
  interference::note_next_tries(calls_);
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    gates_.complete(calls_[i], call_epochs_[i]);
    gates_.call_gates(calls_[i].frame_first.input(), calls_[i].gates);
    interference::look_around(calls_[i], controls_, heard_);
    const interference::Vantage from = gates_.vantage(calls_[i].frame_first.input());
    // A public address tells nothing against it: with IPv6 every host has one (RFC 7084).
    calls_[i].at_client = from != interference::Vantage::server_side;
  }
  add(interference::judge_calls(calls_));
  interference::Judgement judgement = interference::judge_applications(
      calls_, fates_.tunnels(), services_.tallies(controls_), findings);
  add(std::move(judgement.findings));
  interference::fold(findings);
  for (const interference::Finding& finding : findings) reporter_.finding(finding);
  for (const interference::AppVerdict& verdict : judgement.verdicts) reporter_.verdict(verdict);
}

}  // namespace deadair::pipeline
