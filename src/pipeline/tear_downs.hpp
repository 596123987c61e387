// Watches TCP flows for the packets around their tear-down, and keeps those that were reset.
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
};

// At most kMostWatched flows are watched at once, the ones that began last: an idle flow costs four
// bytes once others have taken its place.
class TearDowns {
 public:
  static constexpr std::size_t kMostWatched = 1024;

  // A packet of the flow with this index in the table.
  void packet(std::uint32_t flow, flow::Side from, const wire::Packet& packet);
  // The flow has ended. What was kept of it when it was reset, or is `wanted` all the same; nothing
  // otherwise.
  std::optional<TornFlow> end(std::uint32_t flow, flow::Side client, bool wanted = false);

 private:
  struct Watched {
    interference::StoryKeeper keeper;
    std::array<flow::HeaderHabit, 2> habits;  // by side
    std::uint32_t flow = flow::kNone;

    void recycle() {
      keeper.clear();
      habits = {};
      flow = flow::kNone;
    }
  };

  std::uint32_t& slot_of(std::uint32_t flow);
  std::uint32_t watch(std::uint32_t flow);

  flow::Slab<Watched, 6> watched_;
  std::vector<std::uint32_t> slots_;  // by flow: its place in watched_
  std::deque<std::uint32_t> order_;   // flows, oldest first; some have ended since
};

}  // namespace deadair::pipeline
