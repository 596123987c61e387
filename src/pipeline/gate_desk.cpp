// Measuring gates: cheap marks while packets come, sums when flows end.
#include "pipeline/gate_desk.hpp"

#include <algorithm>

#include "bytes/hash.hpp"

namespace deadair::pipeline {
namespace {

using flow::FlowRecord;
using flow::Side;
using interference::Gate;
using interference::GateEffect;
using interference::GateSet;
using interference::Kind;
using interference::Stretch;
using namespace flow::tcp_seen;

// Steps back up to this are packets out of order; the windows of the detectors are as wide.
constexpr std::int64_t kOutOfOrder = 5'000'000;

bool closed(const FlowRecord& record) {
  const std::uint8_t fins = record.seen & (kFinA | kFinB);
  return fins == (kFinA | kFinB) || (record.seen & kReset) != 0;
}

Kind kind_of(const FlowRecord& record) {
  if (record.proto != wire::ip_proto::kTcp) return Kind::udp;
  const bool asked = (record.seen & kSynSeen) != 0;
  return asked && (record.seen & (kSynAck | kEstablished)) == 0 ? Kind::syn : Kind::tcp;
}

// One direction is not all there was: whoever completes a handshake, or goes on without one, has
// got something from the other.
bool half_of_more(const FlowRecord& record) {
  if (record.packets(Side::a) != 0 && record.packets(Side::b) != 0) return false;
  if (record.proto != wire::ip_proto::kTcp) return false;
  return (record.seen & (kEstablished | kSynAck)) != 0 || (record.seen & kSynSeen) == 0;
}

bool begun(const FlowRecord& record, const flow::SetupTrack* setup) {
  if (record.proto == wire::ip_proto::kTcp) return (record.seen & (kSynSeen | kSynAck)) != 0;
  if (setup == nullptr) return true;
  const flow::SetupFacts& a = setup->of(Side::a);
  const flow::SetupFacts& b = setup->of(Side::b);
  return a.sealed + b.sealed == 0 || a.hellos + b.hellos != 0;
}

bool answered_unasked(const FlowRecord& record, const flow::SetupTrack& setup) {
  constexpr std::uint32_t kSeveral = 2;
  const flow::SetupFacts& client = setup.of(record.client());
  const flow::SetupFacts& server = setup.of(flow::other(record.client()));
  return record.packets(record.client()) != 0 && client.requests == 0 &&
         server.successes >= kSeveral;
}

std::uint64_t acked_bytes(const FlowRecord& record, const flow::TcpDirection& sender, Side side) {
  if (!sender.acked) return 0;
  const std::uint64_t sent = record.bytes(side);
  return sender.start_known ? std::max<std::uint64_t>(sender.max_ack - sender.first_seq, sent / 2)
                            : sent;
}

}  // namespace

void GateDesk::mark(std::uint32_t flow, std::uint8_t bit) {
  if (flow >= marks_.size()) marks_.resize(std::max<std::size_t>(flow + 1, marks_.size() * 2));
  marks_[flow] |= bit;
}

std::uint8_t GateDesk::take_marks(std::uint32_t flow) {
  if (flow >= marks_.size()) return 0;
  const std::uint8_t marks = marks_[flow];
  marks_[flow] = 0;
  return marks;
}

GateDesk::Tally& GateDesk::tally_of(wire::FrameRef frame) {
  if (frame.input() >= tallies_.size()) tallies_.resize(frame.input() + 1);
  return tallies_[frame.input()];
}

void GateDesk::note_odd(std::uint32_t flow, const FlowRecord& record, const wire::Packet& packet) {
  if (packet.truncated && packet.payload_len != 0 && !record.inspected) mark(flow, kCut);
  if (packet.proto == wire::ip_proto::kTcp && packet.ip_len > kLongest) mark(flow, kJoined);
}

// The same packet within 5 ms, from where it was captured a second time. Senders without
// identification repeat themselves; of theirs only a TTL one lower tells.
bool GateDesk::came_before(std::uint32_t flow, Side from, const wire::Packet& packet) {
  const std::uint64_t content = packet.proto == wire::ip_proto::kTcp
                                    ? std::uint64_t{packet.seq} << 32 | packet.ack
                                    : packet.payload.be64(0);
  const std::uint64_t rest =
      std::uint64_t{flow} << 40 ^ std::uint64_t{packet.ip_id} << 24 ^
      std::uint64_t{packet.tcp_flags} << 17 ^
      static_cast<std::uint16_t>(packet.ip_len * 2 + static_cast<std::uint32_t>(from));
  const std::uint64_t mixed = fold(content ^ 0x9e37'79b9'7f4a'7c15, rest ^ 0xd6e8'feb8'6659'fd93);
  Late& late = lately_[mixed % kLately];
  const auto tag = static_cast<std::uint32_t>(mixed >> 32);
  const Late before = late;
  late = {tag, packet.ttl, packet.ts_ns};
  if (before.tag != tag || before.ts_ns == 0) return false;
  const std::int64_t since = packet.ts_ns - before.ts_ns;
  if (since > kOutOfOrder || since < -kOutOfOrder) return false;
  if (before.ttl == packet.ttl + 1) return true;
  return before.ttl == packet.ttl && packet.ip_id != 0;
}

void GateDesk::note_early(std::uint32_t flow, Side from, const FlowRecord& record,
                          const wire::Packet& packet) {
  if (came_before(flow, from, packet)) mark(flow, kCopied);
  if (packet.proto == wire::ip_proto::kTcp && record.packets() < 3)
    note_handshake(flow, record, packet);
}

// Only handshakes of three packets: in others it is not known which SYN was answered.
[[gnu::noinline]] void GateDesk::note_handshake(std::uint32_t flow, const FlowRecord& record,
                                                const wire::Packet& packet) {
  using namespace wire::tcp_flag;
  const std::uint8_t flags = packet.tcp_flags & (kSyn | kAck | kRst | kFin);
  Pending& pending = pending_[flow % kPending];
  if (flags == kSyn && record.packets() == 0) {
    // A checksum that the card was left to fill in.
    if (packet.ip_version == 4 && packet.ip.be16(10) == 0 && packet.ip.has(10, 2))
      mark(flow, kJoined);
    handshakes_.asked(packet.src, packet.dst, interference::timestamp_in(packet.tcp_options),
                      packet.ts_ns);
  } else if (flags == (kSyn | kAck) && record.packets() == 1 && record.seen == kSynSeen) {
    pending = {flow, packet.ts_ns, packet.ts_ns - record.ts_first_ns};
    handshakes_.accepted(packet.dst, packet.src, packet.src_port, packet.ttl, pending.there_ns);
  } else if (flags == kAck && record.packets() == 2 && pending.flow == flow &&
             record.seen == (kSynSeen | kSynAck)) {
    const auto place =
        interference::vantage_of(pending.there_ns, packet.ts_ns - pending.answered_ns);
    ++tally_of(packet.frame).vantages[static_cast<std::size_t>(place)];
    pending.flow = flow::kNone;
  }
}

void GateDesk::leap(std::int64_t before_ns, std::int64_t after_ns) {
  constexpr std::int64_t kLeap = 5 * interference::kSecond, kLooked = interference::kSecond;
  if (after_ns - before_ns <= kLeap || steps_.size() == kMostSteps) return;
  pause_ = {before_ns, after_ns};
  pause_over_ns_ = after_ns + kLooked;
  went_on_ = 0;
}

// Hosts wait for nobody's clock: data that was on its way when the clock was set is acknowledged
// after it, and media go on where they were. After a pause of the line it is sent again.
void GateDesk::after_leap(const FlowRecord& record, Side from, const wire::Packet& packet,
                          const flow::TcpTrack* track, const flow::MediaTrack* media) {
  constexpr unsigned kEnough = 2;
  constexpr std::int64_t kJustBefore = interference::kSecond / 2;
  if (packet.ts_ns > pause_over_ns_) {
    pause_over_ns_ = 0;
    return;
  }
  if (media != nullptr) went_on_ += interference::goes_on(*media, from, packet, pause_);
  const Stretch just_before{pause_.from_ns - kJustBefore, pause_.from_ns};
  if (track != nullptr && just_before.holds(record.ts_last_ns)) {
    const auto flow_on = interference::goes_on(*track, from, packet);
    if (flow_on == interference::GoesOn::sent_again) {
      pause_over_ns_ = 0;
      return;
    }
    went_on_ += flow_on == interference::GoesOn::yes;
  }
  if (went_on_ < kEnough) return;
  steps_.push_back(pause_);
  pause_over_ns_ = 0;
}

void GateDesk::stepped_back(std::int64_t before_ns, std::int64_t after_ns) {
  if (before_ns - after_ns <= kOutOfOrder || steps_.size() == kMostSteps) return;
  if (!steps_.empty() && steps_.back().holds(after_ns) && steps_.back().holds(before_ns)) return;
  steps_.push_back({after_ns, before_ns});
}

void GateDesk::next_epoch(std::int64_t ended_ns) { ends_.push_back(ended_ns); }

void GateDesk::dropped(std::uint32_t input, std::uint64_t drops, std::uint64_t packets) {
  Tally& tally = tally_of({input, 1});
  tally.dropped += drops;
  tally.packets += packets;
}

void GateDesk::follow_loss(const FlowRecord& record, const flow::TcpTrack& track,
                           const flow::TcpTracker& tracker, Tally& tally, GateSet& gates) {
  for (const Side side : {Side::a, Side::b}) {
    const flow::TcpDirection& sender = track.directions[static_cast<std::size_t>(side)];
    const interference::Missed missed{tracker.missed_bytes(sender),
                                      acked_bytes(record, sender, side)};
    tally.tcp += missed;
    gates.set(Gate::caploss_tcp, interference::loss_effect(missed.missed, missed.acked));
    if (sender.acked_early) gates.set(Gate::reorder);
    tracker.each_missing(sender, [&](std::int64_t ts_ns) {
      if (pieces_.size() < kMostPieces)
        pieces_.push_back({ts_ns, std::uint64_t{record.addr_a} << 32 | record.addr_b});
      ++tally.holes;
    });
  }
}

GateSet GateDesk::flow(std::uint32_t flow, const FlowRecord& record, const flow::TcpTrack* track,
                       const flow::TcpTracker& tracker, const flow::SetupTrack* setup,
                       std::int64_t now_ns) {
  Tally& tally = tally_of(record.frame_first);
  GateSet gates;
  const std::uint8_t marks = take_marks(flow);
  if ((marks & kCut) != 0) gates.set(Gate::snap);
  if ((marks & kJoined) != 0) gates.set(Gate::offload);
  if ((marks & kCopied) != 0) gates.set(Gate::dup);
  if (track != nullptr) follow_loss(record, *track, tracker, tally, gates);
  const bool half = half_of_more(record);
  const bool whole = record.packets(Side::a) != 0 && record.packets(Side::b) != 0;
  if (half) gates.set(Gate::onesided, GateEffect::closes);
  tally.halves += half;
  tally.wholes += whole;
  tally.tcp_flows += record.proto == wire::ip_proto::kTcp;
  if (!begun(record, setup)) gates.set(Gate::midflow);
  if (setup != nullptr && answered_unasked(record, *setup))
    gates.set(Gate::caploss_udp, GateEffect::closes);
  if (!closed(record) && now_ns - record.ts_last_ns < interference::inactive_ns(kind_of(record)))
    gates.set(Gate::end, GateEffect::closes);
  tally.seen.join(gates);
  return gates;
}

void GateDesk::call_gates(std::uint32_t input, const GateSet& gates) {
  tally_of({input, 1}).seen.join(gates);
}

void GateDesk::finish(std::int64_t now_ns) {
  now_ns_ = now_ns;
  deaf_ = interference::deaf_stretches(pieces_);
}

GateSet GateDesk::measured(const Tally& tally) const {
  constexpr std::uint64_t kSeveral = 2;  // one place says nothing of a rate
  GateSet gates;
  const GateEffect loss = interference::loss_effect(tally.tcp.missed, tally.tcp.acked);
  gates.set(Gate::caploss_tcp, tally.holes < kSeveral ? std::min(loss, GateEffect::notes) : loss);
  gates.set(Gate::caploss_tcp,
            interference::loss_effect(tally.dropped, tally.packets + tally.dropped));
  if (!deaf_.empty()) gates.set(Gate::caploss_sync, GateEffect::closes);
  if (!steps_.empty()) gates.set(Gate::clock, GateEffect::closes);
  return gates;
}

GateSet GateDesk::around(std::uint32_t input, const Stretch& within) const {
  GateSet gates;
  if (input < tallies_.size())
    gates.set(Gate::caploss_tcp, measured(tallies_[input]).effect(Gate::caploss_tcp));
  const auto meets = [&](const Stretch& stretch) {
    return stretch.from_ns <= within.to_ns && within.from_ns <= stretch.to_ns;
  };
  if (std::ranges::any_of(deaf_, meets)) gates.set(Gate::caploss_sync, GateEffect::closes);
  if (std::ranges::any_of(steps_, meets)) gates.set(Gate::clock, GateEffect::closes);
  return gates;
}

GateSet GateDesk::complete(const GateSet& own, const GateQuestion& question,
                           const interference::Controls& controls) const {
  using interference::Control;
  constexpr std::int64_t kHour = 3600 * interference::kSecond;
  const std::uint32_t input = question.frame_first.input();
  GateSet gates = own;
  gates.join(around(input, question.within));
  if (handshakes_.several_clocks()) gates.set(Gate::nat);
  if (vantage(input) == interference::Vantage::unknown) gates.set(Gate::vantage);
  if (question.answered) return gates;
  const Stretch hours = question.within.widened(kHour);
  const auto heard = [&](Control what) {
    return controls.all(what, question.client, hours.from_ns, hours.to_ns) != 0;
  };
  const bool halved =
      input < tallies_.size() && tallies_[input].halves * 10 > tallies_[input].wholes;
  if (halved || !(heard(Control::tcp_answered) || heard(Control::udp_answered) ||
                  heard(Control::name_answered)))
    gates.set(Gate::onesided, GateEffect::closes);
  return gates;
}

GateSet GateDesk::of_input(std::uint32_t input) const {
  const Tally none;
  const Tally& tally = input < tallies_.size() ? tallies_[input] : none;
  GateSet gates = tally.seen;
  gates.clear(Gate::caploss_tcp);
  gates.join(measured(tally));
  if (handshakes_.several_clocks()) gates.set(Gate::nat);
  if (vantage(input) == interference::Vantage::unknown && tally.tcp_flows != 0)
    gates.set(Gate::vantage);
  return gates;
}

GateSet GateDesk::limits(interference::Family family, const GateSet& own,
                         const GateQuestion& question,
                         const interference::Controls& controls) const {
  GateSet gates = complete(own, question, controls);
  if (family == interference::Family::resets || family == interference::Family::answers) {
    // Packets that are there stay there, whatever other flows miss.
    gates.clear(Gate::caploss_tcp);
    gates.set(Gate::caploss_tcp, own.effect(Gate::caploss_tcp));
  }
  return interference::concerning(family, gates);
}

GateSet GateDesk::of_answers() const {
  GateSet gates;
  for (std::uint32_t i = 0; i < tallies_.size(); ++i) {
    const GateSet all = of_input(i);
    for (const Gate gate : {Gate::caploss_tcp, Gate::clock, Gate::dup})
      gates.set(gate, all.effect(gate));
    if (tallies_[i].halves > tallies_[i].wholes) gates.set(Gate::onesided);
  }
  return interference::concerning(interference::Family::answers, gates);
}

// That the file ends soon is noted: of calls more is known than their silence.
void GateDesk::complete(interference::CallStory& story, std::uint32_t epoch) const {
  interference::reach(story, until_ns(epoch));
  story.gates.join(around(story.frame_first.input(), {story.ts_first_ns, story.ts_last_ns}));
}

interference::Vantage GateDesk::vantage(std::uint32_t input) const {
  using interference::Vantage;
  if (input >= tallies_.size()) return Vantage::unknown;
  const auto& votes = tallies_[input].vantages;
  const std::uint32_t all = votes[1] + votes[2] + votes[3];
  for (const Vantage place : {Vantage::client_side, Vantage::server_side, Vantage::middle})
    if (votes[static_cast<std::size_t>(place)] * 3 > all * 2) return place;
  return Vantage::unknown;
}

}  // namespace deadair::pipeline
