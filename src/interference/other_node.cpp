// Sets resets against the segments that they would answer.
#include "interference/other_node.hpp"

#include <algorithm>
#include <vector>

namespace deadair::interference {
namespace {

bool acknowledges(const TcpStory& story, std::size_t at, Sender who, std::uint32_t number) {
  const PacketMark& mark = story.packets[at];
  return sender_of(mark) == who && !mark.rst() && mark.acks() && mark.ack == number;
}

// The story leaves packets out in the midst: the segment may be one of them, when its side had
// acknowledged less before and more since.
bool may_be_left_out(const TcpStory& story, Sender peer, std::uint32_t number, std::size_t before) {
  if (story.gap_at == 0) return false;
  const auto early = acked_before(story, peer, story.gap_at);
  const auto late = acked_before(story, peer, before);
  return early && late && shortly_before(*early, number) && shortly_before(number, *late);
}

// The segments that the resets answer, one for each; false when some answers none.
bool match(const TcpStory& story, const TearDown& event, std::vector<std::size_t>& answered) {
  const Sender peer = peer_of(event.sender);
  for (const std::size_t at : event.ends) {
    const PacketMark& reset = story.packets[at];
    if (reset.acks() || reset.ack != 0 || reset.fin()) return false;
    bool found = false;
    for (std::size_t i = 0; i < at && !found; ++i) {
      found = acknowledges(story, i, peer, reset.seq) &&
              std::ranges::find(answered, i) == answered.end();
      if (found) answered.push_back(i);
    }
    if (!found && !may_be_left_out(story, peer, reset.seq, at)) return false;
  }
  return true;
}

// Its owner acknowledges the bytes that are said to have gone astray.
bool got_to_owner(const TcpStory& story, const TearDown& event,
                  const std::vector<std::size_t>& answered) {
  return std::ranges::any_of(answered, [&](std::size_t at) {
    const PacketMark& astray = story.packets[at];
    return std::ranges::any_of(story.packets.subspan(at), [&](const PacketMark& mark) {
      return sender_of(mark) == event.sender && !mark.rst() && mark.acks() &&
             shortly_before(astray.seq, mark.ack);
    });
  });
}

// Bytes never sent before, later than what was under way when the other side was heard last.
bool sent_more(const TcpStory& story, const TearDown& event) {
  constexpr std::int64_t kUnknown = kSecond / 2;
  const std::int64_t under_way = story.rtt_ns ? 2 * *story.rtt_ns : kUnknown;
  const std::size_t from = event.ends.front();
  const auto before = sent_before(story, event.sender, from);
  return before && std::ranges::any_of(story.packets.subspan(from), [&](const PacketMark& mark) {
           return sender_of(mark) == event.sender && mark.data() &&
                  shortly_before(*before, mark.seq_end()) &&
                  mark.ts_ns - story.packets[from].ts_ns > under_way;
         });
}

}  // namespace

OtherNode other_node(const TcpStory& story, const TearDown& event) {
  std::vector<std::size_t> answered;
  if (event.by_fin || !match(story, event, answered)) return OtherNode::no;
  if (got_to_owner(story, event, answered)) return OtherNode::heard_on;
  return sent_more(story, event) ? OtherNode::went_on : OtherNode::may_be;
}

std::string_view reason(OtherNode found) {
  switch (found) {
    case OtherNode::no:
      return {};
    case OtherNode::may_be:
      return "each reset answers one packet as a machine would that shares the address and does "
             "not know the connection";
    case OtherNode::heard_on:
      return "the server itself acknowledged what a reset answered";
    case OtherNode::went_on:
      return "the server itself went on with new data";
  }
  return {};
}

}  // namespace deadair::interference
