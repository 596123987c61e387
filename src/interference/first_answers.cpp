// Tells versions of a server's first bytes apart, and weighs the headers of one.
#include "interference/first_answers.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace deadair::interference {
namespace {

constexpr std::int64_t kUnknownRtt = 100 * kMs;
constexpr std::uint16_t kLongestStep = 64, kFar = 1000;

bool agree(ByteView a, ByteView b) {
  const std::size_t common = std::min(a.size(), b.size());
  return a.first(common).equals(b.first(common));
}

// Link-layer padding of a bare ACK, where somebody counted it as part of the IP packet (seen in
// captures): a few zeros, which the server sends again as what they really are.
bool is_padding(ByteView payload) {
  constexpr std::size_t kMostPadding = 6;
  return payload.size() <= kMostPadding &&
         std::ranges::all_of(payload, [](std::uint8_t byte) { return byte == 0; });
}

// The server's other packets, in order: no RST, no copy of the event.
std::vector<const PacketMark*> others_of(const TcpStory& story, const PacketMark& event) {
  std::vector<const PacketMark*> out;
  for (const PacketMark& mark : story.packets)
    if (!mark.from_client && !mark.rst() && mark.frame != event.frame) out.push_back(&mark);
  return out;
}

std::int64_t rtt_of(const TcpStory& story) { return story.rtt_ns.value_or(kUnknownRtt); }

bool judge_ttl(std::span<const PacketMark* const> others, const PacketMark& event,
               PacketSigns& signs, Evidence& evidence) {
  if (others.size() < 2) return false;
  int gap = 255;
  for (const PacketMark* mark : others) gap = std::min(gap, std::abs(int{mark->ttl} - event.ttl));
  if (gap == 0) {
    evidence.add(Clue::ttl_equal, fmt::format("TTL {}", event.ttl), event.frame);
    return false;
  }
  evidence.add(gap < 64 ? Clue::ttl_near : Clue::ttl_class,
               fmt::format("TTL {}, {} others have {}", event.ttl, others.size(), others[0]->ttl),
               event.frame);
  signs.real_later = std::ranges::any_of(
      others, [&event](const PacketMark* mark) { return mark->frame > event.frame; });
  return true;
}

// A counter must be proven by three others; zeros are passed over.
bool judge_ip_id(std::span<const PacketMark* const> others, const PacketMark& event,
                 Evidence& evidence) {
  std::vector<std::uint16_t> ids;
  for (const PacketMark* mark : others)
    if (mark->ip_id != 0 && mark->ip_version == 4) ids.push_back(mark->ip_id);
  if (ids.size() < 3 || event.ip_id == 0) return false;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const auto step = static_cast<std::uint16_t>(ids[i] - ids[i - 1]);
    if (step == 0 || step > kLongestStep) return false;
  }
  const auto apart = static_cast<std::int16_t>(event.ip_id - ids.back());
  if (std::abs(int{apart}) <= kFar) return false;
  evidence.add(Clue::ip_id_break,
               fmt::format("identification {}, the server counts near {}", event.ip_id, ids.back()),
               event.frame);
  return true;
}

bool ends_at_once(const TcpStory& story, const PacketMark& event) {
  return std::ranges::any_of(story.packets, [&](const PacketMark& mark) {
    return !mark.from_client && (mark.fin() || mark.rst()) && mark.ts_ns >= event.ts_ns &&
           mark.ts_ns - event.ts_ns <= rtt_of(story) && mark.seq - event.seq <= event.payload_len;
  });
}

}  // namespace

void FirstAnswers::add(const PacketMark& mark, ByteView payload) {
  if (mark.from_client || !mark.data() || is_padding(payload)) return;
  if (!start_) start_ = mark.seq;
  if (continues(mark.seq)) {
    AnswerVersion& only = versions_.front();
    const ByteView more = payload.first(most_ - only.head.size());
    only.head.insert(only.head.end(), more.begin(), more.end());
    return;
  }
  if (mark.seq != *start_ || full()) return;
  for (const AnswerVersion& known : versions())
    if (agree(known.view(), payload)) return;
  const ByteView head = payload.first(most_);
  versions_[count_].mark = mark;
  versions_[count_].head.reserve(most_);
  versions_[count_++].head.assign(head.begin(), head.end());
}

PacketSigns judge_packet(const TcpStory& story, std::span<const AnswerVersion> versions,
                         const AnswerVersion& version, Evidence& evidence) {
  PacketSigns signs;
  const PacketMark& event = version.mark;
  evidence.show(event.frame);
  signs.conflict = versions.size() > 1;
  if (signs.conflict) {
    const AnswerVersion& other = &versions.front() == &version ? versions[1] : versions.front();
    evidence.add(Clue::data_conflict,
                 fmt::format("frame {} has other bytes at the same sequence numbers",
                             other.mark.frame.number()),
                 event.frame);
    evidence.show(other.mark.frame);
  }
  const auto others = others_of(story, event);
  signs.ttl = judge_ttl(others, event, signs, evidence);
  signs.ip_id = judge_ip_id(others, event, evidence);
  signs.glued_end = ends_at_once(story, event);
  if (signs.glued_end && (signs.conflict || signs.ttl))
    evidence.add(Clue::glued_end, event.fin() ? "FIN in the packet" : "FIN or RST right after it",
                 event.frame);
  return signs;
}

void judge_pattern(const TcpStory& story, const Context& context, const PacketMark& event,
                   Evidence& evidence) {
  constexpr std::uint64_t kEnoughControls = 3;
  if (story.trigger && story.trigger->watched &&
      event.ts_ns - story.trigger->ts_ns <= std::max(3 * rtt_of(story), kSecond / 2))
    evidence.add(
        Clue::trigger_near,
        fmt::format("after {} in frame {}", story.trigger->name, story.trigger->frame.number()),
        story.trigger->frame);
  if (context.trigger_flows >= 5 && wilson_lower(context.trigger_hits, context.trigger_flows) > 0.5)
    evidence.add(context.trigger_flows >= 10 ? Clue::repeat_ten : Clue::repeat_five,
                 fmt::format("{} of {} flows", context.trigger_hits, context.trigger_flows),
                 event.frame);
  if (context.same_server_ok >= kEnoughControls)
    evidence.add(Clue::control_same_server, fmt::format("{} flows", context.same_server_ok),
                 event.frame);
  evidence.events(std::max<std::uint64_t>(context.trigger_hits, 1));
}

}  // namespace deadair::interference
