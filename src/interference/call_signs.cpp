// Set-up: relays, credentials, keys. Media is in media_signs.cpp.
#include "interference/call_signs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

using call::kDown;
using call::kUp;
using call::Target;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSilence = 8 * kSecond;
constexpr std::int64_t kNoPair = 15 * kSecond;
constexpr std::uint64_t kTransmissions = 3, kFewestMedia = 20;

double seconds(std::int64_t ns) { return static_cast<double>(ns) / kSecond; }

bool observable(const CallStory& story) { return story.gates.strongest() != GateEffect::closes; }

std::int64_t asked_from(const Target& target) {
  const call::Exchange& exchange = target.exchange;
  return exchange.first_request_ns != 0 ? exchange.first_request_ns : exchange.first_ns;
}

bool asked_relay(const Target& target) {
  return target.relay && !target.exchange.tcp && target.requests > 0;
}
bool answered(const Target& target) {
  return target.responses > 0 || target.exchange.ways[kDown].packets > 0;
}

void show(CallSign& sign, wire::FrameRef frame) {
  if (frame.valid() && std::ranges::find(sign.frames, frame) == sign.frames.end())
    sign.frames.push_back(frame);
}

// Distinct addresses.
std::size_t count_hosts(const std::vector<const Target*>& targets) {
  std::vector<IpAddress> hosts;
  hosts.reserve(targets.size());
  for (const Target* target : targets) hosts.push_back(target->at.ip);
  std::ranges::sort(hosts);
  return static_cast<std::size_t>(std::ranges::unique(hosts).begin() - hosts.begin());
}

bool refuses(std::uint16_t code) {
  return code == 403 || code == 437 || code == 486 || code >= 500;
}

// Until when checks by this pair were answered; or, once it had answered after the first hello, by
// whichever other pair with the same host, to which the call may have moved on.
std::int64_t checked_until(const CallStory& story, const Target& asked, std::int64_t from) {
  std::int64_t until = asked.exchange.last_answer_ns;
  if (until <= from) return until;
  for (const Target& target : story.targets)
    if (target.at.ip == asked.at.ip) until = std::max(until, target.exchange.last_answer_ns);
  return until;
}

// The relays of a call that were asked often enough, for long enough, and never answered.
struct Silence {
  std::vector<const Target*> relays;
  std::size_t answered = 0;  // others that did
  std::int64_t from_ns = 0;
  std::uint64_t requests = 0;
};
Silence silence_of(const CallStory& story) {
  Silence out;
  out.from_ns = story.ts_last_ns;
  for (const Target& target : story.targets) {
    if (!asked_relay(target)) continue;
    if (answered(target)) {
      ++out.answered;
      continue;
    }
    if (target.requests < kTransmissions || story.until_ns - asked_from(target) < kSilence)
      continue;
    out.relays.push_back(&target);
    out.requests += target.requests;
    out.from_ns = std::min(out.from_ns, asked_from(target));
  }
  return out;
}

CallSign sign_of(const CallStory& story, const Silence& silence) {
  CallSign sign;
  sign.story = &story;
  sign.relays = count_hosts(silence.relays);
  for (const Target* target : silence.relays) {
    show(sign, target->exchange.frame_request);
    show(sign, target->exchange.frame_first);
  }
  return sign;
}

// Keys came by another pair.
bool has_keys_elsewhere(const CallStory& story, const Target& asked) {
  return std::ranges::any_of(story.targets, [&](const Target& target) {
    return target.at != asked.at && target.exchange.sealed[kDown] > 0;
  });
}

}  // namespace

std::optional<CallSign> silent_relays(const CallStory& story) {
  if (!observable(story) || story.went_through || story.down.lively) return std::nullopt;
  // Where they say so themselves, no relay runs there.
  if (story.around.closed_ports > 0) return std::nullopt;
  const Silence silence = silence_of(story);
  if (silence.answered > 0 || silence.relays.empty()) return std::nullopt;
  CallSign sign = sign_of(story, silence);
  sign.line_unseen = story.around.line_unseen;
  sign.shown = fmt::format("{} silent for {:.1f} s, asked {} times",
                           share_of(sign.relays, sign.relays, "relay", "relays"),
                           seconds(story.ts_last_ns - silence.from_ns), silence.requests);
  return sign;
}

