// Counts servers around a moment.
#include "interference/reset_bursts.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace deadair::interference {
namespace {

const PacketMark* first_reset(const TcpStory& story) {
  const auto found =
      std::ranges::find_if(story.packets, [](const PacketMark& mark) { return mark.rst(); });
  return found == story.packets.end() ? nullptr : &*found;
}

}  // namespace

void ResetBursts::note(const TcpStory& story) {
  const PacketMark* reset = first_reset(story);
  if (reset == nullptr || reset->from_client) return;
  const bool answered = std::ranges::any_of(story.packets, [&](const PacketMark& mark) {
    return !mark.from_client && mark.data() && mark.ts_ns <= reset->ts_ns;
  });
  if (answered) of_client_[story.client].push_back({reset->ts_ns, story.server});
}

std::size_t ResetBursts::others(const TcpStory& story) const {
  const PacketMark* reset = first_reset(story);
  const auto known = of_client_.find(story.client);
  if (reset == nullptr || known == of_client_.end()) return 0;
  std::set<IpAddress> servers;
  for (const Reset& other : known->second) {
    if (servers.size() == kMost) break;
    if (other.server != story.server && std::abs(other.ts_ns - reset->ts_ns) <= kTogether)
      servers.insert(other.server);
  }
  return servers.size();
}

}  // namespace deadair::interference
