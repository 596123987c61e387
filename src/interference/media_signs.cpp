// Conditions on media that flowed and stopped, or flowed one way.
#include <algorithm>

#include <fmt/format.h>

#include "interference/call_signs.hpp"
#include "interference/chance.hpp"

namespace deadair::interference {
namespace {

using call::Exchange;
using call::kDown;
using call::kUp;
using call::Passage;
using call::Target;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kFewestMedia = 20;
// Of any kind, each way: a pair that so much passed by was open.
constexpr std::uint64_t kFewestPassed = 20;
// Media that goes out after the last that came in: no hang-up, which stops both within a round
// trip.
constexpr std::int64_t kWentOn = 3 * kSecond, kWentOnUnchecked = 5 * kSecond;
// In the first seconds nobody is muted.
constexpr std::int64_t kHardlyBegun = 3 * kSecond, kWentOnAtOnce = 7 * kSecond;
constexpr std::int64_t kCheckedFor = 5 * kSecond;
constexpr std::int64_t kOneWay = 5 * kSecond;
constexpr std::int64_t kInactive = 10 * kSecond;
constexpr std::uint64_t kUnanswered = 3, kReports = 3;
// Where answers end as media begins.
constexpr std::int64_t kJustBefore = 3 * kSecond;
// Per second. The lower one is media all the same (silence suppression), and enough where checks
// tell the rest.
constexpr double kRate = 10, kLeastRate = 3;
constexpr double kAllLost = 0.9, kMostLost = 0.75, kHalfLost = 0.5;
constexpr double kChance = 0.01;

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

// Media of one direction, over all targets by which it came.
struct Stream {
  std::uint64_t packets = 0;
  std::uint64_t passed = 0;  // with whatever else came by these ways
  std::int64_t first_ns = 0, last_ns = 0;
  std::int64_t sign_ns = 0;       // anything but media
  std::int64_t report_ns = 0;     // sender reports
  std::int64_t numbered_ns = 0;   // media with RTP headers, also by ways where it is too slow
  const Target* ended = nullptr;  // where it ended

  // Who says little after the call took another way is heard all the same.
  [[nodiscard]] std::int64_t heard_ns() const { return std::max(last_ns, numbered_ns); }

