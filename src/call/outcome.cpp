// The state machine: set-up, checks, media each way, talk, end.
#include "call/outcome.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace deadair::call {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Less than this both ways is no conversation.
constexpr std::int64_t kTalk = kSecond;
// One who gives up sooner did not wait for an answer.
constexpr std::int64_t kCancelled = 3 * kSecond;
// Silence of a relay or a peer means something after this: the fifth repetition of a STUN request
// (RFC 8489 section 6.2.1).
constexpr std::int64_t kSilence = 10 * kSecond;
constexpr std::uint64_t kRepetitions = 3;
// One side went on for so long after the last sign of the other: no hang-up, for that is told
// within a round trip and both stop.
constexpr std::int64_t kWentOn = 3 * kSecond;
constexpr std::int64_t kWentOnUnchecked = 5 * kSecond;
// Nobody is muted, or falls silent for good, in the first seconds of a call.
constexpr std::int64_t kHardlyBegun = 3 * kSecond;
constexpr std::int64_t kWentOnAtOnce = 8 * kSecond;
// A capture that ends sooner than this after the last packet does not show silence.
constexpr std::int64_t kInactive = 10 * kSecond;
// Media in one direction for so long cannot be the moment before the other one answers.
constexpr std::int64_t kOneWay = 5 * kSecond;
constexpr double kLeastMos = 2.6;
constexpr double kMostLoss = 0.2;
constexpr std::int64_t kFewestJudged = 10 * kSecond;
constexpr std::uint32_t kFewestWindows = 5;  // of 2 s

// What the capture itself lost. Reports (RTCP) are means of all there were.
constexpr std::uint64_t kFewestReports = 3;
constexpr double kDenied = 0.05;  // so much less do reports say, and less than half
constexpr std::int64_t kEndured = 60 * kSecond;
constexpr double kHalf = 0.5, kNearlyAll = 0.9;

double seconds(std::int64_t ns) { return static_cast<double>(ns) / kSecond; }

class Judge {
 public:
  Judge(const Attempt& attempt, const Quality& quality, const Horizon& horizon)
      : attempt_(attempt), quality_(quality), horizon_(horizon) {}

  Verdict decide() {
    verdict_.end_ns = attempt_.ts_last_ns;
    if (attempt_.talked())
      judge_talk();
    else if (attempt_.up.lively || attempt_.down.lively)
      judge_one_sided_media();
    else
      judge_setup();
    add_times();
    return verdict_;
  }

 private:
  void say(Outcome outcome, std::string reason) {
    verdict_.outcome = outcome;
    verdict_.reason = std::move(reason);
  }

  [[nodiscard]] std::int64_t length() const { return attempt_.ts_last_ns - attempt_.ts_first_ns; }
  [[nodiscard]] bool ends_with_capture() const {
    return horizon_.ends_ns - attempt_.ts_last_ns < kInactive;
  }
  // Nothing came back, and nothing comes back to this host at all: half of the traffic is missing.
  [[nodiscard]] bool half_captured() const {
    const bool silent = attempt_.up.packets == 0 || attempt_.down.packets == 0;
    return silent && !horizon_.both_ways;
  }

  void judge_talk() {
    verdict_.end_ns = std::max(attempt_.up.media_last_ns, attempt_.down.media_last_ns);
    verdict_.talk_ns = std::max<std::int64_t>(attempt_.overlap_ns(), 0);
    if (was_cut()) return;
    if (attempt_.overlap_ns() < kTalk && !ends_with_capture() && !begins_with_capture()) {
      verdict_.talk_ns.reset();
      say(Outcome::one_way, "media never flowed both ways at once");
      return;
    }
    if (was_useless()) return;
    say(Outcome::connected, quality_.thinned ? "the capture lacks most of its packets" : "");
  }

  [[nodiscard]] bool begins_with_capture() const {
    return attempt_.ts_first_ns - horizon_.begins_ns < kSecond;
  }