std::optional<CallSign> some_silent_relays(const CallStory& story) {
  constexpr std::size_t kFewest = 3;
  if (!observable(story) || story.went_through || story.down.lively) return std::nullopt;
  if (story.around.closed_ports > 0) return std::nullopt;
  const Silence silence = silence_of(story);
  if (silence.answered == 0 || count_hosts(silence.relays) < kFewest) return std::nullopt;
  CallSign sign = sign_of(story, silence);
  sign.shown = fmt::format("{} of {} relays silent for {:.1f} s, asked {} times", sign.relays,
                           sign.relays + silence.answered,
                           seconds(story.ts_last_ns - silence.from_ns), silence.requests);
  return sign;
}

std::optional<CallSign> silent_allocates(const CallStory& story) {
  if (!observable(story) || story.down.lively) return std::nullopt;
  CallSign sign;
  sign.story = &story;
  std::vector<const Target*> silent;
  std::uint64_t requests = 0;
  for (const Target& target : story.targets) {
    const call::Exchange& exchange = target.exchange;
    if (!asked_relay(target) || exchange.allocates == 0) continue;
    if (exchange.granted > 0) return std::nullopt;
    if (exchange.challenges == 0 || exchange.unanswered_allocates < kTransmissions ||
        story.until_ns - exchange.unanswered_allocates_from_ns < kSilence)
      continue;
    silent.push_back(&target);
    requests += exchange.unanswered_allocates;
    show(sign, exchange.frame_answer);
    show(sign, exchange.frame_unanswered);
  }
  if (silent.empty()) return std::nullopt;
  sign.relays = count_hosts(silent);
  // The relay answered the first request: it is up, and the path to it.
  sign.pair_answered = true;
  sign.line_unseen = story.around.line_unseen;
  sign.shown = fmt::format("{} demanded credentials and left {} requests with them unanswered",
                           share_of(sign.relays, sign.relays, "relay", "relays"), requests);
  return sign;
}

std::optional<CallSign> refused_allocates(const CallStory& story) {
  CallSign sign;
  sign.story = &story;
  std::uint16_t code = 0;
  for (const Target& target : story.targets) {
    if (target.exchange.granted > 0) return std::nullopt;
    if (target.exchange.refusals == 0 || !refuses(target.exchange.last_refusal)) continue;
    ++sign.relays;
    code = target.exchange.last_refusal;
    show(sign, target.exchange.frame_answer);
  }
  if (sign.relays == 0) return std::nullopt;
  sign.shown = fmt::format("{} relay{} refused with error {}", sign.relays,
                           sign.relays == 1 ? "" : "s", code);
  return sign;
}

std::optional<CallSign> no_pair(const CallStory& story) {
  if (!observable(story) || story.up.lively || story.down.lively) return std::nullopt;
  if (story.ts_last_ns - story.ts_first_ns < kNoPair) return std::nullopt;
  CallSign sign;
  sign.story = &story;
  bool granted = false, asked = false;
  std::size_t tried = 0;
  for (const Target& target : story.targets) {
    granted = granted || (target.relay && target.exchange.granted > 0);
    if (target.relay) continue;
    if (answered(target) && target.responses > 0) return std::nullopt;
    if (target.requests < kTransmissions) continue;
    ++tried;
    asked = asked || target.exchange.asked_by_them > 0;
    show(sign, target.exchange.frame_request);
  }
  if (!granted || !asked || tried < 2) return std::nullopt;
  sign.shown = fmt::format("{} candidates of the peer tried, none answered, for {:.1f} s", tried,
                           seconds(story.ts_last_ns - story.ts_first_ns));
  return sign;
}

