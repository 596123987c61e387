// Rules of the gates: what measured numbers say of a capture, and whom each defect limits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "flow/media_track.hpp"
#include "flow/tcp_track.hpp"
#include "interference/fates.hpp"
#include "interference/gates.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

// What a detector looks at, for it decides which defects matter.
enum class Family : std::uint8_t {
  drops,    // silence: DROP, RESIDUAL, TRUNC, VPN.DROP, and the NONE shapes of resets
  resets,   // RST and INJ
  answers,  // DNS, BLOCKPAGE, TLS, ICMP: packets that are there
  pace,     // rates, delays, losses
};

// Of the gates of a flow those that limit the family, with no more effect than they have on it.
GateSet concerning(Family family, const GateSet& gates);

// Bytes that were acknowledged, and of them those that never came by.
struct Missed {
  std::uint64_t missed = 0;
  std::uint64_t acked = 0;

  void operator+=(const Missed& more) {
    missed += more.missed;
    acked += more.acked;
  }
};
// Up to 0.1 % nothing, up to 2 % `caps`, beyond `closes`.
GateEffect loss_effect(std::uint64_t missed, std::uint64_t all);

// How long nothing must come before there is silence (T_inact).
enum class Kind : std::uint8_t { tcp, syn, udp };
constexpr std::int64_t inactive_ns(Kind kind) { return (kind == Kind::tcp ? 30 : 10) * kSecond; }

// Where the handshake was seen from: `there` from SYN to SYN+ACK, `here` from that to the ACK.
// Near an end when one is at least four times the other and that is below 5 ms or a tenth.
Vantage vantage_of(std::int64_t there_ns, std::int64_t here_ns);
// By the packets of a story; unknown when one of the three was sent twice or not seen.
Vantage vantage_of(const TcpStory& story);

// What the first packet of a TCP flow after a leap of the clock says of it: it acknowledges what
// was on its way before, or sends again what the line had lost meanwhile.
enum class GoesOn : std::uint8_t { unknown, yes, sent_again };
GoesOn goes_on(const flow::TcpTrack& track, flow::Side from, const wire::Packet& packet);
// An RTP stream that came until just before the leap goes on with its next sequence number, and
// less than a second later by its own clock. `leap` is from the last packet to the first.
bool goes_on(const flow::MediaTrack& media, flow::Side from, const wire::Packet& packet,
             const Stretch& leap);

// A stretch of one flow that the ends have and the capture has not.
struct MissingPiece {
  std::int64_t ts_ns = 0;
  std::uint64_t peer = 0;  // a hash of the server
};
// Stretches in which flows with at least three peers miss something within 50 ms of one another
// (GATE.CAPLOSS.SYNC): the capture was not listening. Sorts the pieces.
std::vector<Stretch> deaf_stretches(std::vector<MissingPiece>& pieces);

}  // namespace deadair::interference
