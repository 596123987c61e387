// Watching, forgetting the oldest, and telling the story of a reset flow.
#include "pipeline/tear_downs.hpp"

#include <algorithm>

namespace deadair::pipeline {

using flow::Side;

std::uint32_t& TearDowns::slot_of(std::uint32_t flow) {
  if (flow >= slots_.size())
    slots_.resize(std::max<std::size_t>(flow + 1, slots_.size() * 2), flow::kNone);
  return slots_[flow];
}

std::uint32_t TearDowns::watch(std::uint32_t flow) {
  while (watched_.live() >= kMostWatched && !order_.empty()) {
    std::uint32_t& oldest = slot_of(order_.front());
    order_.pop_front();
    if (oldest == flow::kNone) continue;
    watched_.give_back(oldest);
    oldest = flow::kNone;
  }
  const std::uint32_t index = watched_.take();
  watched_[index].flow = flow;
  order_.push_back(flow);
  return index;
}

void TearDowns::packet(std::uint32_t flow, Side from, const wire::Packet& packet) {
  std::uint32_t& slot = slot_of(flow);
  if (slot == flow::kNone) {
    // Only from the beginning: the rest of a story says little.
    using namespace wire::tcp_flag;
    if ((packet.tcp_flags & (kSyn | kRst)) == 0) return;
    const std::uint32_t index = watch(flow);
    slot_of(flow) = index;
  }
  Watched& watched = watched_[slot_of(flow)];
  watched.keeper.add(interference::mark_of(packet, from == Side::a));
  watched.habits[static_cast<std::size_t>(from)].add(packet);
}

std::optional<TornFlow> TearDowns::end(std::uint32_t flow, Side client, bool wanted) {
  std::uint32_t& slot = slot_of(flow);
  if (slot == flow::kNone) return std::nullopt;
  const std::uint32_t index = slot;
  slot = flow::kNone;
  std::optional<TornFlow> torn;
  const bool reset = watched_[index].keeper.torn();
  if (reset || wanted) {
    const Watched& watched = watched_[index];
    torn.emplace();
    torn->reset = reset;
    torn->story.gap_at = watched.keeper.assemble(torn->packets);
    for (interference::PacketMark& mark : torn->packets)
      mark.from_client = mark.from_client == (client == Side::a);
    torn->story.habits = {watched.habits[static_cast<std::size_t>(client)],
                          watched.habits[static_cast<std::size_t>(flow::other(client))]};
  }
  watched_.give_back(index);
  return torn;
}

}  // namespace deadair::pipeline
