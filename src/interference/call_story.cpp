// Makes stories of attempts.
#include "interference/call_story.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "interference/fates.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// A capture that ends sooner after the last packet does not show silence (T_inact of media).
constexpr std::int64_t kInactive = 10 * kSecond;
constexpr std::int64_t kNear = 60 * kSecond, kBeside = 30 * kSecond, kTenMinutes = 600 * kSecond,
                       kHour = 3600 * kSecond;

// Answers to questions that were never captured. Of a few the capture may have begun between the
// two.
bool answers_unasked(const call::Attempt& attempt) {
  constexpr std::uint64_t kSurplus = 3, kTenth = 10;
  std::uint64_t surplus = 0, asked = 0;
  for (const call::Target& target : attempt.targets) {
    const call::Exchange& exchange = target.exchange;
    if (exchange.last_answer_ns != 0 && target.requests == 0 &&
        exchange.ways[call::kUp].packets != 0)
      return true;
    asked += exchange.allocates;
    if (exchange.granted > exchange.allocates) surplus += exchange.granted - exchange.allocates;
  }
  return surplus >= kSurplus && surplus * kTenth > asked;
}

std::uint64_t missing_of(const call::MediaQuality& media) {
  if (!media.loss || media.loss_denied || media.expected < media.packets) return 0;
  return media.expected - media.packets;
}

// Media goes out over a pair whose check was answered (RFC 8445 section 12.1), or by a relay that
// gave an address: where nothing at all came and media went, the answers were not captured.
bool speaks_unanswered(const call::Attempt& attempt) {
  constexpr std::int64_t kSpoken = 2 * kSecond, kRate = 10;
  const auto asked = [](const call::Target& target) { return target.requests > 0; };
  const auto spoken_to = [](const call::Target& target) {
    const call::Passage& ours = target.exchange.ways[call::kUp];
    const std::int64_t length = ours.media_last_ns - ours.media_first_ns;
    // Requests in words of an application's own may look like media, not come as often.
    return ours.lively && length >= kSpoken &&
           static_cast<std::int64_t>(ours.media_packets) * kSecond >= kRate * length;
  };
  return attempt.down.packets == 0 && !attempt.dialog &&
         std::ranges::any_of(attempt.targets, asked) &&
         std::ranges::any_of(attempt.targets, spoken_to);
}

GateSet gates_of(const call::Attempt& attempt, const call::Quality& quality, const View& view) {
  GateSet gates;
  const bool half = attempt.up.packets == 0 || attempt.down.packets == 0;
  if (half && !view.both_ways && !attempt.dialog) gates.set(Gate::onesided, GateEffect::closes);
  if (speaks_unanswered(attempt)) gates.set(Gate::onesided, GateEffect::closes);
  if (view.until_ns - attempt.ts_last_ns < kInactive) gates.set(Gate::end);
  if (quality.thinned || answers_unasked(attempt)) gates.set(Gate::caploss_udp, GateEffect::closes);
  return gates;
}

// From the first request that a relay left unanswered to the last.
std::optional<Stretch> asked_in_vain(const CallStory& story) {
  constexpr std::uint64_t kTransmissions = 3;
  std::optional<Stretch> out;
  for (const call::Target& target : story.targets) {
    const call::Exchange& exchange = target.exchange;
    if (!target.relay || exchange.tcp) continue;
    std::int64_t from_ns = 0;
    if (target.responses == 0 && target.requests >= kTransmissions)
      from_ns = exchange.first_request_ns != 0 ? exchange.first_request_ns : exchange.first_ns;
    else if (exchange.granted == 0 && exchange.unanswered_allocates >= kTransmissions)
      from_ns = exchange.unanswered_allocates_from_ns;
    else
      continue;
    if (!out) out = {from_ns, exchange.last_ns};
    out->from_ns = std::min(out->from_ns, from_ns);
    out->to_ns = std::max(out->to_ns, exchange.last_ns);
  }
  return out;
}

// From the last that came in a call to the last media that went out, some seconds
// later.
std::optional<Stretch> spoke_in_vain(const CallStory& story) {
  constexpr std::int64_t kWentOn = 3 * kSecond;
  if (!story.up.lively || story.down.packets == 0 ||
      story.up.media_last_ns - story.down.last_ns < kWentOn)
    return std::nullopt;
  return Stretch{story.down.last_ns + 1, story.up.media_last_ns};
}

// A line that dies for half a minute is alive before and after: only what came meanwhile tells.
void look_within(CallStory& story, const HeardLog& heard) {
  std::optional<Stretch> vain = asked_in_vain(story);
  if (const std::optional<Stretch> spoke = spoke_in_vain(story)) vain = spoke;
  const Stretch within = vain.value_or(Stretch{story.ts_first_ns, story.ts_last_ns});
  const HeardLog::Heard came = heard.within(story.client.ip, within.from_ns, within.to_ns);
  // Where ports have run out they stay so until others are given back, which takes minutes.
  const HeardLog::Heard near =
      heard.within(story.client.ip, within.from_ns - kBeside, within.to_ns + kBeside);
  story.around.udp_opened = came.udp_opened;
  story.around.ports_unseen = came.udp_opened == 0 && near.udp_failed != 0;
  story.around.line_unseen = vain && came.came == 0 && !within.holds(story.down.last_ns);
}

}  // namespace

