// A finding for each flow dropped early.
#include "interference/silent_stages.hpp"

#include <fmt/format.h>

#include "interference/evidence.hpp"
#include "interference/stages.hpp"

namespace deadair::interference {
namespace {

std::optional<Signature> signature_of(const SilentFlow& flow) {
  if (flow.asks.empty()) return std::nullopt;
  const bool dropped = flow.note.fate == FlowFate::dropped;
  // Before the client said anything there was no trigger that it could be dropped at.
  if (flow.stage == Stage::post_ack && (dropped || flow.note.fate == FlowFate::froze))
    return Signature::ack_none;
  if (flow.stage == Stage::post_psh && dropped) return Signature::psh_none;
  return std::nullopt;
}

Finding finding_of(const SilentFlow& flow, Signature signature) {
  Evidence evidence;
  for (const Ask& ask : flow.asks) evidence.show(ask.frame);
  evidence.show(flow.last_ask.frame);
  evidence.decide(Level::observed);
  evidence.alternative("SERVER OUTAGE", false, "one connection cannot tell it from a drop");
  Finding out = evidence.finding(name(signature));
  out.app = flow.app;
  out.flow = flow.flow;
  out.trigger = flow.trigger;
  out.rules = kSilentStageRules;
  out.text = fmt::format(
      "The {} fell silent {}, and was asked {} times more over {:.1f} s.", name(flow.mute),
      signature == Signature::ack_none ? "after the handshake" : "after the client's first data",
      flow.repeats, static_cast<double>(flow.span_ns()) / kSecond);
  return out;
}

}  // namespace

std::vector<Finding> name_silent_stages(std::span<const SilentFlow> silent) {
  std::vector<Finding> out;
  for (const SilentFlow& flow : silent)
    if (const auto signature = signature_of(flow)) out.push_back(finding_of(flow, *signature));
  return out;
}

}  // namespace deadair::interference