  [[nodiscard]] double rate() const {
    return last_ns > first_ns ? static_cast<double>(packets) / seconds(last_ns - first_ns) : 0;
  }
};
Stream stream_of(const CallStory& story, std::size_t way) {
  Stream out;
  for (const Target& target : story.targets) {
    const Passage& passage = target.exchange.ways[way];
    out.report_ns = std::max(out.report_ns, passage.last_sender_report_ns);
    out.numbered_ns = std::max(out.numbered_ns, passage.last_numbered_ns);
    if (!passage.lively) continue;
    out.packets += passage.media_packets;
    out.passed += passage.packets;
    if (out.ended == nullptr || passage.media_first_ns < out.first_ns)
      out.first_ns = passage.media_first_ns;
    if (out.ended == nullptr || passage.media_last_ns > out.last_ns) {
      out.last_ns = passage.media_last_ns;
      out.ended = &target;
    }
    out.sign_ns = std::max(out.sign_ns, passage.last_sign_ns);
  }
  return out;
}

// Of the direction in which it sends.
std::string_view end_of(std::size_t way) { return way == kUp ? "this end" : "the other end"; }

struct Cut {
  bool there = false;
  bool pair_answered = false;
  bool may_be_silent = false;
  std::string_view must_send = {};
};

// Why its sender must have sent what does not come.
std::string_view sender_of(bool reports, bool numbered, const CallStory& story) {
  if (reports) return "reports of whoever is not heard say that media was sent";
  if (numbered) return "what came is numbered as if more had been sent";
  return story.sends_when_muted ? "a muted end of this application goes on sending" : "";
}

bool carries_media(const Target& target) {
  return target.exchange.ways[kUp].lively || target.exchange.ways[kDown].lively;
}

// Requests at the end that nobody answers, after some that were, by any way to this host by which
// media goes or came: ICE moves calls from one port of a server to another. Applications have
// answers of their own, in the form of requests (WhatsApp's pongs): where anything but media came
// since, none is missing.
bool checks_fail(const CallStory& story, const Target& asked) {
  std::vector<const Exchange*> ways;
  std::int64_t answer_ns = 0, sign_ns = 0, last_ns = 0, from_ns = 0;
  for (const Target& target : story.targets) {
    if (target.at.ip != asked.at.ip || !carries_media(target)) continue;
    const Exchange& exchange = target.exchange;
    ways.push_back(&exchange);
    answer_ns = std::max(answer_ns, exchange.last_answer_ns);
    sign_ns = std::max(sign_ns, exchange.ways[kDown].last_sign_ns);
    last_ns = std::max(last_ns, exchange.last_ns);
  }
  std::uint64_t unanswered = 0;
  for (const Exchange* exchange : ways) {
    if (exchange->unanswered_from_ns <= sign_ns) continue;
    unanswered += exchange->unanswered;
    from_ns = from_ns == 0 ? exchange->unanswered_from_ns
                           : std::min(from_ns, exchange->unanswered_from_ns);
  }
  return unanswered >= kUnanswered && answer_ns != 0 && last_ns - from_ns >= kCheckedFor;
}

// A relay that leaves checks unanswered as well is not what the callee takes away.
bool relay_fell_silent(const CallStory& story) {
  return std::ranges::any_of(story.targets, [&](const Target& target) {
    return target.relay && carries_media(target) && checks_fail(story, target);
  });
}

// Nothing whatever comes any more by the ways by which media goes or came.
Cut path_died(const CallStory& story, const Stream& out) {
  std::int64_t any_ns = 0;
  for (const Target& target : story.targets)
    if (carries_media(target)) any_ns = std::max(any_ns, target.exchange.ways[kDown].last_ns);
  const bool checked = std::ranges::any_of(
      story.targets, [&](const Target& target) { return checks_fail(story, target); });
  return {out.rate() >= (checked ? kLeastRate : kRate) &&
              out.last_ns - any_ns >= (checked ? kWentOn : kWentOnUnchecked),
          false, false};
}

// Checks and reports pass all the while, media of one side does not. Of our own side, which is what
// a capture near the other end misses, only its reports tell that it sends.
Cut media_died(const CallStory& story, const Stream& silent, const Stream& heard, bool ours) {
  if (silent.sign_ns - silent.heard_ns() < kWentOn) return {};
  const std::int64_t went_on = heard.last_ns - silent.heard_ns();
  const bool at_once = silent.last_ns - silent.first_ns < kHardlyBegun && went_on >= kWentOnAtOnce;
  const bool reports = silent.report_ns > silent.last_ns + kWentOn;
  const bool sends = reports || (!ours && (story.sends_when_muted || at_once));
  return {heard.rate() >= kRate && went_on >= kWentOnUnchecked && (sends || !ours), true, !sends,
          sender_of(reports, false, story)};
}

// The last that only the other end itself can have sent, media aside: a relay answers for itself,
// whatever became of the callee.
std::int64_t end_sign_of(const CallStory& story) {
  std::int64_t out = 0;
  for (const Target& target : story.targets) {
    const Passage& in = target.exchange.ways[kDown];
    out = std::max(out, target.relay ? in.last_report_ns : in.last_sign_ns);
  }
  return out;
}

CallSign cut_sign(const CallStory& story, const Stream& silent, const Stream& heard, const Cut& cut,
                  std::size_t way) {
  CallSign sign;
  sign.story = &story;
  sign.relays = silent.ended->relay ? 1 : 0;
  sign.pair_answered = cut.pair_answered;
  sign.callee_gone =
      way == kDown && end_sign_of(story) - silent.heard_ns() < kWentOn && !relay_fell_silent(story);
  sign.may_be_silent = cut.may_be_silent;
  sign.must_send = cut.must_send;
  sign.line_unseen = story.around.line_unseen;
  // By all ways that the call took: by the first alone it is the same in calls that change it.
  sign.after_packets = static_cast<double>(silent.packets);
  sign.after_ms = static_cast<double>(silent.last_ns - silent.first_ns) / 1e6;
  sign.shown =
      fmt::format("no media from {} after {} packets and {:.1f} s, while {} sent for {:.1f} s more",
                  end_of(way), silent.packets, *sign.after_ms / 1000, end_of(1 - way),
                  seconds(heard.last_ns - silent.last_ns));
  show(sign, silent.ended->exchange);
  return sign;
}

// The packets that came are numbered as if others had not: their sender does speak.
bool lost_by_number(const CallStory& story, std::size_t way, double share) {
  const std::uint64_t missing = story.missing[way];
  const auto all = static_cast<double>(missing + story.numbered[way]);
  return missing >= kFewestMedia && static_cast<double>(missing) >= share * all;
}

// Where these are lost as well it is the path, or the capture, that loses whatever comes.
bool checks_pass(const CallStory& story, const Target& target, std::size_t way) {
  constexpr std::uint64_t kChecks = 3;
  if (target.requests < kChecks || 5 * target.responses < 4 * target.requests) return false;
  const std::uint64_t lost = target.requests - std::min(target.responses, target.requests);
  return fisher_one_sided(target.responses, lost, story.numbered[way], story.missing[way]) <
         kChance;
}

// A pair that had been open falls silent for good before the other end was heard by it: requests go
// unanswered while ours goes on. Where there are none, in an application of its own words, ours
// alone tells, and longer.
std::optional<CallSign> pair_died(const CallStory& story) {
  if (story.down.lively || !link_alive(story)) return std::nullopt;
  const Stream out = stream_of(story, kUp);
  std::int64_t heard_ns = out.first_ns;
  for (const Target& target : story.targets)
    heard_ns = std::max(heard_ns, target.exchange.ways[kDown].last_ns);
  if (out.rate() < kRate || story.until_ns - heard_ns < kInactive) return std::nullopt;
  for (const Target& target : story.targets) {
    const Passage& in = target.exchange.ways[kDown];
    const Passage& ours = target.exchange.ways[kUp];
    const bool checked = carries_media(target) && checks_fail(story, target);
    if (!ours.lively || std::min(in.packets, ours.packets) < kFewestPassed ||
        out.last_ns - heard_ns < (checked ? kWentOnUnchecked : kInactive))
      continue;
    CallSign sign;
    sign.story = &story;
    sign.relays = target.relay ? 1 : 0;
    sign.is_faint = !checked;
    sign.callee_gone = !relay_fell_silent(story);
    sign.line_unseen = story.around.line_unseen;
    sign.never_heard = true;
    sign.after_packets = static_cast<double>(in.packets);
    sign.after_ms = static_cast<double>(in.last_ns - target.exchange.first_ns) / 1e6;
    sign.shown = fmt::format(
        "nothing at all from the other end after {} packets and {:.1f} s, while this end sent "
        "media "
        "for {:.1f} s more",
        in.packets, *sign.after_ms / 1000, seconds(out.last_ns - heard_ns));
    show(sign, target.exchange);
    return sign;
  }
  return std::nullopt;
}

// The peer answered as media began, and was asked nothing since.
bool answered_at_first(const Target& target, const Passage& heard) {
  const Exchange& exchange = target.exchange;
  return !target.relay && target.responses > 0 && exchange.unanswered == 0 &&
         exchange.last_answer_ns + kJustBefore >= heard.media_first_ns;
}

// Checks were answered while media came, and are not any more, too many for chance. Who hears a
// check answers it (RFC 7675 section 5.1); media, reports and checks of theirs go on unasked.
bool leaves_unanswered(const Target& target) {
  const Exchange& exchange = target.exchange;
  const Passage& in = exchange.ways[kDown];
  if (exchange.unanswered < kUnanswered || exchange.unanswered_from_ns == 0 ||
      exchange.last_answer_ns <= in.media_first_ns ||
      in.last_word_ns >= exchange.unanswered_from_ns)
    return false;
  const std::uint64_t before = target.requests - std::min(exchange.unanswered, target.requests);
  const std::uint64_t answered = std::min(target.responses, before);
  return fisher_one_sided(answered, before - answered, 0, exchange.unanswered) < kChance;
}

double reported(const Exchange& exchange) {
  return exchange.reports == 0 ? 0 : exchange.reported_loss / static_cast<double>(exchange.reports);
}

std::optional<CallSign> unheard_by(const CallStory& story, const Target& target) {
  const Exchange& exchange = target.exchange;
  const Passage& in = exchange.ways[kDown];
  const Passage& out = exchange.ways[kUp];
  const std::int64_t lasted = in.media_last_ns - in.media_first_ns;
  if (!in.lively || lasted < kOneWay || rate(in) < kRate || out.media_packets < kFewestMedia)
    return std::nullopt;
  const bool many = exchange.reports >= kReports;
  const bool told = many && reported(exchange) >= kAllLost;
  // Reports that can be read and tell of less deny it.
  const bool unchecked = leaves_unanswered(target) && (!many || reported(exchange) >= kHalfLost) &&
                         in.media_last_ns - exchange.unanswered_from_ns >= kCheckedFor;
  if (!told && !unchecked) return std::nullopt;
  CallSign sign;
  sign.story = &story;
  sign.relays = target.relay ? 1 : 0;
  sign.pair_answered = told && !unchecked;
  sign.shown = told ? fmt::format("{} reports say that {:.0f} % of ours was lost", exchange.reports,
                                  reported(exchange) * 100)
                    : fmt::format("{} checks unanswered while media came in for {:.1f} s",
                                  exchange.unanswered,
                                  seconds(in.media_last_ns - exchange.unanswered_from_ns));
  show(sign, exchange);
  return sign;
}

// One side's media by this way, and none of the other's by any.
std::optional<CallSign> unanswered_by(const CallStory& story, const Target& target,
                                      std::size_t way) {
  const bool both = story.up.lively && story.down.lively;
  const Passage& silent = target.exchange.ways[way];
  const Passage& heard = target.exchange.ways[1 - way];
  const bool passes = silent.last_sign_ns >= heard.media_first_ns + kWentOn;
  if (!heard.lively || rate(heard) < kRate ||
      heard.media_last_ns - heard.media_first_ns < kOneWay ||
      story.until_ns - heard.media_first_ns < kInactive ||
      !(passes || (way == kDown && answered_at_first(target, heard))))
    return std::nullopt;
  const bool numbered =
      checks_pass(story, target, way) && lost_by_number(story, way, both ? kMostLost : kHalfLost);
  const bool reports = silent.last_sender_report_ns >= heard.media_first_ns + kWentOn;
  const bool sends = numbered || reports;
  // What comes now and then all the while tells by its numbers whether there was more.
  const bool trickles = silent.media_last_ns >= heard.media_first_ns + kOneWay;
  if (both || trickles ? !numbered : way == kUp && !sends) return std::nullopt;
  CallSign sign;
  sign.story = &story;
  sign.relays = target.relay ? 1 : 0;
  sign.pair_answered = passes;
  sign.path_unseen = !passes;
  sign.may_be_silent = !sends && !story.sends_when_muted;
  sign.must_send = sender_of(reports, numbered, story);
  if (way == kUp && sends_nothing(story)) sign.may_be_silent = true;
  const std::uint64_t missing = story.missing[way];
  sign.shown = fmt::format(
      "{} packets of media from {} in {:.1f} s, {} from {}{}, checks answered{}{}",
      heard.media_packets, end_of(1 - way), seconds(heard.media_last_ns - heard.media_first_ns),
      silent.media_packets, end_of(way),
      missing == 0 ? "" : fmt::format(", whose numbers tell of {} more", missing),
      passes ? "" : " at first",
      way == kUp && sends_nothing(story) ? "; this end itself sent none" : "");
  show(sign, target.exchange);
  return sign;
}

}  // namespace

std::optional<CallSign> media_cut(const CallStory& story) {
  if (!observable(story)) return std::nullopt;
  for (const std::size_t way : {kDown, kUp}) {
    const Stream silent = stream_of(story, way), heard = stream_of(story, 1 - way);
    if (std::min(silent.passed, heard.passed) < kFewestPassed ||
        std::min(silent.packets, heard.packets) == 0)
      continue;
    if (story.until_ns - silent.heard_ns() < kInactive) continue;
    // What the client sends is captured before anything on the path could take it away.
    if (way == kUp && story.at_client) continue;
    Cut cut;
    if (way == kDown && link_alive(story)) cut = path_died(story, heard);
    if (!cut.there) cut = media_died(story, silent, heard, way == kUp);
    if (cut.there) return cut_sign(story, silent, heard, cut, way);
  }
  return pair_died(story);
}

std::optional<CallSign> nothing_heard(const CallStory& story) {
  const bool both = story.up.lively && story.down.lively;
  if (!observable(story) || !story.callee_took_part() || pair_died(story)) return std::nullopt;
  if (both ? !hardly_heard(story) : story.up.lively == story.down.lively) return std::nullopt;
  // What is missing.
  const std::size_t way = both ? (lost_by_number(story, kDown, kMostLost) ? kDown : kUp)
                               : (story.up.lively ? kDown : kUp);
  for (const Target& target : story.targets)
    if (std::optional<CallSign> sign = unanswered_by(story, target, way)) return sign;
  return std::nullopt;
}

bool hardly_heard(const CallStory& story) {
  return observable(story) &&
         (lost_by_number(story, kUp, kMostLost) || lost_by_number(story, kDown, kMostLost));
}

std::optional<CallSign> not_heard(const CallStory& story) {
  if (!observable(story)) return std::nullopt;
  for (const Target& target : story.targets)
    if (std::optional<CallSign> sign = unheard_by(story, target)) return sign;
  return std::nullopt;
}

}  // namespace deadair::interference
