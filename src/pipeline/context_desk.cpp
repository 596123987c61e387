// Notes connections as they end, and answers for those that were reset.
#include "pipeline/context_desk.hpp"

#include <algorithm>

namespace deadair::pipeline {
namespace {

using interference::Sender;

const interference::PacketMark* first_reset(const TornFlow& torn) {
  const auto reset =
      std::ranges::find_if(torn.packets, [](const auto& mark) { return mark.rst(); });
  return reset == torn.packets.end() ? nullptr : &*reset;
}

// The first to reset, when the packet has a TTL that its sender used.
std::optional<Sender> reset_by(const TornFlow& torn, const interference::PacketMark& reset) {
  const Sender sender = interference::sender_of(reset);
  const flow::HeaderHabit& habit = torn.story.habit(sender);
  if (habit.packets() != 0 && !habit.used_ttl(reset.ttl)) return std::nullopt;
  return sender;
}

}  // namespace

void ContextDesk::connection(const flow::FlowRecord& record, interference::ConnectionEnd& end,
                             TornFlow* torn) {
  const bool both = record.packets(flow::Side::a) != 0 && record.packets(flow::Side::b) != 0;
  end.completed = both && record.dossier != flow::kNone;
  if (torn != nullptr) {
    if (const auto* reset = first_reset(*torn)) {
      end.reset_by = reset_by(*torn, *reset);
      end.torn_by = interference::sender_of(*reset);
    }
    torn->end = end;
  }
  ends_.note(end);
}

interference::Context ContextDesk::context_of(const TornFlow& torn, const GateDesk& gates) const {
  interference::Context context;
  const interference::TcpStory& story = torn.story;
  context.vantage = interference::vantage_of(story);
  if (context.vantage == interference::Vantage::unknown)
    context.vantage = gates.vantage(torn.packets.front().frame.input());
  if (const auto distance = gates.handshakes().distance(story.client, story.server)) {
    context.pair_rtt_ns = distance->least_ns;
    context.pair_rtt_samples = distance->count;
  }
  context.server_ttl_elsewhere = gates.handshakes().ttl_elsewhere(story.server, story.server_port);
  context.twin_succeeded = ends_.twin_succeeded(torn.end);
  if (const auto* first = first_reset(torn)) {
    const Sender sender = interference::sender_of(*first);
    context.resets_elsewhere = ends_.resets_elsewhere(torn.end, sender);
    const interference::EndLog::Repetition repetition = ends_.repetition(torn.end, sender);
    context.trigger_flows = repetition.all;
    context.trigger_hits = repetition.hits;
  }
  return context;
}

}  // namespace deadair::pipeline
