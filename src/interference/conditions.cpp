// Weighs what a tear-down followed and what happened to other flows.
#include "interference/conditions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "interference/lookalikes.hpp"
#include "interference/stages.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSoon = kSecond / 2;

std::int64_t soon(const TcpStory& story) {
  return std::max(kSoon, story.rtt_ns ? 3 * *story.rtt_ns : 0);
}

bool answered_before(const TcpStory& story, const TearDown& event) {
  return std::ranges::any_of(story.packets.first(event.ends.front()), [&](const PacketMark& mark) {
    return !mark.from_client && mark.data() && mark.ts_ns >= story.trigger->ts_ns && mark.acks() &&
           shortly_before(story.trigger->seq, mark.ack);
  });
}

bool follows(const TcpStory& story, const TearDown& event, const Evidence& evidence) {
  constexpr std::int64_t kUnknownWindow = 5 * kSecond;
  const Stage stage = stage_after(story, event.ends.front());
  if (!story.trigger || trigger_finding(story.trigger->type).empty() || stage == Stage::post_syn ||
      stage == Stage::post_ack || story.gates.has(Gate::clock))
    return false;
  const std::int64_t delay = first_of(story, event).ts_ns - story.trigger->ts_ns;
  if (delay < 0 || delay > (story.rtt_ns ? soon(story) : kUnknownWindow)) return false;
  // Near the server its answer is seen before a reset that comes from farther off.
  return event.sender == Sender::client ? shows_forgery(evidence) : !answered_before(story, event);
}

constexpr std::uint64_t kFew = 5, kMany = 10;
constexpr std::uint64_t kEnough = 3;

bool repeated(const Context& context) {
  return context.trigger_flows >= kFew &&
         wilson_lower(context.trigger_hits, context.trigger_flows) > 0.5;
}

bool controlled(const Context& context) {
  return context.same_server_ok >= kEnough || context.other_vantage_ok >= kEnough;
}

void judge_repetition(const Context& context, wire::FrameRef frame, Evidence& evidence) {
  evidence.events(context.trigger_hits);
  if (!repeated(context)) return;
  const double least = wilson_lower(context.trigger_hits, context.trigger_flows);
  evidence.add(context.trigger_flows < kMany ? Clue::repeat_five : Clue::repeat_ten,
               fmt::format("{} of {} flows with this trigger (at least {:.0f} %)",
                           context.trigger_hits, context.trigger_flows, least * 100),
               frame);
}

void judge_controls(const Context& context, wire::FrameRef frame, Evidence& evidence) {
  if (context.same_server_ok >= kEnough)
    evidence.add(Clue::control_same_server,
                 fmt::format("{} flows to the same server without the trigger went well",
                             context.same_server_ok),
                 frame);
  if (context.other_vantage_ok >= kEnough)
    evidence.add(Clue::control_other_vantage,
                 fmt::format("{} flows by another way went well", context.other_vantage_ok), frame);
}

}  // namespace

std::string_view trigger_finding(TriggerType type) {
  switch (type) {
    case TriggerType::tls_sni:
      return "RST.TRIGGER.SNI";
    case TriggerType::http_host:
      return "RST.TRIGGER.HOST";
    case TriggerType::fep:
      return "RST.TRIGGER.FEP";
    case TriggerType::ovpn:
    case TriggerType::tor:
      return "RST.TRIGGER.VPN";
    default:
      return {};
  }
}

bool judge_trigger(const TcpStory& story, const TearDown& event, const Context& context,
                   Evidence& evidence) {
  if (!follows(story, event, evidence)) return false;
  const PacketMark& mark = first_of(story, event);
  const std::int64_t delay = mark.ts_ns - story.trigger->ts_ns;
  evidence.show(story.trigger->frame);
  const bool watched = story.trigger->watched;
  // Servers refuse names: of one that nobody watches, only repetition and a control together tell.
  if (!watched && !(repeated(context) && controlled(context))) return true;
  if (watched && delay <= soon(story))
    evidence.add(Clue::trigger_near,
                 fmt::format("{:.1f} ms after {} {}", static_cast<double>(delay) / kMs,
                             name(story.trigger->type), story.trigger->name),
                 story.trigger->frame);
  judge_repetition(context, mark.frame, evidence);
  judge_controls(context, mark.frame, evidence);
  return true;
}

}  // namespace deadair::interference
