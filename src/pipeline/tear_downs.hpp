// Watches TCP flows for the packets around their tear-down or silence, and keeps those that were
// reset or never answered.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "flow/header_habit.hpp"
#include "flow/key.hpp"
#include "flow/slab.hpp"
#include "interference/end_log.hpp"
#include "interference/silent_flow.hpp"
#include "interference/story_keeper.hpp"
#include "interference/tcp_story.hpp"
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

  // Fetch ahead what packet() will read of the flow: first where it is, then what is there.
  [[gnu::always_inline]] void prefetch_slot(std::uint32_t flow) const {
    if (flow < slots_.size()) __builtin_prefetch(&slots_[flow]);
  }
  [[gnu::always_inline]] void prefetch(std::uint32_t flow) const {
    const std::uint32_t slot = flow < slots_.size() ? slots_[flow] : flow::kNone;
    if (slot != flow::kNone) watched_.prefetch(slot);
  }
  // A packet of the flow with this index in the table.
  void packet(std::uint32_t flow, flow::Side from, const wire::Packet& packet) {
    const std::uint32_t slot = flow < slots_.size() ? slots_[flow] : flow::kNone;
    if (slot == flow::kNone || !watched_[slot].keeper.pass(packet, from == flow::Side::a))
      look(flow, from, packet);
  }
  // The flow has ended, in which the client said `named`, if anything. Its packets are told when it
  // was reset, or is `wanted` all the same. Nothing is known of what was not watched from its
  // beginning.
  WatchedFlow end(std::uint32_t flow, flow::Side client,
                  const std::optional<interference::Trigger>& named = {}, bool wanted = false);

 private:
  struct Watched {
    std::array<flow::HeaderHabit, 2> habits;  // by side
    std::uint32_t flow = flow::kNone;
    bool payload_seen = false;
    flow::Side encrypted_by = flow::Side::a;
    wire::FrameRef encrypted;  // the first payload, when it looks random
    interference::StoryKeeper keeper;

    void recycle() {
      keeper.clear();
      habits = {};
      flow = flow::kNone;
      encrypted = {};
      payload_seen = false;
    }
  };

  // What the first packets of a flow touch.
  [[gnu::always_inline]] void fetch(std::uint32_t slot) const {
    for (std::size_t offset = 0; offset < 384; offset += 128) watched_.prefetch_pair(slot, offset);
  }
  static TornFlow tear(const Watched& watched, flow::Side client);
  void look(std::uint32_t flow, flow::Side from, const wire::Packet& packet);
  // The flow's entry of slots_.
  std::uint32_t& slot_of(std::uint32_t flow) {
    if (flow >= slots_.size()) [[unlikely]]
      make_room(flow);
    return slots_[flow];
  }
  void make_room(std::uint32_t flow);
  std::uint32_t watch(std::uint32_t flow);

  flow::Slab<Watched, 6> watched_;
  std::vector<std::uint32_t> slots_;  // by flow: its place in watched_
  std::deque<std::uint32_t> order_;   // flows, oldest first; some have ended since
};

}  // namespace deadair::pipeline
