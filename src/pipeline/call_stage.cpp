// Evidence out of ended flows, and reports out of finished attempts.
#include "pipeline/call_stage.hpp"

#include <array>
#include <random>
#include <span>

namespace deadair::pipeline {
namespace {

using call::kDown;
using call::kUp;
using flow::Side;

// Flows of a host that were answered within this of a call show that the capture has both
// directions.
constexpr std::int64_t kSightingMargin = 120'000'000'000;

constexpr std::int64_t kChatMargin = 60'000'000'000, kTextMargin = 300'000'000'000;

// How the dialog went, as far as it is known at `now_ns`.
call::Dialog summary_of(const call::SipDialog& dialog, std::int64_t now_ns) {
  using call::SipDialog, call::SipOutcome;
  const auto known = [](std::int64_t ts_ns) { return ts_ns == SipDialog::kNever ? 0 : ts_ns; };
  call::Dialog out;
  const SipOutcome outcome = call::outcome_of(dialog, now_ns);
  out.rang = dialog.ringing_ns != SipDialog::kNever;
  out.answered = outcome == SipOutcome::answered;
  out.refused = outcome == SipOutcome::declined_or_busy;
  out.failed = outcome == SipOutcome::failed;
  out.unanswered = outcome == SipOutcome::unanswered;
  out.cancelled = outcome == SipOutcome::cancelled;
  out.ended = dialog.bye_ns != SipDialog::kNever;
  out.status = dialog.final_status;
  out.rang_ns = known(dialog.ringing_ns);
  out.answered_ns = known(dialog.answer_ns);
  out.ended_ns = known(dialog.end_ns());
  return out;
}

call::Naming naming_of(const classify::Decision& decision) {
  if (decision.generic) return call::Naming::protocol;
  if (decision.app == "meta") return call::Naming::family;
  switch (decision.confidence) {
    case classify::Confidence::certain:
      return call::Naming::certain;
    case classify::Confidence::likely:
      return call::Naming::likely;
    default:
      return call::Naming::guess;
  }
}

call::FlowEvidence ends_of(const flow::FlowRecord& record, const flow::FlowKey& key) {
  const Side client = record.client();
  const Side server = flow::other(client);
  const bool forward = client == Side::a;
  call::FlowEvidence out;
  out.client = {forward ? key.a : key.b, forward ? key.port_a : key.port_b};
  out.server = {forward ? key.b : key.a, forward ? key.port_b : key.port_a};
  out.tcp = record.proto == wire::ip_proto::kTcp;
  out.ts_first_ns = record.ts_first_ns;
  out.ts_last_ns = record.ts_last_ns;
  out.frame_first = record.frame_first;
  out.packets = {record.packets(client), record.packets(server)};
  out.bytes = {record.bytes(client), record.bytes(server)};
  return out;
}

// Checks between peers were answered, hellos for the keys of media were not: a call that came to
// nothing, or a channel for data, which begins alike.
bool keys_failed(const flow::SetupTrack& setup) {
  constexpr std::uint32_t kFewest = 3;
  const flow::SetupFacts& a = setup.of(Side::a);
  const flow::SetupFacts& b = setup.of(Side::b);
  return a.hellos + b.hellos >= kFewest && a.sealed + b.sealed == 0 &&
         a.successes + b.successes > 0;
}

}  // namespace

CallStage::CallStage(Reporter& reporter, InterferenceStage& interference)
    : joiner_(*this, std::random_device{}()),
      dialogs_(std::random_device{}()),
      chats_(std::random_device{}()),
      reporter_(reporter),
      interference_(interference) {}

void CallStage::flow(const flow::FlowRecord& record, const flow::FlowKey& key,
                     const classify::Decision& decision, const classify::Engine& engine,
                     std::int64_t now_ns) {
  const flow::SetupTrack* setup = engine.setup_of(record);
  if (setup == nullptr) return;
  joiner_.end(key, record.ts_first_ns, setup->ice_session());
  const bool keyless = decision.generic && keys_failed(*setup);
  if (decision.service != classify::Service::call && !keyless) return;
  if (decision.role == classify::Role::signalling) return;
  call::FlowEvidence evidence = ends_of(record, key);
  evidence.app = decision.app;
  evidence.classifier = decision.classifier;
  evidence.naming = naming_of(decision);
  evidence.role = decision.role;
  evidence.kinds = decision.media;
  evidence.sends_when_muted = decision.sends_when_muted;
  evidence.rtt_ns = setup->rtt_ns();
  evidence.ice_session = setup->ice_session();
  const flow::MediaTrack* media = engine.media_of(record);
  const bool readable = media != nullptr && media->flowing();
  for (const std::size_t way : {kUp, kDown}) {
    const Side side = way == kUp ? record.client() : flow::other(record.client());
    evidence.setup[way] = setup->of(side);
    if (media != nullptr) evidence.hidden[way] = media->opaque(side);
    if (!readable && !record.framed) evidence.hidden[way] = setup->pulse(side);
  }
  samples_.clear();
  if (media != nullptr) {
    streams_.clear();
    media->streams(streams_);
    for (const flow::MediaTrack::Stream& stream : streams_)
      samples_.push_back({stream.facts, stream.from == record.client()});
  }
  evidence.streams = samples_;
  evidence.community_id = reporter_.community_id(key);
  const call::SipDialog* dialog = dialog_of(evidence);
  if (dialog == nullptr) return joiner_.add(evidence, now_ns);
  const call::SipCall number = dialog->id;
  joiner_.add_to(attempt_of(*dialog), evidence, now_ns);
  dialogs_.touch(number, evidence.ts_last_ns);
}

// The SIP call that announced one of the flow's ends.
const call::SipDialog* CallStage::dialog_of(const call::FlowEvidence& evidence) const {
  if (evidence.tcp || dialogs_.live() == 0) return nullptr;
  for (const call::Socket& end : {evidence.client, evidence.server})
    for (const std::int64_t ts_ns : {evidence.ts_first_ns, evidence.ts_last_ns})
      if (const call::SipDialog* dialog = dialogs_.by_media(end, ts_ns)) return dialog;
  return nullptr;
}

call::Joiner::Id CallStage::attempt_of(const call::SipDialog& dialog) {
  const auto known = dialog_attempts_.find(dialog.id);
  if (known != dialog_attempts_.end()) return known->second;
  const call::Joiner::Id id =
      joiner_.open_dialog(dialog.caller, "sip", dialog.first_ns, dialog.frame_first);
  dialog_attempts_.emplace(dialog.id, id);
  return id;
}

void CallStage::signalling(const wire::Packet& packet) {
  call::SipEvent event;
  const call::SipDatagram datagram{packet.payload,
                                   packet.payload_len,
                                   {packet.src, packet.src_port},
                                   {packet.dst, packet.dst_port},
                                   packet.ts_ns,
                                   packet.frame};
  if (!call::read_sip_event(datagram, event)) return;
  dialogs_.note(event);
}

void CallStage::report_dialogs(std::int64_t now_ns) {
  for (const call::SipDialog& dialog : ended_dialogs_) {
    // The end of a call that began before the capture: its media, if any, are a call of their own.
    const bool invited = dialog.invite_ns != call::SipDialog::kNever;
    if (!invited && !dialog_attempts_.contains(dialog.id)) continue;
    const call::Joiner::Id id = attempt_of(dialog);
    // Attempts that turned out to be legs of this one.
    for (const call::SipCall leg : dialog.leg_calls) {
      const auto known = dialog_attempts_.find(leg);
      if (leg == dialog.id || known == dialog_attempts_.end()) continue;
      joiner_.join_legs(id, known->second);
      dialog_attempts_.erase(known);
    }
    std::array<call::Socket, call::SipDialog::kMostSockets> media;
    std::size_t count = 0;
    for (const call::SipSocket& socket : dialog.media()) media[count++] = socket.at;
    const call::Target callee{dialog.callee, false, dialog.transmissions,
                              dialog.responded ? 1U : 0U};
    joiner_.close_dialog(id, summary_of(dialog, now_ns), callee, dialog.last_ns,
                         std::span(media).first(count), now_ns);
    dialog_attempts_.erase(dialog.id);
  }
  ended_dialogs_.clear();
}

void CallStage::pass_time(std::int64_t now_ns) {
  if (dialogs_.live() != 0) {
    dialogs_.expire(now_ns, ended_dialogs_);
    report_dialogs(now_ns);
  }
  joiner_.pass_time(now_ns);
}

void CallStage::finish(std::int64_t now_ns) {
  dialogs_.finish(ended_dialogs_);
  report_dialogs(now_ns);
  dialog_attempts_.clear();  // of dialogs that were lost
  joiner_.finish(now_ns);
}

void CallStage::finished(const call::Attempt& attempt, std::int64_t known_until_ns) {
  const call::Quality quality = call::quality_of(attempt);
  const bool both_ways =
      sightings_.seen(attempt.local.ip, attempt.ts_first_ns, attempt.ts_last_ns, kSightingMargin);
  const call::Verdict verdict =
      call::judge(attempt, quality, {begins_ns_, known_until_ns, both_ways});
  const call::ChatSummary said =
      chats_.around(attempt.local.ip, attempt.classifier, attempt.ts_first_ns - kChatMargin,
                    attempt.ts_last_ns + kChatMargin);
  const bool text_near =
      chats_
          .around(attempt.local.ip, attempt.classifier, attempt.ts_first_ns - kTextMargin,
                  attempt.ts_last_ns + kTextMargin)
          .replies > 0;
  ChatBeside chat{said.flows, said.sent, said.received, std::nullopt};
  if (said.rtt_ms >= 0) chat.rtt_ms = said.rtt_ms;
  chats_.each_heard(attempt.local.ip, attempt.classifier, attempt.ts_first_ns, attempt.ts_last_ns,
                    [&](std::int64_t ts_ns) { interference_.heard(attempt.local.ip, ts_ns); });
  const std::uint64_t number = reporter_.call(attempt, verdict, quality, chat);
  interference_.call(interference::story_of(attempt, verdict, quality, said,
                                            {known_until_ns, both_ways, text_near}, number));
}

}  // namespace deadair::pipeline
