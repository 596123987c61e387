// Compares the header of a packet that ends a flow with what its sender normally sends.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "interference/injection.hpp"

namespace deadair::interference {
namespace {

constexpr unsigned kLeastBaseline = 2;

std::string list_of(std::span<const std::uint8_t> ttls) {
  std::string out;
  for (const std::uint8_t ttl : ttls) out += fmt::format("{}{}", out.empty() ? "" : ", ", ttl);
  return out;
}

// Captured before and after a router, each of a sender's TTLs comes with the one below.
bool usual_ttl(const TcpStory& story, std::uint8_t ttl, const flow::HeaderHabit& habit) {
  const int slack = story.gates.has(Gate::dup) ? 1 : 0;
  return std::ranges::any_of(habit.ttls(),
                             [&](std::uint8_t used) { return std::abs(used - ttl) <= slack; });
}

void judge_ttl(const TcpStory& story, const PacketMark& mark, const flow::HeaderHabit& habit,
               Evidence& evidence) {
  constexpr int kClassStep = 64;
  if (habit.packets() < kLeastBaseline || habit.ttl_varies()) return;
  const std::string value =
      fmt::format("{} where the sender's packets have {}", mark.ttl, list_of(habit.ttls()));
  if (usual_ttl(story, mark.ttl, habit)) {
    evidence.add(Clue::ttl_equal, fmt::format("{}, as the sender's packets have", mark.ttl),
                 mark.frame);
    return;
  }
  const bool near = std::ranges::all_of(
      habit.ttls(), [&](std::uint8_t ttl) { return std::abs(ttl - mark.ttl) < kClassStep; });
  evidence.add(near ? Clue::ttl_near : Clue::ttl_class, value, mark.frame);
}

// Tools that number nothing give all packets of both sides one identification.
bool own_id_never(const TcpStory& story, const PacketMark& mark) {
  return std::ranges::none_of(story.packets, [&](const PacketMark& own) {
    return !own.rst() && own.from_client == mark.from_client && own.ip_id == mark.ip_id;
  });
}

void judge_ip_id(const TcpStory& story, const PacketMark& mark, const PacketMark* own,
                 const PacketMark* other, const flow::HeaderHabit& habit, Evidence& evidence) {
  if (mark.ip_version != 4 || mark.ip_id == 0) return;
  if (other != nullptr && mark.ip_id == other->ip_id && own_id_never(story, mark))
    evidence.add(
        Clue::ip_id_copied,
        fmt::format("{}, as in the {}'s packet before", mark.ip_id, name(sender_of(*other))),
        mark.frame);
  if (own == nullptr || own->ip_id == 0) return;
  constexpr int kFar = 1000;
  const auto step = static_cast<std::int16_t>(mark.ip_id - own->ip_id);
  if (std::abs(step) <= kFar) return;
  const bool proven = habit.ip_id_kind() == flow::IpIdKind::counter;
  evidence.add(proven ? Clue::ip_id_break : Clue::ip_id_elsewhere,
               fmt::format("{} after {}{}", mark.ip_id, own->ip_id,
                           proven ? ", where the sender counts up" : ""),
               mark.frame);
}

void judge_timestamp(const PacketMark& mark, const flow::HeaderHabit& habit, Evidence& evidence) {
  constexpr double kFarSeconds = 10;
  if (!mark.has_timestamp || habit.packets() < kLeastBaseline) return;
  if (!habit.has_clock()) {
    evidence.add(Clue::timestamp_new, "a timestamp, which the sender's packets do not have",
                 mark.frame);
    return;
  }
  const auto off = habit.seconds_off(mark.ts_value, mark.ts_ns);
  if (off && *off > kFarSeconds)
    evidence.add(Clue::timestamp_off, fmt::format("{:.0f} s or more off the sender's clock", *off),
                 mark.frame);
}

bool has_window(const TcpStory& story, Sender sender, std::uint16_t window) {
  return std::ranges::any_of(story.packets, [&](const PacketMark& mark) {
    return !mark.rst() && sender_of(mark) == sender && mark.window == window;
  });
}

void judge_window(const TcpStory& story, const PacketMark& mark, const PacketMark* other,
                  Evidence& evidence) {
  const Sender sender = sender_of(mark);
  if (other == nullptr || mark.window == 0 || mark.window != other->window) return;
  if (story.habit(sender).packets() < kLeastBaseline || has_window(story, sender, mark.window))
    return;
  evidence.add(Clue::window_copied,
               fmt::format("{}, the {}'s window, never the sender's own", mark.window,
                           name(peer_of(sender))),
               mark.frame);
}

// Bits that no RST needs; a sender that uses them elsewhere (accurate ECN, RFC 9768) may do so
// here.
void judge_flags(const TcpStory& story, const PacketMark& mark, Evidence& evidence) {
  constexpr std::uint16_t kOdd = mark_flag::kAe | mark_flag::kReserved;
  if (!mark.has(kOdd)) return;
  const bool usual = std::ranges::any_of(story.packets, [&](const PacketMark& own) {
    return !own.rst() && own.from_client == mark.from_client && own.has(kOdd);
  });
  if (usual || story.habit(sender_of(mark)).packets() == 0) return;
  evidence.add(Clue::flags_odd, fmt::format("flags 0x{:03x}", mark.flags), mark.frame);
}

// An answer that acknowledges what could not yet have reached the host it claims to be from.
void judge_delay(const TcpStory& story, const PacketMark& mark, const Context& context,
                 Evidence& evidence) {
  constexpr std::uint64_t kLeastSamples = 3;
  if (mark.from_client || !mark.acks() || story.gates.has(Gate::onesided) ||
      story.gates.has(Gate::clock) || !context.pair_rtt_ns ||
      context.pair_rtt_samples < kLeastSamples)
    return;
  const PacketMark* answered = nullptr;
  for (const PacketMark& sent : story.packets) {
    if (sent.frame == mark.frame) break;
    // Sent more than once: which of them is answered is not known.
    if (sent.from_client && !sent.rst() && sent.seq_end() == mark.ack && sent.seq != mark.ack) {
      if (answered != nullptr) return;
      answered = &sent;
    }
  }
  if (answered == nullptr) return;
  const std::int64_t delay = mark.ts_ns - answered->ts_ns;
  if (delay < 0 || delay * 10 >= *context.pair_rtt_ns * 7) return;
  evidence.add(Clue::answer_early,
               fmt::format("{:.1f} ms, where handshakes with this server take {:.1f} ms or more",
                           static_cast<double>(delay) / kMs,
                           static_cast<double>(*context.pair_rtt_ns) / kMs),
               mark.frame);
}

}  // namespace

void judge_header(const TcpStory& story, const TearDown& event, const Context& context,
                  Evidence& evidence) {
  const PacketMark& mark = first_of(story, event);
  const flow::HeaderHabit& habit = story.habit(event.sender);
  const PacketMark* own = last_before(story, event.sender, event.ends.front());
  const PacketMark* other = last_before(story, peer_of(event.sender), event.ends.front());
  judge_ttl(story, mark, habit, evidence);
  judge_ip_id(story, mark, own, other, habit, evidence);
  judge_timestamp(mark, habit, evidence);
  judge_window(story, mark, other, evidence);
  judge_flags(story, mark, evidence);
  judge_delay(story, mark, context, evidence);
}

}  // namespace deadair::interference
