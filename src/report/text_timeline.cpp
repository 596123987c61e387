// Derives the phases of a call and the changes of its media from the times in its record.
#include "report/text_timeline.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/timestamp.hpp"

namespace deadair::report {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Streams of one call start and stop within this of each other.
constexpr std::int64_t kTogether = 2 * kSecond;
// A shorter silence of both sides is no pause worth telling.
constexpr std::int64_t kPause = 5 * kSecond;
constexpr std::size_t kChangesShown = 3;

std::string clock_text(std::int64_t ts_ns) { return readable_clock(ts_ns).substr(0, 8); }

std::string phase(std::string_view what, std::int64_t length_ns) {
  return fmt::format("{} {}", what, human_duration(length_ns));
}

// When media began to flow both ways: what the caller hears before that may be the ring tone.
std::int64_t talk_begin(const Call& call, std::int64_t media_ns) {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::int64_t up = kNever;
  std::int64_t down = kNever;
  for (const CallStretch& stretch : call.stretches) {
    std::int64_t& first = stretch.up ? up : down;
    first = std::min(first, stretch.from_ns);
  }
  const bool both = up != kNever && down != kNever && call.talk_ns.value_or(0) > 0;
  return both ? std::max({up, down, media_ns}) : media_ns;
}

// All that came before talk, or before the end of a call without any.
std::string before_talk(const Call& call) {
  const std::int64_t until =
      call.ts_media_ns ? talk_begin(call, *call.ts_media_ns) : call.ts_end_ns;
  if (call.begun_before || (call.ts_media_ns && !call.setup_ns)) {
    return "no set-up seen";
  }
  const std::int64_t all = std::max<std::int64_t>(until - call.ts_start_ns, 0);
  const std::int64_t ring = std::clamp<std::int64_t>(call.ring_ns.value_or(0), 0, all);
  std::string text;
  if (all > ring || ring == 0) text = phase("set-up", all - ring);
  if (ring > 0) text += (text.empty() ? "" : " > ") + phase("ring", ring);
  return text;
}

std::string during_media(const Call& call, std::int64_t media_ns) {
  if (call.talk_ns && *call.talk_ns > 0) return phase("talk", *call.talk_ns);
  const bool up = call.up.packets > 0;
  const bool down = call.down.packets > 0;
  const std::string_view what = up == down ? "media" : up ? "media up only" : "media down only";
  return phase(what, call.ts_end_ns - media_ns);
}

std::string_view end_word(const Call& call) {
  if (call.running_on) return "still up at";
  if (call.outcome == CallOutcome::cut) return "cut";
  if (call.outcome == CallOutcome::cancelled) return "cancelled";
  return "end";
}

bool from_the_start(const Call& call, std::int64_t from_ns) {
  return from_ns - call.ts_media_ns.value_or(call.ts_start_ns) <= kTogether;
}
bool to_the_end(const Call& call, std::int64_t to_ns) {
  return call.ts_end_ns - to_ns <= kTogether;
}

std::string extent(const Call& call, std::int64_t from_ns, std::int64_t to_ns) {
  const bool start = from_the_start(call, from_ns);
  const bool end = to_the_end(call, to_ns);
  if (start && end) return "throughout";
  if (start) return fmt::format("until {}", clock_text(to_ns));
  if (end) return fmt::format("from {}", clock_text(from_ns));
  return fmt::format("{} to {}", clock_text(from_ns), clock_text(to_ns));
}

// "video up 20:17:10 to 20:17:40, from 20:18:00"; empty without video that way.
std::string video_text(const Call& call, bool up) {
  std::vector<std::string> times;
  for (const CallStretch& stretch : call.stretches) {
    if (stretch.up != up || (stretch.media & media::kVideo) == 0) continue;
    times.push_back(extent(call, stretch.from_ns, stretch.to_ns));
  }
  if (times.empty()) return {};
  std::string text = up ? "video up " : "video down ";
  for (std::size_t i = 0; i < std::min(times.size(), kChangesShown); ++i) {
    text += (i == 0 ? "" : ", ") + times[i];
  }
  if (times.size() > kChangesShown) text += fmt::format(", +{} more", times.size() - kChangesShown);
  return text;
}

bool video_changes(const Call& call) {
  return std::any_of(call.stretches.begin(), call.stretches.end(), [&](const CallStretch& stretch) {
    return (stretch.media & media::kVideo) != 0 &&
           !(from_the_start(call, stretch.from_ns) && to_the_end(call, stretch.to_ns));
  });
}

// When no media came from either side between two stretches.
std::vector<std::string> pauses(std::span<const CallStretch> stretches) {
  std::vector<CallStretch> sorted(stretches.begin(), stretches.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const CallStretch& a, const CallStretch& b) { return a.from_ns < b.from_ns; });
  std::vector<std::string> texts;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const std::int64_t before = sorted[i - 1].to_ns;
    sorted[i].to_ns = std::max(sorted[i].to_ns, before);
    if (sorted[i].from_ns - before < kPause) continue;
    texts.push_back(
        fmt::format("no media {} to {}", clock_text(before), clock_text(sorted[i].from_ns)));
  }
  return texts;
}

}  // namespace

std::string timeline(const Call& call) {
  std::string text = before_talk(call);
  if (call.ts_media_ns) text += " > " + during_media(call, *call.ts_media_ns);
  return fmt::format("{} > {} {}", text, end_word(call), clock_text(call.ts_end_ns));
}

std::vector<std::string> media_changes(const Call& call) {
  std::vector<std::string> changes;
  if (video_changes(call)) {
    for (const bool up : {true, false}) {
      std::string text = video_text(call, up);
      if (!text.empty()) changes.push_back(std::move(text));
    }
  }
  std::vector<std::string> silent = pauses(call.stretches);
  const std::size_t shown = std::min(silent.size(), kChangesShown);
  for (std::size_t i = 0; i < shown; ++i) changes.push_back(std::move(silent[i]));
  if (silent.size() > shown) changes.push_back(fmt::format("+{} more", silent.size() - shown));
  return changes;
}

}  // namespace deadair::report