  // One side's media went on although nothing whatever came from the other any more; or both ended
  // at once and requests went on unanswered.
  bool was_cut() {
    const Course& up = attempt_.up;
    const Course& down = attempt_.down;
    const bool checked = attempt_.unanswered >= kRepetitions;
    const std::int64_t patience = checked ? kWentOn : kWentOnUnchecked;
    if (up.media_last_ns - down.last_ns >= patience) return cut("the other end", down, up);
    if (down.media_last_ns - up.last_ns >= kWentOnUnchecked) return cut("this end", up, down);
    if (media_stopped(down, up)) return cut("the other end", down, up);
    if (media_stopped(up, down)) return cut("this end", up, down);
    const std::int64_t asked_for = attempt_.ts_last_ns - attempt_.unanswered_from_ns;
    const bool all_silent = checked && attempt_.unanswered_from_ns != 0 &&
                            asked_for >= kWentOnUnchecked &&
                            down.last_ns <= attempt_.unanswered_from_ns + kSecond &&
                            attempt_.ts_last_ns - up.media_last_ns >= kWentOn;
    return all_silent && cut("the other end", down, up);
  }

  // Answers to checks come back, but the media and reports of one end stopped while the other's
  // went on: at once, or in an application that sends even when it is muted.
  [[nodiscard]] bool media_stopped(const Course& silent, const Course& speaking) const {
    const bool at_once = silent.media_last_ns - silent.media_first_ns < kHardlyBegun;
    // One who says little sends a packet now and then, by whichever way the call took since.
    return (at_once && speaking.media_last_ns - silent.sign_ns >= kWentOnAtOnce) ||
           (attempt_.sends_when_muted &&
            speaking.media_last_ns - silent.heard_ns() >= kWentOnUnchecked);
  }

  bool cut(std::string_view who, const Course& silent, const Course& speaking) {
    // The silence itself must lie in the capture.
    const bool wholly = silent.last_ns < silent.media_last_ns + kSecond;
    const std::int64_t until =
        std::max(speaking.media_last_ns, wholly ? attempt_.ts_last_ns : speaking.media_last_ns);
    const std::int64_t silence = until - silent.media_last_ns;
    if (ends_with_capture() && silence < kInactive) return false;
    verdict_.end_ns = silent.media_last_ns;
    const std::int64_t first = std::max(attempt_.up.media_first_ns, attempt_.down.media_first_ns);
    const std::int64_t talk = std::max<std::int64_t>(silent.media_last_ns - first, 0);
    verdict_.talk_ns = talk;
    say(Outcome::cut,
        fmt::format("nothing from {} after {:.1f} s and {} packets of media, silent for {:.1f} s",
                    who, seconds(talk), silent.media_packets, seconds(silence)));
    return true;
  }

  // For at least half of the time, or all of it, whichever way it went.
  bool was_useless() {
    const std::int64_t longest =
        std::max(attempt_.up.media_last_ns - attempt_.up.media_first_ns,
                 attempt_.down.media_last_ns - attempt_.down.media_first_ns);
    if (longest < kFewestJudged) return false;
    for (const std::size_t way : {kUp, kDown}) {
      const MediaQuality& media = way == kUp ? quality_.up : quality_.down;
      const std::string_view to = way == kUp ? "up" : "down";
      if (media.windows >= kFewestWindows && media.bad_windows * 2 >= media.windows) {
        say(Outcome::degraded,
            fmt::format("{} of {} s bad {}: {:.0f} % lost, frozen {:.1f} s", 2 * media.bad_windows,
                        2 * media.windows, to, media.heard_loss.value_or(0) * 100,
                        media.frozen_ms / 1000));
        return true;
      }
      if (media.loss && !media.loss_denied && *media.loss >= kMostLoss) {
        say(Outcome::degraded, fmt::format("{:.0f} % lost {}", *media.loss * 100, to));
        return true;
      }
      if (media.delay_mos && *media.delay_mos < kLeastMos) {
        say(Outcome::degraded, fmt::format("jitter of {:.0f} ms {}", *media.jitter_ms, to));
        return true;
      }
    }
    return false;
  }

  void judge_one_sided_media() {
    const bool outward = attempt_.up.lively;
    const Course& heard = outward ? attempt_.up : attempt_.down;
    const Course& silent = outward ? attempt_.down : attempt_.up;
    verdict_.end_ns = heard.media_last_ns;
    const std::string_view where = outward ? "none came back" : "none went out";
    const std::int64_t lasted = heard.media_last_ns - heard.media_first_ns;
    if (half_captured()) {
      say(Outcome::not_observable, "one direction was not captured");
    } else if (attempt_.dialog && !attempt_.dialog->answered) {
      judge_dialog();
    } else if (silent.media_packets > 0 && ends_with_capture()) {
      say(Outcome::connected, "media had just begun when the capture ends");
    } else if (lasted >= kOneWay && !begun_at_the_end(heard)) {
      say(Outcome::one_way, fmt::format("media for {:.1f} s, {}", seconds(lasted), where));
    } else if (ends_with_capture()) {
      say(Outcome::not_observable, "the capture ends in the set-up");
    } else if (attempt_.down.lively && !attempt_.dialog) {
      // The other end had picked up.
      say(Outcome::not_observable, "too little media to tell");
    } else {
      judge_setup();
    }
  }

