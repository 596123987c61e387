// Sorts tear-downs into the 19 shapes.
#include "interference/stages.hpp"

#include <algorithm>

namespace deadair::interference {
namespace {

struct Counts {
  std::size_t plain = 0;   // RST without ACK flag
  std::size_t acking = 0;  // RST with it
};

Counts count_resets(const TcpStory& story, const TearDown& event) {
  Counts counts;
  for (const std::size_t at : event.ends)
    ++(story.packets[at].acks() ? counts.acking : counts.plain);
  return counts;
}

std::optional<Signature> after_syn(Counts n) {
  if (n.plain != 0 && n.acking != 0) return Signature::syn_r_ra;
  return n.plain != 0 ? Signature::syn_r : Signature::syn_ra;
}

std::optional<Signature> after_ack(Counts n) {
  if (n.plain != 0 && n.acking != 0) return std::nullopt;
  if (n.plain != 0) return n.plain == 1 ? Signature::ack_r : Signature::ack_rr;
  return n.acking == 1 ? Signature::ack_ra : Signature::ack_rara;
}

// Several RSTs without ACK flag: their acknowledgement fields tell, which nobody reads.
std::optional<Signature> by_ack_fields(const TcpStory& story, const TearDown& event) {
  const std::uint32_t first = first_of(story, event).ack;
  const auto any = [&](auto test) {
    return std::ranges::any_of(event.ends,
                               [&](std::size_t at) { return test(story.packets[at].ack); });
  };
  const bool some_zero = any([](std::uint32_t ack) { return ack == 0; });
  if (some_zero)
    return any([](std::uint32_t ack) { return ack != 0; }) ? std::optional(Signature::psh_r_r0)
                                                           : std::nullopt;
  return any([first](std::uint32_t ack) { return ack != first; }) ? Signature::psh_r_ne
                                                                  : Signature::psh_r_eq;
}

std::optional<Signature> after_psh(const TcpStory& story, const TearDown& event, Counts n) {
  if (n.plain != 0 && n.acking != 0) return Signature::psh_r_ra;
  if (n.acking != 0) return n.acking == 1 ? Signature::psh_ra : Signature::psh_rara;
  return n.plain == 1 ? std::optional(Signature::psh_r) : by_ack_fields(story, event);
}

}  // namespace

Stage stage_after(const TcpStory& story, std::size_t count) {
  if (story.gates.has(Gate::midflow)) return Stage::unknown;
  Stage stage = Stage::unknown;
  std::uint32_t data_end = 0;
  for (const PacketMark& mark : story.packets.first(count)) {
    if (!mark.from_client || mark.rst()) continue;
    if (mark.syn()) {
      stage = std::max(stage, Stage::post_syn);
    } else if (!mark.data()) {
      stage = std::max(stage, Stage::post_ack);
    } else if (stage < Stage::post_psh) {
      stage = Stage::post_psh;
      data_end = mark.seq_end();
    } else if (shortly_before(data_end, mark.seq_end())) {
      stage = Stage::later;
    }
  }
  return stage;
}

std::optional<Signature> signature_of(const TcpStory& story, const TearDown& event) {
  if (event.by_fin) return std::nullopt;
  const Counts counts = count_resets(story, event);
  switch (stage_after(story, event.ends.front())) {
    case Stage::unknown:
      return std::nullopt;
    case Stage::post_syn:
      return after_syn(counts);
    case Stage::post_ack:
      return after_ack(counts);
    case Stage::post_psh:
      return after_psh(story, event, counts);
    case Stage::later:
      return first_of(story, event).acks() ? Signature::data_ra : Signature::data_r;
  }
  return std::nullopt;
}

}  // namespace deadair::interference
