// What a client's own reset after a good exchange looks like.
#include "interference/client_close.hpp"

#include <algorithm>

#include "interference/gate_signs.hpp"
#include "interference/injection.hpp"

namespace deadair::interference {
namespace {

constexpr double kNone = 1e-9;

bool reaches(std::uint32_t ack, std::uint32_t end) {
  return ack == end || shortly_before(end, ack);
}

// A sender of which every packet has one and the same TTL: what others send in its name, with data
// or without, would be among them.
bool has_one_ttl(const flow::HeaderHabit& habit) {
  constexpr unsigned kLeastPackets = 2;
  return habit.packets() >= kLeastPackets && habit.ttls().size() == 1 && !habit.ttl_varies();
}

// Data of the client, data of the server that acknowledges it, and an acknowledgement of that.
bool exchanged(std::span<const PacketMark> packets) {
  const auto asked = std::ranges::find_if(
      packets, [](const PacketMark& mark) { return mark.from_client && mark.data(); });
  const auto answered = std::find_if(asked, packets.end(), [&](const PacketMark& mark) {
    return !mark.from_client && mark.data() && mark.acks() && reaches(mark.ack, asked->seq_end());
  });
  return std::any_of(answered, packets.end(), [&](const PacketMark& mark) {
    return mark.from_client && !mark.rst() && mark.acks() && reaches(mark.ack, answered->seq_end());
  });
}

// A FIN of either end, with its sender's TTL, after all that this had sent.
bool announced(const TcpStory& story, std::size_t reset_at) {
  for (std::size_t i = 0; i < reset_at; ++i) {
    const PacketMark& mark = story.packets[i];
    if (mark.fin() && story.habit(sender_of(mark)).used_ttl(mark.ttl) &&
        sent_before(story, sender_of(mark), i) == mark.seq)
      return true;
  }
  return false;
}

// Whoever has closed sends no more data.
bool goes_past_fin(const TcpStory& story) {
  for (std::size_t i = 0; i < story.packets.size(); ++i) {
    const PacketMark& fin = story.packets[i];
    if (!fin.fin()) continue;
    if (std::ranges::any_of(story.packets.subspan(i + 1), [&](const PacketMark& mark) {
          return mark.from_client == fin.from_client && mark.data() &&
                 shortly_before(fin.seq_end(), mark.seq_end() + 1);
        }))
      return true;
  }
  return false;
}

// Once its host has reset the connection, nothing but RSTs comes from it.
bool ends_there(const TcpStory& story, std::size_t reset_at) {
  const std::uint8_t ttl = story.habit(Sender::client).ttls().front();
  return std::ranges::all_of(story.packets.subspan(reset_at), [&](const PacketMark& mark) {
    return !mark.from_client || (mark.rst() && mark.ttl == ttl);
  });
}

// The number of what its sender would send next, or that the packet it answers asked for.
bool has_own_number(const TcpStory& story, std::size_t reset_at) {
  const std::uint32_t number = story.packets[reset_at].seq;
  return sent_before(story, Sender::client, reset_at) == number ||
         std::ranges::any_of(story.packets.first(reset_at), [&](const PacketMark& mark) {
           return !mark.from_client && mark.acks() && mark.ack == number;
         });
}

bool looks_own(const TcpStory& story, const TearDown& event) {
  Evidence evidence;
  judge_header(story, event, {}, evidence);
  judge_order(story, event, evidence);
  return evidence.has(Clue::ttl_equal) && evidence.sum(Group::hdr) < kNone &&
         evidence.sum(Group::seq) < kNone;
}

}  // namespace

bool closed_by_client(const TcpStory& story) {
  for (const Gate gate : {Gate::onesided, Gate::midflow, Gate::clock})
    if (story.gates.has(gate)) return false;
  const auto event = resets_of(story, Sender::client);
  if (!event || resets_of(story, Sender::server)) return false;
  const std::size_t at = event->ends.front();
  if (!has_one_ttl(story.habit(Sender::client)) || !has_one_ttl(story.habit(Sender::server)) ||
      !exchanged(story.packets.first(at)))
    return false;
  const bool known = announced(story, at) || vantage_of(story) == Vantage::client_side;
  return known && !goes_past_fin(story) && ends_there(story, at) && has_own_number(story, at) &&
         looks_own(story, *event);
}

}  // namespace deadair::interference