  [[nodiscard]] bool begun_at_the_end(const Course& course) const {
    return horizon_.ends_ns - course.media_first_ns < kInactive;
  }

  void judge_dialog() {
    const Dialog& dialog = *attempt_.dialog;
    const std::int64_t waited =
        (dialog.ended_ns != 0 ? dialog.ended_ns : attempt_.ts_last_ns) - attempt_.ts_first_ns;
    if (dialog.refused)
      say(Outcome::no_answer, fmt::format("declined ({})", dialog.status));
    else if (dialog.cancelled)
      say(waited < kCancelled ? Outcome::cancelled : Outcome::no_answer,
          fmt::format("given up after {:.1f} s", seconds(waited)));
    else if (dialog.unanswered)
      say(Outcome::setup_failed,
          fmt::format("no answer to the invitation for {:.1f} s", seconds(waited)));
    else if (dialog.failed)
      say(Outcome::setup_failed, fmt::format("refused by a server ({})", dialog.status));
    else if (ends_with_capture())
      say(Outcome::not_observable, "the capture ends in the set-up");
    else
      say(Outcome::no_answer, dialog.rang ? "rang, nobody answered" : "nobody answered");
  }

  // One that was asked over UDP and over TCP counts once.
  [[nodiscard]] std::size_t relays() const {
    const std::vector<Target>& targets = attempt_.targets;
    const auto counts = [&](const Target& target) {
      const auto twin = [&](const Target& other) {
        return other.at == target.at && !other.exchange.tcp && other.requests > 0;
      };
      return target.relay && target.requests > 0 &&
             !(target.exchange.tcp && std::any_of(targets.begin(), targets.end(), twin));
    };
    return static_cast<std::size_t>(std::count_if(targets.begin(), targets.end(), counts));
  }

  void judge_setup() {
    if (attempt_.dialog && !attempt_.dialog->answered) {
      judge_dialog();
    } else if (half_captured()) {
      say(Outcome::not_observable, "one direction was not captured");
    } else if (attempt_.up.media_packets > 0 && attempt_.down.media_packets > 0 &&
               ends_with_capture()) {
      say(Outcome::connected, "media had just begun when the capture ends");
    } else if (attempt_.up.media_packets > 0 && attempt_.down.media_packets > 0) {
      say(Outcome::not_observable, "too little media to tell");
    } else if (attempt_.answers + attempt_.asked_by_peer <= attempt_.challenges) {
      judge_silence();
    } else if (keys_failed()) {
      say(Outcome::setup_failed,
          fmt::format("{} DTLS hellos unanswered, checks answered", attempt_.hellos));
    } else if (attempt_.refusals > 0 && attempt_.refusals >= attempt_.answers) {
      say(Outcome::setup_failed, fmt::format("refused by the relay ({})", attempt_.last_refusal));
    } else if (length() < kCancelled && !ends_with_capture()) {
      say(Outcome::cancelled, fmt::format("given up after {:.1f} s", seconds(length())));
    } else if (ends_with_capture()) {
      say(Outcome::not_observable, "the capture ends in the set-up");
    } else {
      say(Outcome::no_answer, "relays answered, no media came");
    }
  }

  [[nodiscard]] bool keys_failed() const {
    return attempt_.hellos >= kRepetitions && attempt_.sealed == 0;
  }

  // Nobody answered anything, or only with a demand for credentials.
  void judge_silence() {
    const std::size_t silent = relays();
    const std::int64_t waited = horizon_.ends_ns - attempt_.ts_first_ns;
    const bool asked_enough = attempt_.requests + attempt_.other_packets >= kRepetitions;
    const std::string_view after = attempt_.challenges > 0 ? " after asking for credentials" : "";
    const bool brief = length() < kCancelled;
    const bool too_soon = brief ? ends_with_capture() : waited < kSilence || !asked_enough;
    if (too_soon) {
      say(Outcome::not_observable, "the capture ends in the set-up");
    } else if (brief) {
      say(Outcome::cancelled, fmt::format("given up after {:.1f} s", seconds(length())));
    } else if (silent > 0) {
      say(Outcome::setup_failed, fmt::format("{} of {} relays silent{} for {:.1f} s", silent,
                                             silent, after, seconds(length())));
    } else {
      say(Outcome::setup_failed, fmt::format("no answer for {:.1f} s", seconds(length())));
    }
  }