std::optional<CallSign> silent_keys(const CallStory& story) {
  if (!observable(story) || story.down.lively) return std::nullopt;
  for (const Target& target : story.targets) {
    const call::Exchange& exchange = target.exchange;
    const bool ours = exchange.hellos[kUp] >= kTransmissions &&
                      exchange.hellos[kDown] + exchange.sealed[kDown] == 0;
    // They repeat theirs though we answer each.
    const bool theirs = exchange.hellos[kDown] >= kTransmissions &&
                        exchange.sealed[kUp] >= kTransmissions && exchange.sealed[kDown] == 0;
    if ((!ours && !theirs) || has_keys_elsewhere(story, target)) continue;
    const std::int64_t from = exchange.first_hello_ns[ours ? kUp : kDown];
    // The silence of keys, in which checks are answered.
    if (checked_until(story, target, from) - from < 2 * kSecond || story.until_ns - from < kSilence)
      continue;
    CallSign sign;
    sign.story = &story;
    sign.relays = target.relay ? 1 : 0;
    sign.pair_answered = true;
    sign.shown = fmt::format("{} ClientHellos without an answer while checks were answered",
                             exchange.hellos[ours ? kUp : kDown]);
    show(sign, exchange.frame_hello);
    show(sign, exchange.frame_answer);
    return sign;
  }
  return std::nullopt;
}

std::optional<CallSign> tcp_instead(const CallStory& story) {
  CallSign sign;
  sign.story = &story;
  bool over_tcp = false;
  for (const Target& target : story.targets) {
    const call::Exchange& exchange = target.exchange;
    if (exchange.tcp) {
      if (!exchange.ways[kUp].lively || !exchange.ways[kDown].lively) continue;
      over_tcp = true;
      show(sign, exchange.frame_first);
    } else if (asked_relay(target)) {
      if (answered(target)) return std::nullopt;
      if (target.requests < kTransmissions) continue;
      ++sign.relays;
      show(sign, exchange.frame_request);
    }
  }
  if (!over_tcp || sign.relays == 0) return std::nullopt;
  sign.shown = fmt::format("{} relay{} silent over UDP, media over TCP", sign.relays,
                           sign.relays == 1 ? "" : "s");
  return sign;
}

IpAddress network_of(const IpAddress& address) {
  if (address.is_v4()) return IpAddress::v4(address.v4() & 0xffff'0000);
  return {address.high & 0xffff'ffff'0000'0000, 0};
}

bool have_other_callees(const CallStory& one, const CallStory& other) {
  const auto took_part = [](const Target& target) {
    return !target.relay && target.exchange.ways[kDown].packets > 0;
  };
  if (!std::ranges::any_of(one.targets, took_part) ||
      !std::ranges::any_of(other.targets, took_part))
    return false;
  return std::ranges::none_of(one.targets, [&](const Target& mine) {
    return took_part(mine) && std::ranges::any_of(other.targets, [&](const Target& theirs) {
             return took_part(theirs) && network_of(mine.at.ip) == network_of(theirs.at.ip);
           });
  });
}

bool source_is_dead(const CallStory& story) {
  std::uint64_t asked = 0;
  for (const Target& target : story.targets) asked += target.requests;
  return asked >= kTransmissions && story.down.packets == 0 && is_private(story.client.ip) &&
         !story.around.host_heard && story.around.others_heard;
}

bool sends_nothing(const CallStory& story) {
  return story.at_client && story.down.lively && !story.up.lively &&
         story.up.media_packets < kFewestMedia;
}

bool fell_silent_itself(const CallStory& story) {
  return story.at_client && story.outcome == call::Outcome::cut &&
         story.end_ns == story.up.media_last_ns &&
         story.down.media_last_ns - story.up.media_last_ns >= 3 * kSecond;
}

bool udp_is_dead(const CallStory& story) {
  const Surroundings& around = story.around;
  const bool silent = std::ranges::none_of(
      story.targets, [](const Target& target) { return !target.exchange.tcp && answered(target); });
  constexpr std::uint32_t kServers = 2;
  return silent && !story.targets.empty() && around.udp_answered == 0 && around.udp_heard == 0 &&
         around.stun_elsewhere == 0 && around.stun_own == 0 && around.tcp_answered > 0 &&
         around.udp_silent >= kServers;
}

}  // namespace deadair::interference
