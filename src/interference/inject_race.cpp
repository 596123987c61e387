// Finds packets that one host would not have sent in the order in which they came.
#include <algorithm>

#include <fmt/format.h>

#include "interference/injection.hpp"

namespace deadair::interference {
namespace {

// Two packets this close may have swapped places on the way to the capture (GATE.REORDER).
std::int64_t margin_ns(const TcpStory& story) {
  return story.gates.has(Gate::reorder) ? 5 * kMs : 0;
}

bool one_sided(const TcpStory& story) { return story.gates.has(Gate::onesided); }

// Packets were left out of the story that could explain the number.
bool may_be_left_out(const TcpStory& story, std::uint32_t number, auto field) {
  if (story.gap_at == 0) return false;
  return std::ranges::none_of(story.packets.subspan(story.gap_at), [&](const PacketMark& mark) {
    return !shortly_before(number, field(mark));
  });
}

bool has_copy_before(const TcpStory& story, std::size_t index) {
  const PacketMark& mark = story.packets[index];
  return mark.ip_id != 0 && std::ranges::any_of(story.packets.first(index), [&](const auto& other) {
           return is_copy(other, mark);
         });
}

bool any_before(const TcpStory& story, std::size_t index, auto test) {
  return std::ranges::any_of(story.packets.first(index), test);
}

// A second RST beyond all that was sent and all that was acknowledged: guessed ahead.
void judge_seq_change(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  constexpr std::uint32_t kSlack = 2;
  const std::size_t at = event.ends.front();
  const auto sent = sent_before(story, event.sender, at);
  if (!sent || any_before(story, at, [&](const PacketMark& mark) {
        return sender_of(mark) == event.sender ? mark.fin() : mark.rst();
      }))
    return;
  const PacketMark& first = story.packets[at];
  for (const std::size_t later : std::span(event.ends).subspan(1)) {
    const PacketMark& second = story.packets[later];
    // Acknowledged at any time: then it was sent, and the capture lost it.
    const auto acked = acked_before(story, peer_of(event.sender), story.packets.size());
    if (!shortly_before(first.seq + kSlack, second.seq) || !shortly_before(*sent, second.seq) ||
        (acked && !shortly_before(*acked + kSlack, second.seq)))
      continue;
    evidence.show(second.frame);
    evidence.add(Clue::rst_seq_change,
                 fmt::format("sequence number {} past the first reset's, beyond all that was sent",
                             second.seq - first.seq),
                 second.frame);
    return;
  }
}

// The kernel under a raw-socket tool resets what it knows nothing of, before the tool speaks.
bool raw_socket_shape(const TcpStory& story, const TearDown& event) {
  const PacketMark& mark = first_of(story, event);
  const flow::HeaderHabit& habit = story.habit(event.sender);
  return mark.window == 0 && (habit.packets() == 0 || habit.used_ttl(mark.ttl)) &&
         !any_before(story, event.ends.front(), [&](const PacketMark& own) {
           return own.data() && sender_of(own) == Sender::client;
         });
}

// Data from the sender of a reset that goes on past it.
void judge_seq_data(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  const PacketMark& reset = first_of(story, event);
  const std::size_t at = event.ends.front();
  if (!sent_before(story, event.sender, at)) return;
  // A FIN may carry data itself, and that may come again; its own number is no data.
  const std::uint32_t end = reset.seq + (event.by_fin ? reset.payload_len : 0);
  for (std::size_t i = at + 1; i < story.packets.size(); ++i) {
    const PacketMark& mark = story.packets[i];
    const std::int64_t delay = mark.ts_ns - reset.ts_ns;
    if (mark.syn() || delay > kRaceWindow) return;
    const std::uint32_t data_end = mark.seq + mark.payload_len;
    if (sender_of(mark) != event.sender || !mark.data() || delay <= margin_ns(story) ||
        !shortly_before(end, data_end) || has_copy_before(story, i))
      continue;
    evidence.show(mark.frame);
    evidence.add(
        event.by_fin ? Clue::fin_seq_data : Clue::rst_seq_data,
        fmt::format("{} bytes of data {:.1f} ms after it, up to {} past its number",
                    mark.payload_len, static_cast<double>(delay) / kMs, data_end - reset.seq),
        mark.frame);
    if (!event.by_fin && raw_socket_shape(story, event))
      evidence.add(Clue::raw_socket_tool, "window 0, before any data of the client", reset.frame);
    return;
  }
}

// A reset that falls back behind what its sender had just sent. A host without the connection takes
// the number from the packet it answers (RFC 9293 section 3.5.2).
void judge_data_seq(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  const PacketMark& reset = first_of(story, event);
  const std::size_t at = event.ends.front();
  if (one_sided(story) || reset.seq == 0) return;
  const PacketMark* past = nullptr;
  for (const PacketMark& mark : story.packets.first(at))
    if (mark.data() && sender_of(mark) == event.sender && reset.ts_ns - mark.ts_ns <= kRaceWindow &&
        reset.ts_ns - mark.ts_ns > margin_ns(story) && shortly_before(reset.seq, mark.seq_end()))
      past = &mark;
  if (past == nullptr || std::ranges::any_of(story.packets, [&](const PacketMark& mark) {
        return sender_of(mark) != event.sender && mark.acks() && mark.ack == reset.seq;
      }))
    return;
  if (may_be_left_out(story, reset.seq, [&](const PacketMark& mark) {
        return sender_of(mark) != event.sender && mark.acks() ? mark.ack : reset.seq + 1;
      }))
    return;
  evidence.show(past->frame);
  evidence.add(Clue::data_seq_rst,
               fmt::format("{} bytes behind what was sent, and the other side never asked for it",
                           past->seq_end() - reset.seq),
               reset.frame);
}

// The number lies inside a segment of the peer, or further ahead than any window of packets that
// the capture may have lost. A larger segment is one that the card joined, and hides the edges.
bool never_an_edge(const TcpStory& story, Sender peer, std::uint32_t ack, std::size_t index) {
  constexpr std::uint32_t kLongestSegment = 1460, kFarAhead = 1U << 20;
  bool inside = false;
  for (const PacketMark& mark : story.packets) {
    if (sender_of(mark) != peer || mark.rst()) continue;
    const std::uint32_t into = ack - mark.seq;
    if (into == 0 || into == mark.payload_len || ack == mark.seq_end()) return false;
    if (into > mark.payload_len) continue;
    if (mark.payload_len > kLongestSegment) return false;
    inside = true;
  }
  const auto sent = sent_before(story, peer, index);
  return inside || (sent && ack - *sent > kFarAhead && *sent - ack > kFarAhead);
}

// Two resets that acknowledge different things, one of them nothing that was ever sent.
void judge_ack_change(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  const Sender peer = peer_of(event.sender);
  if (one_sided(story) || story.gap_at != 0 || story.gates.has(Gate::midflow)) return;
  const PacketMark* previous = nullptr;
  for (const std::size_t at : event.ends) {
    const PacketMark& mark = story.packets[at];
    if (!mark.acks()) continue;
    if (previous != nullptr && previous->ack != mark.ack &&
        never_an_edge(story, peer, mark.ack, at)) {
      evidence.show(mark.frame);
      evidence.add(
          Clue::rst_ack_change,
          fmt::format("acknowledges {} after {}, where no segment ends", mark.ack, previous->ack),
          mark.frame);
      return;
    }
    previous = &mark;
  }
}

// The reset answers the SYN, and then the server answers it as well. A second SYN in between could
// have found a service that came up meanwhile, or another machine.
void judge_syn(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  constexpr std::int64_t kLongest = 10 * kSecond;
  const std::size_t at = event.ends.front();
  const PacketMark* syn = last_before(story, Sender::client, at);
  if (event.sender != Sender::server || one_sided(story) || syn == nullptr || !syn->syn() ||
      syn->acks() || last_before(story, Sender::server, at) != nullptr)
    return;
  const PacketMark& reset = story.packets[at];
  // Of this SYN and not of an earlier connection on the same ports. A forger may get the number
  // wrong by one, which the SYN itself takes up.
  if (reset.ack != syn->seq && reset.ack != syn->seq_end() && (reset.acks() || reset.ack != 0))
    return;
  for (const PacketMark& mark : story.packets.subspan(at + 1)) {
    const std::int64_t delay = mark.ts_ns - reset.ts_ns;
    if (delay > kLongest || (mark.from_client && mark.syn())) return;
    if (mark.from_client || !mark.syn() || !mark.acks() || mark.ack != syn->seq + 1 ||
        delay <= margin_ns(story))
      continue;
    evidence.show(mark.frame);
    evidence.add(Clue::syn_rst,
                 fmt::format("the server accepts the same SYN {:.1f} ms later",
                             static_cast<double>(delay) / kMs),
                 mark.frame);
    return;
  }
}

}  // namespace

void judge_order(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  judge_seq_data(story, event, evidence);
  if (event.by_fin) return;
  judge_seq_change(story, event, evidence);
  judge_data_seq(story, event, evidence);
  judge_ack_change(story, event, evidence);
  judge_syn(story, event, evidence);
}

std::optional<TearDown> forged_fin_of(const TcpStory& story, Sender sender) {
  for (std::size_t i = 0; i < story.packets.size(); ++i) {
    const PacketMark& mark = story.packets[i];
    if (!mark.fin() || mark.rst() || sender_of(mark) != sender) continue;
    if (story.habit(sender).used_ttl(mark.ttl) || !sent_before(story, sender, i))
      return std::nullopt;
    TearDown event{sender, true, {i}};
    Evidence order;
    judge_order(story, event, order);
    return order.has(Clue::fin_seq_data) ? std::optional(event) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace deadair::interference
