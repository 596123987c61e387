// What the joiner is told of a flow that belongs to a call, once the flow has ended.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bytes/ip_address.hpp"
#include "call/live_flows.hpp"
#include "call/media_quality.hpp"
#include "classify/classifier.hpp"
#include "flow/pulse.hpp"
#include "flow/setup_track.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::call {

// Directions in pairs: first what the client (or the caller's own side) sent, then what it got.
inline constexpr std::size_t kUp = 0, kDown = 1;

// How much an application's name weighs when the flows of one call do not agree.
enum class Naming : std::uint8_t {
  protocol,  // only which protocol is spoken (webrtc, rtp, sip)
  family,    // an operator with several applications (meta)
  guess,
  likely,
  certain,
};

struct FlowEvidence {
  Socket client, server;
  bool tcp = false;
  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  wire::FrameRef frame_first;
  std::string_view app;  // lives as long as the run
  Naming naming = Naming::protocol;
  std::uint32_t classifier = 0;  // index in all_classifiers()
  classify::Role role = classify::Role::none;
  std::uint8_t kinds = 0;         // flow::media_kind bits
  bool sends_when_muted = false;  // as in classify::Info
  std::array<std::uint64_t, 2> packets{};
  std::array<std::uint64_t, 2> bytes{};
  std::array<flow::SetupFacts, 2> setup;
  // Media whose headers cannot be read, or that only its rhythm gives away.
  std::array<flow::PulseFacts, 2> hidden;
  std::span<const StreamSample> streams;  // RTP; `up` as in this flow
  std::uint64_t ice_session = 0;          // flow::SetupTrack::ice_session()
  std::optional<std::int64_t> rtt_ns;
  std::string_view community_id;  // empty when nobody asked for it
};

}  // namespace deadair::call
