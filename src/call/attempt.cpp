// Adding up the flows of an attempt.
#include "call/attempt.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

// An SSRC seen again later than this was chosen again.
constexpr std::int64_t kNewUse = 30'000'000'000;
// A relay's 401 or 438 asks for credentials: the first half of every allocation (RFC 8656 section
// 7.2), no refusal.

// What one side asked of the other: STUN requests; else, of an application with words of its own,
// whatever is not media.
std::uint64_t asked(const FlowEvidence& flow, std::size_t way) {
  const flow::SetupFacts& facts = flow.setup[way];
  if (facts.requests != 0) return facts.requests;
  if (facts.others != 0) return facts.others;
  const bool media = flow.hidden[way].lively || !flow.streams.empty();
  return media ? 0 : flow.packets[way];
}

// One that is asked for an address is a relay, whatever its flow was recognised by.
bool is_relay(const FlowEvidence& flow, std::size_t ours) {
  return flow.role == classify::Role::relay || flow.setup[ours].allocates != 0;
}

// A relay asks nothing of its own accord: what comes from it in the form of a request answers in an
// application's own words (WhatsApp's pongs).
std::uint64_t answered(const FlowEvidence& flow, std::size_t way) {
  const flow::SetupFacts& facts = flow.setup[way];
  if (flow.setup[1 - way].requests == 0) return asked(flow, way);
  return facts.answers() + (is_relay(flow, 1 - way) ? facts.requests : 0);
}

// Over TCP a handshake and a page are lively for a moment as well: only what goes on is media.
bool is_lively(const FlowEvidence& flow, const flow::PulseFacts& hidden) {
  if (!flow.tcp) return hidden.lively;
  constexpr std::int64_t kLeast = 3'000'000'000;
  constexpr std::uint64_t kPerSecond = 8;
  const std::int64_t length = hidden.last_ns - hidden.first_ns;
  return hidden.lively && length >= kLeast &&
         hidden.packets * 1'000'000'000 >= kPerSecond * static_cast<std::uint64_t>(length);
}

void earliest(std::int64_t& kept, std::int64_t ts_ns) {
  if (ts_ns != 0 && (kept == 0 || ts_ns < kept)) kept = ts_ns;
}

}  // namespace

void Course::add_media(std::int64_t from_ns, std::int64_t to_ns, bool is_lively) {
  if (from_ns == 0 && to_ns == 0) return;
  last_ns = std::max(last_ns, to_ns);
  sign_ns = std::max(sign_ns, to_ns);
  if (lively && !is_lively) return;
  if (is_lively && !lively) media_first_ns = media_last_ns = 0;  // what was not lively is no talk
  lively = is_lively;
  earliest(media_first_ns, from_ns);
  media_last_ns = std::max(media_last_ns, to_ns);
}

void Attempt::extend(std::int64_t first_ns, std::int64_t last_ns, wire::FrameRef frame) {
  const bool empty = !frame_first.valid();
  if (empty || first_ns < ts_first_ns || (first_ns == ts_first_ns && frame < frame_first)) {
    ts_first_ns = first_ns;
    frame_first = frame;
  }
  ts_last_ns = empty ? last_ns : std::max(ts_last_ns, last_ns);
}

void Attempt::name(std::string_view said, Naming how, std::uint32_t by) {
  if (!app.empty() && how <= naming) return;
  app = said;
  naming = how;
  classifier = by;
}

// Relays listen on one port over UDP and over TCP (RFC 8656 section 3.1): the one may be answered
// and the other not. What runs there is the same.
void Attempt::add_target(const Target& target) {
  Target* known = nullptr;
  bool relay = target.relay;
  for (Target& other : targets) {
    if (other.at != target.at) continue;
    relay = other.relay = other.relay || relay;
    if (other.exchange.tcp == target.exchange.tcp) known = &other;
  }
  if (known == nullptr) {
    if (targets.size() == kMostTargets) return;
    targets.push_back(target);
    targets.back().relay = relay;
    return;
  }
  known->relay = relay;
  known->requests += target.requests;
  known->responses += target.responses;
  known->exchange += target.exchange;
}

