// Conditions on media that flowed and stopped, or flowed one way.
#include <algorithm>

#include <fmt/format.h>

#include "interference/call_signs.hpp"

namespace deadair::interference {
namespace {

using call::Exchange;
using call::kDown;
using call::kUp;
using call::Passage;
using call::Target;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kFewestMedia = 20;
// Media that goes out after the last that came in: no hang-up, which stops both within a round
// trip.
constexpr std::int64_t kWentOn = 3 * kSecond, kWentOnUnchecked = 5 * kSecond;
// In the first seconds nobody is muted.
constexpr std::int64_t kHardlyBegun = 3 * kSecond, kWentOnAtOnce = 7 * kSecond;
constexpr std::int64_t kCheckedFor = 5 * kSecond;
constexpr std::int64_t kOneWay = 5 * kSecond;
constexpr std::int64_t kInactive = 10 * kSecond;
constexpr std::uint64_t kUnanswered = 3, kReports = 3;
constexpr double kRate = 10, kAllLost = 0.9;

double seconds(std::int64_t ns) { return static_cast<double>(ns) / kSecond; }

double rate(const Passage& passage) {
  const std::int64_t length = passage.media_last_ns - passage.media_first_ns;
  return length <= 0 ? 0 : static_cast<double>(passage.media_packets) / seconds(length);
}

bool observable(const CallStory& story) { return story.gates.strongest() != GateEffect::closes; }

bool link_alive(const CallStory& story) {
  const Surroundings& around = story.around;
  return story.text_alive() || around.tcp_answered + around.udp_answered > 0;
}

void show(CallSign& sign, const Exchange& exchange) {
  for (const wire::FrameRef frame :
       {exchange.frame_first, exchange.frame_answer, exchange.frame_unanswered})
    if (frame.valid() && std::ranges::find(sign.frames, frame) == sign.frames.end())
      sign.frames.push_back(frame);
}

// Media came in by another way meanwhile: the call changed its path.
bool moved(const CallStory& story, const Target& from, std::int64_t at_ns, std::int64_t until_ns) {
  return std::ranges::any_of(story.targets, [&](const Target& other) {
    const Passage& in = other.exchange.ways[kDown];
    return &other != &from && in.media_packets > 0 && in.media_first_ns < until_ns &&
           in.media_last_ns > at_ns + kSecond;
  });
}

struct Cut {
  bool there = false;
  bool pair_answered = false;
  bool may_be_silent = false;
};

// Requests at the end that nobody answers, after some that were. Applications have answers of their
// own, in the form of requests (WhatsApp's pongs): where anything but media came since, none is
// missing.
bool goes_unanswered(const Exchange& exchange) {
  return exchange.unanswered >= kUnanswered && exchange.unanswered_from_ns != 0 &&
         exchange.last_answer_ns != 0 &&
         exchange.ways[kDown].last_sign_ns < exchange.unanswered_from_ns;
}

// Everything stopped coming.
Cut path_died(const Exchange& exchange) {
  const Passage& in = exchange.ways[kDown];
  const std::int64_t went_on = exchange.ways[kUp].media_last_ns - in.last_ns;
  const std::int64_t checked_for = exchange.last_ns - exchange.unanswered_from_ns;
  const bool checked = exchange.unanswered >= kUnanswered && exchange.unanswered_from_ns != 0 &&
                       checked_for >= kCheckedFor;
  return {went_on >= (checked ? kWentOn : kWentOnUnchecked), false, false};
}

// Answers to checks came all the while, media did not.
Cut media_died(const CallStory& story, const Exchange& exchange) {
  const Passage& in = exchange.ways[kDown];
  const std::int64_t went_on = exchange.ways[kUp].media_last_ns - in.media_last_ns;
  if (in.last_sign_ns - in.media_last_ns < kWentOn) return {};
  const bool at_once =
      in.media_last_ns - in.media_first_ns < kHardlyBegun && went_on >= kWentOnAtOnce;
  const bool sends =
      story.sends_when_muted || in.last_sender_report_ns > in.media_last_ns + kWentOn;
  return {went_on >= kWentOnUnchecked, true, !at_once && !sends};
}

std::optional<CallSign> cut_at(const CallStory& story, const Target& target) {
  const Exchange& exchange = target.exchange;
  const Passage& in = exchange.ways[kDown];
  const Passage& out = exchange.ways[kUp];
  if (in.media_packets < kFewestMedia || out.media_packets < kFewestMedia) return std::nullopt;
  if (story.until_ns - in.media_last_ns < kInactive || rate(out) < kRate) return std::nullopt;
  Cut cut = path_died(exchange);
  if (!cut.there) cut = media_died(story, exchange);
  if (!cut.there || moved(story, target, in.media_last_ns, out.media_last_ns)) return std::nullopt;
  CallSign sign;
  sign.story = &story;
  sign.relays = target.relay ? 1 : 0;
  sign.pair_answered = cut.pair_answered;
  sign.may_be_silent = cut.may_be_silent;
  sign.after_packets = static_cast<double>(in.media_packets);
  sign.after_ms = static_cast<double>(in.media_last_ns - in.media_first_ns) / 1e6;
  sign.shown = fmt::format(
      "no media came in after {} packets and {:.1f} s, ours went on for {:.1f} s", in.media_packets,
      *sign.after_ms / 1000, seconds(out.media_last_ns - in.media_last_ns));
  show(sign, exchange);
  return sign;
}

// Anything that only the other end itself can have sent.
bool took_part(const CallStory& story) {
  if (story.down.media_packets > 0 || story.asked_by_peer > 0) return true;
  return std::ranges::any_of(story.targets, [](const Target& target) {
    const Exchange& exchange = target.exchange;
    return (!target.relay && target.responses > 0) ||
           exchange.sealed[kDown] + exchange.hellos[kDown] > 0 ||
           exchange.ways[kDown].last_sender_report_ns != 0;
  });
}

std::optional<CallSign> unheard_by(const CallStory& story, const Target& target) {
  const Exchange& exchange = target.exchange;
  const Passage& in = exchange.ways[kDown];
  const Passage& out = exchange.ways[kUp];
  const std::int64_t lasted = in.media_last_ns - in.media_first_ns;
  if (!in.lively || lasted < kOneWay || rate(in) < kRate || out.media_packets < kFewestMedia)
    return std::nullopt;
  const bool told = exchange.reports >= kReports &&
                    exchange.reported_loss / static_cast<double>(exchange.reports) >= kAllLost;
  const bool unchecked = goes_unanswered(exchange) && exchange.last_answer_ns > in.media_first_ns &&
                         in.media_last_ns - exchange.unanswered_from_ns >= kCheckedFor;
  if (!told && !unchecked) return std::nullopt;
  CallSign sign;
  sign.story = &story;
  sign.relays = target.relay ? 1 : 0;
  sign.pair_answered = told && !unchecked;
  sign.shown =
      told ? fmt::format("{} reports say that {:.0f} % of ours was lost", exchange.reports,
                         exchange.reported_loss * 100 / static_cast<double>(exchange.reports))
           : fmt::format("{} checks unanswered while media came in for {:.1f} s",
                         exchange.unanswered,
                         seconds(in.media_last_ns - exchange.unanswered_from_ns));
  show(sign, exchange);
  return sign;
}

}  // namespace

std::optional<CallSign> media_cut(const CallStory& story) {
  if (!observable(story) || !link_alive(story)) return std::nullopt;
  for (const Target& target : story.targets)
    if (std::optional<CallSign> sign = cut_at(story, target)) return sign;
  return std::nullopt;
}

std::optional<CallSign> nothing_heard(const CallStory& story) {
  if (!observable(story) || !story.up.lively || story.down.lively || !took_part(story))
    return std::nullopt;
  for (const Target& target : story.targets) {
    const Exchange& exchange = target.exchange;
    const Passage& out = exchange.ways[kUp];
    if (!out.lively || rate(out) < kRate || out.media_last_ns - out.media_first_ns < kOneWay ||
        exchange.ways[kDown].last_sign_ns < out.media_first_ns + kOneWay)
      continue;
    if (story.until_ns - out.media_first_ns < kInactive) continue;
    const Passage& in = exchange.ways[kDown];
    CallSign sign;
    sign.story = &story;
    sign.relays = target.relay ? 1 : 0;
    sign.pair_answered = true;
    sign.may_be_silent =
        !story.sends_when_muted && in.last_sender_report_ns < out.media_first_ns + kWentOn;
    sign.shown = fmt::format("{} packets of media sent in {:.1f} s, {} received, checks answered",
                             out.media_packets, seconds(out.media_last_ns - out.media_first_ns),
                             in.media_packets);
    show(sign, exchange);
    return sign;
  }
  return std::nullopt;
}

std::optional<CallSign> not_heard(const CallStory& story) {
  if (!observable(story)) return std::nullopt;
  for (const Target& target : story.targets)
    if (std::optional<CallSign> sign = unheard_by(story, target)) return sign;
  return std::nullopt;
}

}  // namespace deadair::interference
