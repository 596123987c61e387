// Reads a silence out of what was kept of its flow.
#include "interference/silent_flow.hpp"

#include <algorithm>

namespace deadair::interference {
namespace {

// A frame that a network card joined from several packets counts as these.
constexpr std::uint32_t kSegment = 1460;
std::uint32_t segments(const PacketMark& mark) {
  return std::max(1U, (mark.payload_len + kSegment - 1) / kSegment);
}

// The client's progress by its first packets.
Stage stage_of(const StoryKeeper& keeper, bool client_is_a) {
  std::vector<PacketMark> marks(keeper.first().begin(), keeper.first().end());
  for (PacketMark& mark : marks) mark.from_client = mark.from_client == client_is_a;
  TcpStory story;
  story.packets = marks;
  return stage_after(story, marks.size());
}

bool shook_hands(const StoryKeeper& keeper, bool client_is_a) {
  unsigned steps = 0;
  for (const PacketMark& mark : keeper.first()) {
    const bool client = mark.from_client == client_is_a;
    if (steps == 0 && client && mark.syn() && !mark.acks()) ++steps;
    if (steps == 1 && !client && mark.syn() && mark.acks()) ++steps;
    if (steps == 2 && client && !mark.syn() && !mark.rst() && mark.acks()) ++steps;
  }
  return steps == 3;
}

std::optional<std::uint32_t> first_number(const StoryKeeper& keeper, bool from_client) {
  for (const PacketMark& mark : keeper.first())
    if (mark.from_client == from_client && mark.syn()) return mark.seq + 1;
  return std::nullopt;
}

// What came down: near the client what was seen of it, near the server what was acknowledged.
void measure_down(SilentFlow& out, const StoryKeeper& keeper, bool client_is_a) {
  const SilenceKeeper::Standing& standing = keeper.silence().standing();
  const auto first = first_number(keeper, !client_is_a);
  if (!first) return;
  const std::uint32_t end = out.mute == Sender::server ? standing.mute_next : standing.asked;
  if (shortly_before(*first, end)) out.down_bytes = end - *first;
  out.down_packets = standing.packets[out.mute == Sender::server ? 0 : 1];
}

}  // namespace

Stretch SilentFlow::asking() const {
  constexpr std::int64_t kSlack = kSecond;
  return {asks.size() > 1 ? asks[1].ts_ns : note.begin_ns, last_ask.ts_ns + kSlack};
}

std::optional<SilentFlow> silent_flow_of(const StoryKeeper& keeper, bool client_is_a) {
  const SilenceKeeper& silence = keeper.silence();
  if (!silence.open()) return std::nullopt;
  SilentFlow out;
  out.mute = silence.asker_is_client() == client_is_a ? Sender::server : Sender::client;
  out.stage = stage_of(keeper, client_is_a);
  out.handshake = shook_hands(keeper, client_is_a);
  const SilenceKeeper::Standing& standing = silence.standing();
  out.heard_ns = standing.heard_any ? standing.heard.ts_ns : keeper.first().front().ts_ns;
  if (standing.heard_any) out.heard_frame = standing.heard.frame;
  out.asks.assign(silence.asks().begin(), silence.asks().end());
  out.asked = standing.asked;
  out.last_ask = silence.last();
  out.repeats = silence.repeats();
  out.least_segment = silence.least_segment();
  out.stale = silence.stale();
  out.stale_syn_acks = silence.stale_syn_acks();
  measure_down(out, keeper, client_is_a);
  return out;
}

void place_trigger(SilentFlow& silent, const StoryKeeper& keeper, bool client_is_a,
                   const Trigger& trigger) {
  const SilenceKeeper::Standing& standing = keeper.silence().standing();
  const auto first = keeper.first();
  const auto found = std::ranges::find(first, trigger.frame, &PacketMark::frame);
  if (found == first.end() || found->from_client != client_is_a) return;
  silent.trigger = trigger;
  silent.trigger->ts_ns = found->ts_ns;
  silent.trigger->seq = found->seq;
  silent.trigger_len = found->payload_len;
  silent.trigger_acked = silent.mute == Sender::client || standing.asked == found->seq_end() ||
                         shortly_before(found->seq_end(), standing.asked);
  const auto at = static_cast<std::uint32_t>(found - first.begin());
  const auto count = [&](std::uint32_t end) {
    std::uint32_t sum = 0;
    for (std::uint32_t i = at + 1; i < end; ++i) sum += i < first.size() ? segments(first[i]) : 1;
    return sum;
  };
  silent.passed_least = standing.heard_any ? count(standing.heard_at + 1) : 0;
  silent.passed_most = std::max(silent.passed_least, count(standing.repeat_at));
}

bool backed_off(const SilentFlow& silent) {
  constexpr std::uint32_t kLeastRepeats = 3;
  constexpr std::int64_t kLeastSpan = 6 * kSecond;
  constexpr int kLeastGrowing = 2;
  if (silent.repeats < kLeastRepeats || silent.span_ns() < kLeastSpan) return false;
  int growing = 0;
  for (std::size_t i = 2; i < silent.asks.size(); ++i) {
    const std::int64_t before = silent.asks[i - 1].ts_ns - silent.asks[i - 2].ts_ns;
    const std::int64_t now = silent.asks[i].ts_ns - silent.asks[i - 1].ts_ns;
    if (2 * now >= 3 * before && 2 * now <= 5 * before) ++growing;
  }
  return growing >= kLeastGrowing;
}

}  // namespace deadair::interference