void Attempt::add_setup(const FlowEvidence& flow, std::size_t ours) {
  const flow::SetupFacts& mine = flow.setup[ours];
  const flow::SetupFacts& theirs = flow.setup[1 - ours];
  requests += mine.requests;
  allocates += mine.allocates + theirs.allocates;
  checks += mine.checks + theirs.checks;
  answers += answered(flow, 1 - ours);
  asked_by_peer += theirs.requests;
  hellos += mine.hellos + theirs.hellos;
  sealed += mine.sealed + theirs.sealed;
  other_packets += mine.requests == 0 ? asked(flow, ours) : mine.others;
  challenges += theirs.challenges;
  refusals += theirs.errors - theirs.challenges;
  if (theirs.last_refusal != 0) last_refusal = theirs.last_refusal;
  earliest(first_answer_ns, theirs.first_answer_ns);
  // Candidates behind a translator never answer; only who once did can fall silent.
  if (theirs.answers() + theirs.requests + flow.packets[1 - ours] != 0) {
    unanswered += mine.unanswered;
    earliest(unanswered_from_ns, mine.unanswered_from);
  }
  if (flow.rtt_ns && (!rtt_ns || *flow.rtt_ns < *rtt_ns)) rtt_ns = flow.rtt_ns;
  for (const std::size_t way : {kUp, kDown}) {
    const flow::SetupFacts& facts = way == kUp ? mine : theirs;
    reports[way] += facts.reports;
    reported_loss[way] += facts.reported_loss().value_or(0) * facts.reports;
    if (facts.reports != 0) reported_jitter[way] = facts.reported_jitter;
  }
}

void Attempt::add_media(const FlowEvidence& flow, std::size_t ours) {
  const bool relayed = is_relay(flow, ours);
  for (const std::size_t way : {kUp, kDown}) {
    const std::size_t theirs = way == kUp ? ours : 1 - ours;
    Course& course = way == kUp ? up : down;
    const flow::PulseFacts& hidden = flow.hidden[theirs];
    course.packets += flow.packets[theirs];
    const flow::SetupFacts& setup = flow.setup[theirs];
    course.last_ns = std::max(course.last_ns, setup.last_ns);
    course.sign_ns = std::max(course.sign_ns, relayed ? setup.last_report_ns : setup.last_ns);
    if (hidden.packets == 0) continue;
    course.add_media(hidden.first_ns, hidden.last_ns, is_lively(flow, hidden));
    course.media_packets += hidden.packets;
    course.hidden_packets += hidden.packets;
    course.hidden_bytes += flow.bytes[theirs];
  }
  for (StreamSample stream : flow.streams) {
    stream.up = stream.up == (ours == kUp);
    Course& course = stream.up ? up : down;
    course.media_packets += stream.facts.packets;
    if (!stream.facts.repair) {
      course.add_media(stream.facts.first_ns, stream.facts.last_ns, stream.facts.lively);
      course.numbered_ns = std::max(course.numbered_ns, stream.facts.last_ns);
    }
    if (streams.size() < kMostStreams) streams.push_back(stream);
  }
}

void Attempt::add(const FlowEvidence& flow, bool turned) {
  const std::size_t ours = turned ? kDown : kUp;
  extend(flow.ts_first_ns, flow.ts_last_ns, flow.frame_first);
  name(flow.app, flow.naming, flow.classifier);
  kinds |= flow.kinds;
  sends_when_muted = sends_when_muted || flow.sends_when_muted;
  over_tcp = over_tcp && flow.tcp;
  const bool ice =
      flow.setup[kUp].checks + flow.setup[kDown].checks + flow.setup[ours].allocates > 0;
  alone = alone && flow.naming == Naming::protocol && !ice;
  add_target({turned ? flow.client : flow.server, is_relay(flow, ours), asked(flow, ours),
              answered(flow, 1 - ours), exchange_of(flow, ours)});
  add_session(flow.ice_session);
  add_setup(flow, ours);
  add_media(flow, ours);
  if (flow.community_id.size() != FlowId().size()) return;
  if (flows.size() == kMostFlows) {
    ++more_flows;
    return;
  }
  std::copy(flow.community_id.begin(), flow.community_id.end(), flows.emplace_back().begin());
}