CallStory story_of(const call::Attempt& attempt, const call::Verdict& verdict,
                   const call::Quality& quality, const call::ChatSummary& chat, const View& view,
                   std::uint64_t number) {
  CallStory out;
  out.number = number;
  out.app = attempt.app;
  out.generic = attempt.naming == call::Naming::protocol;
  out.client = attempt.local;
  out.ts_first_ns = attempt.ts_first_ns;
  out.ts_last_ns = attempt.ts_last_ns;
  out.until_ns = view.until_ns;
  out.frame_first = attempt.frame_first;
  if (!attempt.flows.empty())
    out.flow.assign(attempt.flows.front().begin(), attempt.flows.front().end());
  out.outcome = verdict.outcome;
  out.end_ns = verdict.end_ns;
  out.talk_ns = verdict.talk_ns;
  out.ringing_told = attempt.dialog && (attempt.dialog->rang || attempt.dialog->refused);
  out.refused = attempt.dialog && attempt.dialog->failed && attempt.dialog->status != 0;
  out.sends_when_muted = attempt.sends_when_muted;
  out.kinds = attempt.kinds;
  out.up = attempt.up;
  out.down = attempt.down;
  out.numbered = {quality.up.packets, quality.down.packets};
  out.missing = {missing_of(quality.up), missing_of(quality.down)};
  out.asked_by_peer = attempt.asked_by_peer;
  out.targets = attempt.targets;
  out.ice_sessions = attempt.ice_sessions;
  out.chat = chat;
  out.text_near = view.text_near;
  out.gates = gates_of(attempt, quality, view);
  return out;
}

bool CallStory::text_around() const {
  if (text_alive() || text_near) return true;
  return generic && std::ranges::any_of(
                        targets, [](const call::Target& target) { return target.responses > 0; });
}

bool CallStory::callee_took_part() const {
  if (down.media_packets > 0 || asked_by_peer > 0) return true;
  return std::ranges::any_of(targets, [](const call::Target& target) {
    const call::Exchange& exchange = target.exchange;
    return (!target.relay && target.responses > 0) ||
           exchange.sealed[call::kDown] + exchange.hellos[call::kDown] > 0 ||
           exchange.ways[call::kDown].last_sender_report_ns != 0;
  });
}

void note_next_tries(std::span<CallStory> stories) {
  constexpr std::int64_t kSoon = 30 * kSecond;
  std::map<std::tuple<IpAddress, std::string_view, IpAddress>, std::vector<std::int64_t>> answered;
  for (const CallStory& story : stories)
    if (story.outcome == call::Outcome::connected)
      for (const call::Target& target : story.targets)
        if (target.relay && target.responses > 0)
          answered[{story.client.ip, story.app, target.at.ip}].push_back(story.ts_first_ns);
  for (auto& [whom, begins] : answered) std::ranges::sort(begins);
  for (CallStory& story : stories) {
    if (story.outcome != call::Outcome::setup_failed) continue;
    story.went_through = std::ranges::any_of(story.targets, [&](const call::Target& target) {
      const auto known = answered.find({story.client.ip, story.app, target.at.ip});
      if (!target.relay || known == answered.end()) return false;
      const auto next = std::ranges::upper_bound(known->second, story.ts_first_ns);
      return next != known->second.end() && *next <= story.ts_last_ns + kSoon;
    });
  }
}

void reach(CallStory& story, std::int64_t until_ns) {
  story.until_ns = std::max(story.until_ns, until_ns);
  if (story.until_ns - story.ts_last_ns >= kInactive) story.gates.clear(Gate::end);
}

void look_around(CallStory& story, const Controls& controls, const HeardLog& heard) {
  look_within(story, heard);
  const IpAddress& client = story.client.ip;
  const std::uint64_t app = subject_of(story.app);
  const std::int64_t from = story.ts_first_ns, to = story.ts_last_ns;
  const auto all = [&](Control what, std::int64_t margin) {
    return controls.all(what, client, from - margin, to + margin);
  };
  const auto others = [&](Control what, std::int64_t margin) {
    return controls.others(what, client, app, from - margin, to + margin);
  };
  Surroundings& around = story.around;
  around.tcp_answered = all(Control::tcp_answered, kNear);
  around.udp_answered = others(Control::udp_answered, kNear);
  around.name_answered = all(Control::name_answered, kNear);
  around.udp_heard = all(Control::udp_answered, kTenMinutes);
  around.udp_silent = all(Control::udp_silent, kTenMinutes);
  around.stun_elsewhere = others(Control::stun_answered, kTenMinutes);
  around.stun_own = controls.count(Control::stun_answered, client, app, from - kHour, to + kHour);
  around.calls_elsewhere = others(Control::call_connected, kHour);
  around.calls_tunnelled =
      controls.count(Control::call_tunnelled, client, app, from - kHour, to + kHour);
  around.closed_ports = 0;
  // Beside relays, a peer's closed port is that of one candidate among several; and who answered
  // before has closed his port since.
  const bool relays = std::ranges::any_of(story.targets, &call::Target::relay);
  for (const call::Target& target : story.targets)
    if (target.relay == relays && target.responses == 0)
      around.closed_ports += controls.count(Control::port_closed, client, subject_of(target.at.ip),
                                            from - kNear, to + kNear) != 0;
  around.host_heard = story.down.packets != 0 || all(Control::tcp_answered, kHour) != 0 ||
                      all(Control::udp_answered, kHour) != 0 ||
                      all(Control::name_answered, kHour) != 0;
  around.others_heard = controls.of_anyone(Control::tcp_answered, from - kHour, to + kHour) != 0;
}

}  // namespace deadair::interference
