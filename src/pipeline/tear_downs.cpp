// Watching, forgetting the oldest, and telling the story of a reset flow.
#include "pipeline/tear_downs.hpp"

#include <algorithm>

#include "interference/fully_encrypted.hpp"

namespace deadair::pipeline {

using flow::Side;

// A packet that is more than one of many.
void TearDowns::look(Watched* known, std::uint32_t flow, Side from, const wire::Packet& packet) {
  // Only from the beginning: the rest of a story says little.
  using namespace wire::tcp_flag;
  if (known == nullptr && (packet.tcp_flags & (kSyn | kRst)) == 0) return;
  Watched& watched = known != nullptr ? *known : watched_.make(flow);
  interference::PacketMark& mark = watched.keeper.draft();
  interference::write_mark(mark, packet, from == Side::a);
  watched.keeper.add(mark);
  watched.habits[static_cast<std::size_t>(from)].add(packet);
  if (!watched.payload_seen && !packet.payload.empty()) {
    watched.payload_seen = true;
    if (interference::looks_fully_encrypted(packet.payload)) {
      watched.encrypted = packet.frame;
      watched.encrypted_by = from;
    }
  }
}

TornFlow TearDowns::tear(const Watched& watched, Side client) {
  TornFlow torn;
  torn.reset = watched.keeper.torn() || watched.keeper.past_fin();
  torn.story.gap_at = watched.keeper.assemble(torn.packets);
  for (interference::PacketMark& mark : torn.packets)
    mark.from_client = mark.from_client == (client == Side::a);
  torn.story.habits = {watched.habits[static_cast<std::size_t>(client)],
                       watched.habits[static_cast<std::size_t>(flow::other(client))]};
  return torn;
}

WatchedFlow TearDowns::end(std::uint32_t flow, Side client,
                           const std::optional<interference::Trigger>& named, bool wanted) {
  const Watched* found = watched_.find(flow);
  if (found == nullptr) return {};
  const Watched& watched = *found;
  const interference::StoryKeeper& keeper = watched.keeper;
  const bool client_is_a = client == Side::a;
  WatchedFlow out;
  if (keeper.torn() || keeper.past_fin() || wanted) out.torn = tear(watched, client);
  out.largest_up = keeper.largest(client_is_a);
  out.answered_ns = keeper.first_ns(!client_is_a);
  out.heard_ns = keeper.last_ns(!client_is_a);
  if (watched.encrypted.valid() && watched.encrypted_by == client) {
    out.encrypted.emplace();
    out.encrypted->type = interference::TriggerType::fep;
    out.encrypted->frame = watched.encrypted;
  }
  out.silent = interference::silent_flow_of(keeper, client_is_a);
  if (const auto& trigger = named ? named : out.encrypted; out.silent && trigger)
    interference::place_trigger(*out.silent, keeper, client_is_a, *trigger);
  watched_.drop(flow);
  return out;
}

}  // namespace deadair::pipeline