  [[nodiscard]] std::int64_t first_media() const {
    const Course& up = attempt_.up;
    const Course& down = attempt_.down;
    if (attempt_.talked()) return std::min(up.media_first_ns, down.media_first_ns);
    return up.lively ? up.media_first_ns : down.lively ? down.media_first_ns : 0;
  }

  void add_times() {
    const std::int64_t media = first_media();
    const bool set_up = attempt_.requests + attempt_.other_packets + attempt_.hellos > 0 ||
                        attempt_.dialog.has_value();
    std::int64_t talk = media;
    if (attempt_.talked())
      talk = std::max(attempt_.up.media_first_ns, attempt_.down.media_first_ns);
    if (media != 0) {
      verdict_.media_ns = media;
      verdict_.begun_before =
          !set_up || (begins_with_capture() && talk - attempt_.ts_first_ns < kSecond / 2);
      if (!verdict_.begun_before) verdict_.setup_ns = media - attempt_.ts_first_ns;
      verdict_.running_on = horizon_.ends_ns - verdict_.end_ns < kSecond;
    }
    std::int64_t ringing = attempt_.first_answer_ns;
    if (attempt_.dialog) ringing = attempt_.dialog->rang_ns;
    const std::int64_t until = media != 0 ? talk : verdict_.end_ns;
    if (ringing != 0 && ringing < until) verdict_.ring_ns = until - ringing;
  }

  const Attempt& attempt_;
  const Quality& quality_;
  const Horizon& horizon_;
  Verdict verdict_;
};

// No verdict on what was heard.
void forget_rating(MediaQuality& media) {
  media.loss_denied = true;
  media.mos.reset();
  media.windows = media.bad_windows = 0;
  media.freezes = 0;
  media.frozen_ms = 0;
}

// `way` is the media's; the other side reports on it. A receiver loses what was lost before the
// capture, too: it cannot have lost less.
bool reports_deny(const Attempt& attempt, std::size_t way, const MediaQuality& media) {
  const std::size_t reporter = 1 - way;
  const std::uint64_t reports = attempt.reports[reporter];
  if (!media.heard_loss || reports < kFewestReports) return false;
  const double told = attempt.reported_loss[reporter] / static_cast<double>(reports);
  return told < *media.heard_loss - kDenied && told < *media.heard_loss / 2;
}

double missing(const MediaQuality& media) {
  return media.loss.value_or(0) * static_cast<double>(media.expected);
}

bool is_thinned(const Attempt& attempt, const MediaQuality& up, const MediaQuality& down) {
  if (!up.loss || !down.loss) return false;
  if (*up.loss >= kNearlyAll && *down.loss >= kNearlyAll) return true;
  const auto expected = static_cast<double>(up.expected + down.expected);
  return attempt.overlap_ns() >= kEndured && missing(up) + missing(down) > kHalf * expected;
}

}  // namespace

Quality quality_of(const Attempt& attempt) {
  std::optional<double> rtt_ms;
  if (attempt.rtt_ns) rtt_ms = static_cast<double>(*attempt.rtt_ns) / 1e6;
  std::vector<StreamSample> one_way;
  const auto of = [&](bool up) {
    one_way.clear();
    for (const StreamSample& stream : attempt.streams)
      if (stream.up == up) one_way.push_back(stream);
    return judge(one_way, rtt_ms);
  };
  Quality out{of(true), of(false)};
  if (reports_deny(attempt, kUp, out.up)) forget_rating(out.up);
  if (reports_deny(attempt, kDown, out.down)) forget_rating(out.down);
  out.thinned = is_thinned(attempt, out.up, out.down);
  if (!out.thinned) return out;
  for (MediaQuality* media : {&out.up, &out.down}) {
    forget_rating(*media);
    media->loss.reset();
    media->heard_loss.reset();
  }
  return out;
}

Verdict judge(const Attempt& attempt, const Quality& quality, const Horizon& horizon) {
  return Judge(attempt, quality, horizon).decide();
}

}  // namespace deadair::call
