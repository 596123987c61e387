// Chooses the flows of an excerpt: those of findings and calls, then what went well or badly beside
// them, within a budget.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "pipeline/evidence_notes.hpp"
#include "pipeline/evidence_points.hpp"

namespace deadair::pipeline {

// How much an excerpt may hold. A flow of more than `whole` packets is cut to its first `head` and
// its last `tail`: so much is left out then that no reader takes the hole for loss of media.
struct ExcerptBudget {
  std::uint64_t packets = 100'000;
  std::uint64_t bytes = std::uint64_t{64} << 20;
  std::uint32_t whole = 24'000;
  std::uint32_t head = 5'000;
  std::uint32_t tail = 3'000;
  std::uint32_t beside = 256;          // other flows of the same clients
  std::uint32_t elsewhere = 0;         // flows of other hosts
  std::uint32_t beside_whole = 2'000;  // packets of such a flow; larger ones are left out
};

// The packets of a chosen flow. Those of a flow with the same ends at another time are not meant.
struct Stretch {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::uint32_t packets = 0;
  std::uint32_t head = 0;
  std::uint32_t tail = 0;
  std::uint32_t passed = 0;  // while the excerpt is written

  // One more packet of `frames` frames; whether it belongs into the excerpt.
  bool take(std::uint32_t frames);
};

class EvidenceChoice {
 public:
  // Both outlive this. The points must have been looked for.
  EvidenceChoice(const EvidenceNotes& notes, const EvidencePoints& points,
                 const ExcerptBudget& budget);

  [[nodiscard]] std::size_t flows() const { return flows_; }
  // All flows of the call are in.
  [[nodiscard]] bool has_call(std::size_t call) const { return calls_[call]; }
  [[nodiscard]] std::size_t calls_left_out() const {
    return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), false));
  }
  // The client of the flow that this packet is of; null when the flow is not known.
  [[nodiscard]] const IpAddress* client_of(const PacketSeen& packet) const;

  // The next packet of the capture: whether it belongs into the excerpt.
  bool take(const wire::Packet& packet);
  // A fragment without ports.
  [[nodiscard]] bool takes_fragment(const wire::Packet& fragment) const;

 private:
  // From what an excerpt is nothing without, to what only speaks for or against it.
  enum Tier : std::uint8_t { kFinding, kSameServer, kCall, kSameApp, kNames, kBeside, kElsewhere };
  static constexpr std::uint8_t kNone = 0xff;

  struct Span {
    std::int64_t from_ns = 0;
    std::int64_t to_ns = 0;
  };
  struct Subjects;

  void index_flows();
  [[nodiscard]] std::uint32_t note_at(const flow::FlowKey& key, std::int64_t ts_ns) const;
  void mark(std::uint32_t flow, std::uint8_t tier);
  void mark_findings(Subjects& subjects);
  void mark_calls(Subjects& subjects);
  void mark_controls(Subjects& subjects);
  [[nodiscard]] std::uint8_t tier_of(const FlowNote& flow, const Subjects& subjects) const;
  void spend();
  bool add(std::uint32_t flow, bool required);
  void judge_calls();
  Stretch* stretch_at(const flow::FlowKey& key, std::int64_t ts_ns);

  const EvidenceNotes& notes_;
  const EvidencePoints& points_;
  ExcerptBudget budget_;
  std::vector<std::uint32_t> by_key_;  // flows in the order of their keys, then of time
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_id_;  // flows of calls
  std::vector<std::uint8_t> tiers_;
  std::vector<std::uint64_t> distances_;  // in time from the nearest subject
  std::vector<bool> chosen_, calls_;
  std::uint64_t packets_left_, bytes_left_;
  std::size_t flows_ = 0;
  std::unordered_map<flow::FlowKey, std::vector<Stretch>, EndsHash> stretches_;
  std::unordered_map<flow::FlowKey, std::vector<Span>, EndsHash> pairs_;  // without ports
};

}  // namespace deadair::pipeline
