// Thresholds of the gates, and the table of what limits whom.
#include "interference/gate_signs.hpp"

#include <algorithm>

namespace deadair::interference {
namespace {

constexpr GateEffect kNo = GateEffect::none, kNote = GateEffect::notes, kClose = GateEffect::closes;
constexpr std::size_t kFamilies = 4;

// The most that a gate does to each family: drops, resets, answers, pace.
struct Reach {
  Gate gate;
  std::array<GateEffect, kFamilies> most;
};
constexpr std::array<Reach, kGates> kReach = {{
    {Gate::caploss_tcp, {kClose, kClose, kNote, kClose}},
    {Gate::caploss_sync, {kClose, kNote, kNo, kClose}},
    {Gate::caploss_udp, {kClose, kNo, kNote, kClose}},
    {Gate::onesided, {kClose, kNote, kNote, kNote}},
    {Gate::midflow, {kNote, kNote, kNote, kNote}},
    {Gate::end, {kClose, kNo, kNo, kNote}},
    {Gate::snap, {kNote, kNote, kNote, kNo}},
    {Gate::offload, {kNo, kNote, kNo, kNote}},
    {Gate::clock, {kClose, kNote, kNote, kClose}},
    {Gate::dup, {kNote, kNote, kNote, kNote}},
    {Gate::reorder, {kNo, kNote, kNo, kNote}},
    {Gate::nat, {kNo, kNote, kNo, kNo}},
    {Gate::vantage, {kNote, kNo, kNo, kNote}},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kGates; ++i)
    if (kReach[i].gate != static_cast<Gate>(i)) return false;
  return true;
}
static_assert(in_order());

}  // namespace

GateSet concerning(Family family, const GateSet& gates) {
  GateSet out;
  for (const Reach& row : kReach)
    out.set(row.gate, std::min(gates.effect(row.gate), row.most[static_cast<std::size_t>(family)]));
  return out;
}

GateEffect loss_effect(std::uint64_t missed, std::uint64_t all) {
  if (missed == 0 || all == 0) return GateEffect::none;
  const double share = static_cast<double>(missed) / static_cast<double>(all);
  if (share <= 0.001) return GateEffect::none;
  return share <= 0.02 ? GateEffect::caps : GateEffect::closes;
}

Vantage vantage_of(std::int64_t there_ns, std::int64_t here_ns) {
  constexpr std::int64_t kNear = 5 * kMs;
  if (there_ns < 0 || here_ns < 0) return Vantage::unknown;
  const auto beside = [](std::int64_t far, std::int64_t near) {
    return far >= 4 * near && (near <= kNear || far >= 10 * near);
  };
  if (beside(there_ns, here_ns)) return Vantage::client_side;
  if (beside(here_ns, there_ns)) return Vantage::server_side;
  return there_ns > kMs && here_ns > kMs ? Vantage::middle : Vantage::unknown;
}

Vantage vantage_of(const TcpStory& story) {
  const PacketMark* syn = nullptr;
  const PacketMark* answer = nullptr;
  for (const PacketMark& mark : story.packets) {
    if (mark.rst()) return Vantage::unknown;
    if (mark.syn()) {
      const PacketMark*& one = mark.from_client ? syn : answer;
      if (one != nullptr) return Vantage::unknown;
      one = &mark;
    } else if (mark.from_client && mark.acks()) {
      if (syn == nullptr || answer == nullptr) return Vantage::unknown;
      return vantage_of(answer->ts_ns - syn->ts_ns, mark.ts_ns - answer->ts_ns);
    }
  }
  return Vantage::unknown;
}

GoesOn goes_on(const flow::TcpTrack& track, flow::Side from, const wire::Packet& packet) {
  if ((packet.tcp_flags & (wire::tcp_flag::kSyn | wire::tcp_flag::kRst)) != 0)
    return GoesOn::unknown;
  const flow::TcpDirection& own = track.directions[static_cast<std::size_t>(from)];
  const flow::TcpDirection& other = track.directions[1 - static_cast<std::size_t>(from)];
  if (packet.payload_len > 1 && own.known && flow::seq_before(packet.seq, own.next_seq))
    return GoesOn::sent_again;
  const bool acks = (packet.tcp_flags & wire::tcp_flag::kAck) != 0;
  if (acks && other.known && other.acked && flow::seq_before(other.max_ack, packet.ack) &&
      !flow::seq_before(other.next_seq, packet.ack))
    return GoesOn::yes;
  return GoesOn::unknown;
}

bool goes_on(const flow::MediaTrack& media, flow::Side from, const wire::Packet& packet,
             const Stretch& leap) {
  const Stretch before{leap.from_ns - kSecond, leap.from_ns};
  constexpr std::uint32_t kNext = 3;           // packets
  constexpr std::uint32_t kSlowestHz = 8'000;  // of the clocks of media
  std::vector<flow::MediaTrack::Stream> streams;
  media.streams(streams);
  const ByteView rtp = packet.payload;
  return std::ranges::any_of(streams, [&](const flow::MediaTrack::Stream& stream) {
    const auto step = static_cast<std::uint16_t>(rtp.be16(2) - stream.facts.highest);
    return stream.from == from && before.holds(stream.facts.last_ns) &&
           stream.facts.ssrc == rtp.be32(8) && step != 0 && step <= kNext &&
           rtp.be32(4) - stream.facts.last_timestamp <= std::max(kSlowestHz, stream.facts.clock);
  });
}

std::vector<Stretch> deaf_stretches(std::vector<MissingPiece>& pieces) {
  constexpr std::int64_t kTogether = 50 * kMs;
  constexpr std::size_t kPeers = 3;
  std::ranges::sort(pieces, {}, &MissingPiece::ts_ns);
  std::vector<Stretch> out;
  std::array<MissingPiece, kPeers> latest;  // of different peers, the newest first
  std::size_t known = 0;
  for (const MissingPiece& piece : pieces) {
    const std::size_t places = std::min(known + 1, kPeers);
    std::size_t at = 0;
    while (at + 1 < places && latest[at].peer != piece.peer) ++at;
    known = std::max(known, at + 1);
    for (; at > 0; --at) latest[at] = latest[at - 1];
    latest[0] = piece;
    if (known < kPeers || piece.ts_ns - latest.back().ts_ns > kTogether) continue;
    if (!out.empty() && latest.back().ts_ns <= out.back().to_ns)
      out.back().to_ns = piece.ts_ns;
    else
      out.push_back({latest.back().ts_ns, piece.ts_ns});
  }
  return out;
}

}  // namespace deadair::interference
