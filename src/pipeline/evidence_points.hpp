// The packets that findings name and at which calls turn: which flows they are of, and what each
// is.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/packet_source.hpp"
#include "pipeline/evidence_notes.hpp"
#include "wire/decoder.hpp"

namespace deadair::pipeline {

// Findings that say the same of the same packets, under several ids.
struct FindingGroup {
  std::string ids;  // "RST.PSH.R, INJ.TTL"
  const report::Finding* finding = nullptr;
  std::vector<wire::FrameRef> frames;  // all that it names, in order
};
std::vector<FindingGroup> group_findings(std::span<const report::Finding> findings);

// A packet as the second reading found it.
struct PacketSeen {
  flow::FlowKey key;
  std::int64_t ts_ns = 0;
  IpAddress from;
  std::string shape;  // "a RST with ACK, TTL 46"
};

// What of a call a packet shows; kTurnWords has the words.
enum class Turn : std::uint8_t { begin, first_up, first_down, last_up, last_down, end, count_ };
inline constexpr std::size_t kTurns = static_cast<std::size_t>(Turn::count_);

// Where the capture's clock was set back: what was known before, and the packet that came next.
struct ClockStep {
  wire::FrameRef before, after;
  std::int64_t back_ns = 0;
};

class EvidencePoints {
 public:
  static constexpr std::size_t kMostSteps = 64;

  // `notes` outlive this.
  explicit EvidencePoints(const EvidenceNotes& notes);

  // Nothing to look for: no finding, no call.
  [[nodiscard]] bool empty() const { return wanted_.empty() && calls_.empty(); }
  // Every packet of the second reading in turn.
  void look_at(const wire::Packet& packet);

  [[nodiscard]] const std::vector<FindingGroup>& groups() const { return groups_; }
  // Null when the packet was not there, or could not be decoded.
  [[nodiscard]] const PacketSeen* seen(wire::FrameRef frame) const;
  // Without them an excerpt would hide a defect that limits its findings.
  [[nodiscard]] const std::vector<ClockStep>& steps() const { return steps_; }
  // Not valid where the call has no such point.
  [[nodiscard]] wire::FrameRef turn(std::size_t call, Turn turn) const {
    return calls_[call].turns[static_cast<std::size_t>(turn)];
  }

 private:
  struct Watched {
    std::array<wire::FrameRef, kTurns> turns;
    std::array<bool, kTurns> exact{};
  };
  void watch_calls();
  void follow_clock(const wire::Packet& packet);
  void follow(std::size_t call, const wire::Packet& packet);
  static void first_from(Watched& watched, Turn turn, const std::optional<std::int64_t>& from_ns,
                         const wire::Packet& packet);
  static void last_until(Watched& watched, Turn turn, const std::optional<std::int64_t>& to_ns,
                         const wire::Packet& packet);

  const EvidenceNotes& notes_;
  std::vector<FindingGroup> groups_;
  std::map<wire::FrameRef, std::optional<PacketSeen>> wanted_;
  std::vector<Watched> calls_;  // as EvidenceNotes::calls()
  std::vector<ClockStep> steps_;
  wire::FrameRef latest_;  // the packet with the largest time so far
  std::int64_t latest_ns_ = 0;
  std::unordered_map<flow::FlowKey, std::vector<std::size_t>, EndsHash> call_flows_;
};

}  // namespace deadair::pipeline
