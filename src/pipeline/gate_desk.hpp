// Measures what the capture's defects are, of each flow and of the whole: the gates.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "flow/media_track.hpp"
#include "flow/record.hpp"
#include "flow/setup_track.hpp"
#include "flow/tcp_track.hpp"
#include "interference/call_story.hpp"
#include "interference/controls.hpp"
#include "interference/gate_signs.hpp"
#include "interference/handshakes.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// What only the end of the input, or the rest of it, can say of a flow.
struct GateQuestion {
  IpAddress client, server;
  wire::FrameRef frame_first;
  interference::Stretch within;  // from its first packet to its last, or to the end of a silence
  bool answered = false;         // it has packets in both directions
};

class GateDesk {
 public:
  // Every packet, before it is counted in `record`. Only the first ones of a flow, and what is odd
  // about the others, cost more than a comparison.
  void packet(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
              const wire::Packet& packet) {
    using namespace wire::tcp_flag;
    constexpr std::uint64_t kEarly = 8;
    const bool tcp = packet.proto == wire::ip_proto::kTcp;
    if (packet.truncated || (tcp && packet.ip_len > kLongest)) [[unlikely]]
      note_odd(flow, record, packet);
    if (record.packets() < kEarly || (tcp && (packet.tcp_flags & (kFin | kSyn | kRst)) != 0))
      note_early(flow, from, record, packet);
  }
  // Packet time went from `before_ns` to `after_ns`, backwards or by seconds at once.
  void stepped_back(std::int64_t before_ns, std::int64_t after_ns);
  // Packet time leapt by more than 5 s: was it the clock? While `leapt()`, what comes first of each
  // flow is to be shown, before it is counted or followed. `track` is null for other transports.
  void leap(std::int64_t before_ns, std::int64_t after_ns);
  [[nodiscard]] bool leapt() const { return pause_over_ns_ != 0; }
  void after_leap(const flow::FlowRecord& record, flow::Side from, const wire::Packet& packet,
                  const flow::TcpTrack* track, const flow::MediaTrack* media);
  // All flows have ended because the clock was set; packets are of another epoch from now on.
  void next_epoch(std::int64_t ended_ns);
  // The system or the interface says it lost so many of an input's packets.
  void dropped(std::uint32_t input, std::uint64_t drops, std::uint64_t packets);

  // The gates of an ended flow, as far as it shows them itself. `track` and `setup` may be null.
  interference::GateSet flow(std::uint32_t flow, const flow::FlowRecord& record,
                             const flow::TcpTrack* track, const flow::TcpTracker& tracker,
                             const flow::SetupTrack* setup, std::int64_t now_ns);

  // For what is judged when the input is over.
  void finish(std::int64_t now_ns);
  // `own`, and what the rest of the capture says.
  [[nodiscard]] interference::GateSet complete(const interference::GateSet& own,
                                               const GateQuestion& question,
                                               const interference::Controls& controls) const;
  // Of an input, as its record names them.
  [[nodiscard]] interference::GateSet of_input(std::uint32_t input) const;
  // Of all inputs, where they limit what is told of answers.
  [[nodiscard]] interference::GateSet of_answers() const;
  // complete(), with the effect that it has on the family.
  [[nodiscard]] interference::GateSet limits(interference::Family family,
                                             const interference::GateSet& own,
                                             const GateQuestion& question,
                                             const interference::Controls& controls) const;
  // Of a call; `until_ns` is the end of its capture.
  void complete(interference::CallStory& story, std::uint32_t epoch) const;
  // Where most handshakes of the input were seen from.
  [[nodiscard]] interference::Vantage vantage(std::uint32_t input) const;
  [[nodiscard]] const interference::Handshakes& handshakes() const { return handshakes_; }
  // How far the capture reaches that was being read when `epoch()` said so.
  [[nodiscard]] std::uint32_t epoch() const { return static_cast<std::uint32_t>(ends_.size()); }
  [[nodiscard]] std::int64_t until_ns(std::uint32_t epoch) const {
    return epoch < ends_.size() ? ends_[epoch] : now_ns_;
  }
  void call_gates(std::uint32_t input, const interference::GateSet& gates);

 private:
  static constexpr std::uint32_t kLongest = 1500;  // of an IP packet on an ordinary link
  static constexpr std::size_t kMostSteps = 64, kMostPieces = 1U << 14;
  static constexpr std::size_t kLately = 256, kPending = 256;

  // Bits of marks_.
  static constexpr std::uint8_t kCut = 1, kJoined = 2, kCopied = 4;

  // A packet among the last few.
  struct Late {
    std::uint32_t tag = 0;
    std::uint8_t ttl = 0;
    std::int64_t ts_ns = 0;
  };
  struct Tally {
    interference::GateSet seen;  // of any flow
    interference::Missed tcp;
    std::uint64_t dropped = 0;
    std::uint64_t packets = 0;
    std::uint64_t halves = 0;  // flows of which one direction cannot be all there was
    std::uint64_t wholes = 0;
    std::uint64_t tcp_flows = 0;
    std::uint64_t holes = 0;                  // places where something is missing
    std::array<std::uint32_t, 4> vantages{};  // handshakes, by Vantage
  };

  // What a flow shows in its first packets of the way to the server.
  struct Pending {
    std::uint32_t flow = flow::kNone;
    std::int64_t answered_ns = 0;
    std::int64_t there_ns = 0;
  };

  void note_handshake(std::uint32_t flow, const flow::FlowRecord& record,
                      const wire::Packet& packet);
  void note_odd(std::uint32_t flow, const flow::FlowRecord& record, const wire::Packet& packet);
  void note_early(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
                  const wire::Packet& packet);
  [[nodiscard]] bool came_before(std::uint32_t flow, flow::Side from, const wire::Packet& packet);
  void mark(std::uint32_t flow, std::uint8_t bit);
  [[nodiscard]] std::uint8_t take_marks(std::uint32_t flow);
  void follow_loss(const flow::FlowRecord& record, const flow::TcpTrack& track,
                   const flow::TcpTracker& tracker, Tally& tally, interference::GateSet& gates);
  Tally& tally_of(wire::FrameRef frame);
  // What the capture around it did to anything within the stretch.
  [[nodiscard]] interference::GateSet around(std::uint32_t input,
                                             const interference::Stretch& within) const;
  [[nodiscard]] interference::GateSet measured(const Tally& tally) const;

  std::vector<std::uint8_t> marks_;  // by flow; only as far as any flow was odd
  std::array<Late, kLately> lately_{};
  std::array<Pending, kPending> pending_{};
  interference::Handshakes handshakes_;
  interference::Stretch pause_;  // being looked at; ends at 0 when none is
  std::int64_t pause_over_ns_ = 0;
  unsigned went_on_ = 0;        // flows that a pause of the clock alone explains
  std::vector<Tally> tallies_;  // by input
  std::vector<interference::MissingPiece> pieces_;
  std::vector<interference::Stretch> deaf_;
  std::vector<interference::Stretch> steps_;  // between them packet time means nothing
  std::vector<std::int64_t> ends_;            // of epochs
  std::int64_t now_ns_ = 0;
};

}  // namespace deadair::pipeline
