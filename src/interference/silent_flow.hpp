// A TCP flow in which one side answers no longer: what was heard of it last, and what was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "interference/fates.hpp"
#include "interference/gates.hpp"
#include "interference/silence_keeper.hpp"
#include "interference/stages.hpp"
#include "interference/story_keeper.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

// RFC 9293 section 3.7.1: what every IPv4 path must carry, in bytes of TCP.
inline constexpr std::uint32_t kAnyPath = 536;

struct SilentFlow {
  FlowNote note;  // ends, begin and end, trigger
  std::string app;
  std::string flow;  // Community ID
  Sender mute = Sender::server;
  Stage stage = Stage::unknown;
  bool handshake = false;  // SYN, SYN+ACK and the client's ACK were seen
  std::optional<Trigger> trigger;
  std::uint32_t trigger_len = 0;
  bool trigger_acked = false;  // the mute side acknowledged all of it
  // Packets of either side after the trigger: those that certainly passed, up to the last one heard
  // of the mute side, and those that may have, up to the first repetition.
  std::uint32_t passed_least = 0;
  std::uint32_t passed_most = 0;

  std::int64_t heard_ns = 0;  // the mute side's last packet; the flow's begin when there is none
  wire::FrameRef heard_frame;
  std::uint64_t down_bytes = 0;  // of the server's stream, that arrived for certain
  std::uint64_t down_packets = 0;

  std::uint32_t asked = 0;  // the first number that was never acknowledged
  std::vector<Ask> asks;    // the segment that waits, sent first and again: the first of them
  Ask last_ask;
  std::uint32_t repeats = 0;  // of that segment, or probes
  std::uint32_t least_segment = SilenceKeeper::kNoSegment;
  // Segments as large as the one that waits reached this server elsewhere; hellos as long as the
  // one that names the trigger were answered there.
  bool size_passes = false;
  bool hello_passes = false;
  std::uint32_t stale = 0;  // packets of the mute side meanwhile that acknowledge nothing new
  std::uint32_t stale_syn_acks = 0;
  GateSet gates;

  // From the first question to its last repetition.
  [[nodiscard]] std::int64_t span_ns() const {
    return asks.empty() ? 0 : last_ask.ts_ns - asks.front().ts_ns;
  }
  // From the first repetition on: the link must have been alive in here.
  [[nodiscard]] Stretch asking() const;
};

// What the keeper knows of a silence that was open at the end of the flow; nothing when none was.
// `client_is_a`: marks say `from_client` of side a. Note, names and gates are the caller's.
std::optional<SilentFlow> silent_flow_of(const StoryKeeper& keeper, bool client_is_a);
// Finds the trigger among the first packets, and counts what passed after it.
void place_trigger(SilentFlow& silent, const StoryKeeper& keeper, bool client_is_a,
                   const Trigger& trigger);

// A segment sent again three times or more, at intervals that grow as RFC 6298 section 5.5 has
// them, over 6 s or more.
bool backed_off(const SilentFlow& silent);

}  // namespace deadair::interference