void Attempt::absorb(const Attempt& other) {
  extend(other.ts_first_ns, other.ts_last_ns, other.frame_first);
  name(other.app, other.naming, other.classifier);
  kinds |= other.kinds;
  over_tcp = over_tcp && other.over_tcp;
  sends_when_muted = sends_when_muted || other.sends_when_muted;
  alone = alone && other.alone;
  if (other.talked() && !talked()) local = other.local;
  for (const std::size_t way : {kUp, kDown}) {
    Course& course = way == kUp ? up : down;
    const Course& added = way == kUp ? other.up : other.down;
    course.packets += added.packets;
    course.media_packets += added.media_packets;
    course.hidden_packets += added.hidden_packets;
    course.hidden_bytes += added.hidden_bytes;
    course.last_ns = std::max(course.last_ns, added.last_ns);
    course.sign_ns = std::max(course.sign_ns, added.sign_ns);
    course.numbered_ns = std::max(course.numbered_ns, added.numbered_ns);
    course.add_media(added.media_first_ns, added.media_last_ns, added.lively);
    reports[way] += other.reports[way];
    reported_loss[way] += other.reported_loss[way];
    reported_jitter[way] = std::max(reported_jitter[way], other.reported_jitter[way]);
  }
  requests += other.requests;
  allocates += other.allocates;
  checks += other.checks;
  answers += other.answers;
  refusals += other.refusals;
  challenges += other.challenges;
  sealed += other.sealed;
  if (other.last_refusal != 0) last_refusal = other.last_refusal;
  asked_by_peer += other.asked_by_peer;
  hellos += other.hellos;
  other_packets += other.other_packets;
  earliest(first_answer_ns, other.first_answer_ns);
  unanswered += other.unanswered;
  earliest(unanswered_from_ns, other.unanswered_from_ns);
  if (other.rtt_ns && (!rtt_ns || *other.rtt_ns < *rtt_ns)) rtt_ns = other.rtt_ns;
  if (other.dialog && !dialog) dialog = other.dialog;
  for (const StreamSample& stream : other.streams)
    if (streams.size() < kMostStreams) streams.push_back(stream);
  add_flows(other);
}

void Attempt::add_session(std::uint64_t session) {
  const auto known = std::find(ice_sessions.begin(), ice_sessions.end(), session);
  if (session == 0 || known != ice_sessions.end()) return;
  if (ice_sessions.size() < kMostSessions) ice_sessions.push_back(session);
}

void Attempt::add_flows(const Attempt& other) {
  for (const std::uint64_t session : other.ice_sessions) add_session(session);
  for (const Target& target : other.targets) add_target(target);
  more_flows += other.more_flows;
  for (const FlowId& flow : other.flows) {
    if (flows.size() < kMostFlows)
      flows.push_back(flow);
    else
      ++more_flows;
  }
}

void Attempt::absorb_leg(const Attempt& other) {
  extend(other.ts_first_ns, other.ts_last_ns, other.frame_first);
  name(other.app, other.naming, other.classifier);
  if (other.dialog && !dialog) dialog = other.dialog;
  add_flows(other);
}

Shared Attempt::shares(const Attempt& other) const {
  for (const StreamSample& mine : streams) {
    for (const StreamSample& theirs : other.streams) {
      const flow::RtpFacts& x = mine.facts;
      const flow::RtpFacts& y = theirs.facts;
      if (x.ssrc != y.ssrc || !(x.lively || y.lively)) continue;
      const std::int64_t both = std::min(x.last_ns, y.last_ns) - std::max(x.first_ns, y.first_ns);
      const std::int64_t shorter = std::min(x.last_ns - x.first_ns, y.last_ns - y.first_ns);
      if (both < -kNewUse) continue;
      return mine.up != theirs.up || both > shorter / 2 ? Shared::leg : Shared::path;
    }
  }
  return Shared::nothing;
}

bool Attempt::is_call() const {
  if (dialog || up.lively || down.lively) return true;
  if (allocates + checks + hellos > 0) return true;
  return naming > Naming::protocol && other_packets > 0;
}

std::int64_t Attempt::overlap_ns() const {
  if (!talked()) return 0;
  return std::min(up.heard_ns(), down.heard_ns()) -
         std::max(up.media_first_ns, down.media_first_ns);
}

bool Attempt::continues(const Attempt& other) const {
  for (const StreamSample& mine : streams)
    for (const StreamSample& theirs : other.streams)
      if (mine.facts.ssrc == theirs.facts.ssrc && mine.up == theirs.up) return true;
  for (const Target& mine : targets)
    for (const Target& theirs : other.targets)
      if (mine.at.ip == theirs.at.ip) return true;
  return false;
}

}  // namespace deadair::call
