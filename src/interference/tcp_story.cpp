// Finds the packets of a story that detectors ask for.
#include "interference/tcp_story.hpp"

#include <algorithm>

namespace deadair::interference {
namespace {

bool copied_already(const TcpStory& story, const TearDown& event, const PacketMark& mark) {
  return std::ranges::any_of(event.ends,
                             [&](std::size_t at) { return is_copy(story.packets[at], mark); });
}

}  // namespace

bool is_copy(const PacketMark& earlier, const PacketMark& later) {
  return later.ts_ns - earlier.ts_ns <= 5 * kMs && earlier.from_client == later.from_client &&
         earlier.ip_id == later.ip_id && earlier.seq == later.seq && earlier.ack == later.ack &&
         earlier.payload_len == later.payload_len && earlier.flags == later.flags &&
         (earlier.ttl == later.ttl || earlier.ttl == later.ttl + 1);
}

std::optional<TearDown> resets_of(const TcpStory& story, Sender sender) {
  TearDown event;
  event.sender = sender;
  for (std::size_t i = 0; i < story.packets.size(); ++i) {
    const PacketMark& mark = story.packets[i];
    if (!mark.rst() || sender_of(mark) != sender) continue;
    if (!event.ends.empty()) {
      if (mark.ts_ns - first_of(story, event).ts_ns > kRaceWindow) break;
      if (story.gates.has(Gate::dup) && copied_already(story, event, mark)) continue;
    }
    event.ends.push_back(i);
  }
  if (event.ends.empty()) return std::nullopt;
  return event;
}

std::optional<std::uint32_t> sent_before(const TcpStory& story, Sender sender, std::size_t index) {
  std::optional<std::uint32_t> most;
  for (const PacketMark& mark : story.packets.first(index)) {
    if (mark.rst() || sender_of(mark) != sender) continue;
    if (!most || shortly_before(*most, mark.seq_end())) most = mark.seq_end();
  }
  return most;
}

std::optional<std::uint32_t> acked_before(const TcpStory& story, Sender sender, std::size_t index) {
  std::optional<std::uint32_t> most;
  for (const PacketMark& mark : story.packets.first(index)) {
    if (mark.rst() || !mark.acks() || sender_of(mark) != sender) continue;
    if (!most || shortly_before(*most, mark.ack)) most = mark.ack;
  }
  return most;
}

const PacketMark* last_before(const TcpStory& story, Sender sender, std::size_t index) {
  for (std::size_t i = index; i-- > 0;) {
    const PacketMark& mark = story.packets[i];
    if (!mark.rst() && sender_of(mark) == sender) return &mark;
  }
  return nullptr;
}

}  // namespace deadair::interference
