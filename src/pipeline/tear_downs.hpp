// Watches TCP flows for the packets around their tear-down or silence, and keeps those that were
// reset or never answered.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flow/header_habit.hpp"
#include "flow/key.hpp"
#include "interference/end_log.hpp"
#include "interference/silent_flow.hpp"
#include "interference/story_keeper.hpp"
#include "interference/tcp_story.hpp"
#include "pipeline/flow_slots.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// A flow whose end is worth a look: its story, and what its record said.
struct TornFlow {
  bool reset = false;
  interference::TcpStory story;
  std::vector<interference::PacketMark> packets;
  std::string app;
  std::string flow;  // Community ID
  interference::ConnectionEnd end;
  std::uint32_t epoch = 0;  // of the packet time, as GateDesk counts them
};

// What was seen of a flow that has ended.
struct WatchedFlow {
  std::optional<TornFlow> torn;                    // it was reset
  std::optional<interference::SilentFlow> silent;  // a side never answered
  std::optional<interference::Trigger> encrypted;  // its first payload looks random
  std::int64_t answered_ns = 0;  // the server's first packet; 0 when there was none
  std::int64_t heard_ns = 0;     // and its last
  std::uint32_t largest_up = 0;  // bytes of the client's largest segment
};

// At most kMostWatched flows are watched at once, the ones that began last: an idle flow costs four
// bytes once others have taken its place.
class TearDowns {
 public:
  static constexpr std::size_t kMostWatched = 1024;

  // Fetch ahead, in this order, what packet() will read of the flow.
  [[gnu::always_inline]] void prefetch_slot(std::uint32_t flow) const {
    watched_.prefetch_place(flow);
  }
  [[gnu::always_inline]] void prefetch(std::uint32_t flow) const { watched_.prefetch(flow); }
  // A packet of the flow with this index in the table.
  void packet(std::uint32_t flow, flow::Side from, const wire::Packet& packet) {
    Watched* watched = watched_.find(flow);
    if (watched == nullptr || !watched->keeper.pass(packet, from == flow::Side::a))
      look(watched, flow, from, packet);
  }
  // The flow has ended, in which the client said `named`, if anything. Its packets are told when it
  // was reset, or is `wanted` all the same. Nothing is known of what was not watched from its
  // beginning.
  WatchedFlow end(std::uint32_t flow, flow::Side client,
                  const std::optional<interference::Trigger>& named = {}, bool wanted = false);

 private:
  struct Watched {
    std::array<flow::HeaderHabit, 2> habits;  // by side
    bool payload_seen = false;
    flow::Side encrypted_by = flow::Side::a;
    wire::FrameRef encrypted;  // the first payload, when it looks random
    interference::StoryKeeper keeper;

    void recycle() {
      keeper.clear();
      habits = {};
      encrypted = {};
      payload_seen = false;
    }
  };

  static TornFlow tear(const Watched& watched, flow::Side client);
  // `watched`: null when the flow is not.
  void look(Watched* watched, std::uint32_t flow, flow::Side from, const wire::Packet& packet);

  FlowSlots<Watched> watched_{kMostWatched};
};

}  // namespace deadair::pipeline
