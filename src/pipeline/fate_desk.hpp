// Notes how each flow went, follows what opens flows, and has drops of UDP, tunnels and punishments
// judged at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "classify/engine.hpp"
#include "flow/record.hpp"
#include "interference/controls.hpp"
#include "interference/drops_udp.hpp"
#include "interference/fates.hpp"
#include "interference/icmp_errors.hpp"
#include "interference/round_trips.hpp"
#include "interference/vpn.hpp"
#include "pipeline/flow_slots.hpp"
#include "pipeline/gate_desk.hpp"
#include "pipeline/reporter.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// What a name said over TCP may trigger.
std::optional<interference::TriggerType> trigger_of(classify::NameSource source);

class FateDesk {
 public:
  // What the end of a flow brings.
  struct Ended {
    std::uint32_t flow = 0;  // index in the table
    const flow::FlowRecord& record;
    const flow::FlowKey& key;
    const classify::Decision& decision;
    const classify::Engine::SaidName& said;
    bool watched = false;
    const interference::GateSet& gates;
    Reporter& reporter;  // knows the flow's Community ID
  };

  // `public_nets`: private networks that stand for the Internet.
  explicit FateDesk(std::vector<IpPrefix> public_nets = {}) : trips_(std::move(public_nets)) {}

  // A TCP packet.
  [[gnu::always_inline]] void tcp_packet(std::uint32_t flow, flow::Side from,
                                         const wire::Packet& packet) {
    trips_.packet(flow, from, packet);
  }
  // A datagram, before its flow's record counts it.
  void udp_packet(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
                  const wire::Packet& packet) {
    constexpr std::uint16_t kIke = 500;
    if (packet.payload.empty()) return;
    if (!interference::may_open(packet.payload.u8(0)) && packet.dst_port != kIke) return;
    follow_datagram(flow, from, record, packet);
  }
  // A packet with SYN, before its flow's record counts it.
  void syn(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
           const wire::Packet& packet);

  // A UDP flow has ended.
  void end_udp(const Ended& ended);
  // A TCP flow has ended. Its fate is told by counters alone, which know nothing of drops: the
  // caller may know better, and adds the note.
  [[nodiscard]] interference::FlowNote end_tcp(const Ended& ended);
  void add(const interference::FlowNote& note) {
    if (note.heard || note.fate != interference::FlowFate::unseen) log_.add(note);
  }
  [[nodiscard]] const interference::FateLog& log() const { return log_; }
  // What was noted so far; nothing may be added while the book is asked.
  [[nodiscard]] interference::FateBook book() const {
    return interference::FateBook(log_, &trips_);
  }

  // A flow, by its first packet, was torn down by forged packets.
  void forged(wire::FrameRef first) { forged_.insert(first); }
  // What the rest of the run says.
  struct Rest {
    std::int64_t now_ns = 0;
    const interference::IcmpBook& refusals;
    const interference::Controls& controls;
    const GateDesk& gates;
  };
  // The input is over: drops and punishments. Fills in the tunnels.
  [[nodiscard]] std::vector<interference::Finding> finish(const Rest& rest);
  [[nodiscard]] std::span<const interference::TunnelStory> tunnels() const { return tunnels_; }

 private:
  static constexpr std::size_t kMostOpenings = 4096, kMostAttempts = 4096;
  static constexpr std::size_t kMostStories = 1024, kMostTunnels = 1024;

  // An attempt to connect whose SYN was sent more than once.
  struct Attempt {
    std::uint32_t seq = 0;
    std::int64_t begin_ns = 0;
    std::int64_t last_ns = 0;
    std::int64_t answered_ns = 0;  // 0: not yet
    wire::FrameRef frame;
    void recycle() { *this = {}; }
  };

  void follow_datagram(std::uint32_t flow, flow::Side from, const flow::FlowRecord& record,
                       const wire::Packet& packet);
  void give_up(const Attempt& attempt, const wire::Packet& packet);
  void keep_story(const Ended& ended, const interference::OpeningTrack& track);
  void keep_tunnel(const Ended& ended, const interference::OpeningTrack* track);
  void finish_stories(const Rest& rest);
  void finish_tunnels(const Rest& rest, const interference::FateBook& book);

  interference::FateLog log_;
  interference::RoundTrips trips_;
  FlowSlots<interference::OpeningTrack> openings_{kMostOpenings};
  FlowSlots<Attempt> attempts_{kMostAttempts};
  std::vector<interference::UdpStory> stories_;
  std::vector<interference::TunnelStory> tunnels_;
  std::set<wire::FrameRef> forged_;
};

}  // namespace deadair::pipeline
