// Judges tunnels that are not answered, or fall silent: the finding VPN.DROP.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "call/live_flows.hpp"
#include "interference/controls.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"

namespace deadair::interference {

inline constexpr std::string_view kVpnRules = "VPN 1.1";

// One flow of WireGuard, OpenVPN, IKE or L2TP; times are packet times.
struct TunnelStory {
  std::string protocol;  // the application of the flow: "wireguard"
  call::Socket client, server;
  bool tcp = false;
  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  std::int64_t until_ns = 0;  // how far the capture reaches
  std::uint64_t packets_up = 0;
  std::uint64_t packets_down = 0;
  std::int64_t last_down_ns = 0;        // 0: nothing came back
  std::uint64_t hellos = 0;             // messages that open a handshake, sent by the client
  std::uint64_t hellos_unanswered = 0;  // of them, those after the last packet of the server
  std::int64_t hellos_unanswered_from_ns = 0;
  // WireGuard: handshakes in a row that were answered while the data after each was not.
  std::uint32_t data_rounds = 0;
  wire::FrameRef frame_round;  // the first data that nobody answered
  bool carried_data = false;   // the handshake was done, both sides sent what it protects
  wire::FrameRef frame_first;
  wire::FrameRef frame_hello;  // the first that nobody answered
  std::string flow;            // Community ID

  // What was alive around it.
  std::uint32_t tcp_answered = 0;      // of this host, within 60 s
  std::uint32_t udp_answered = 0;      // of this host, beyond the LAN, within 60 s, elsewhere
  std::uint32_t server_elsewhere = 0;  // flows of this server on other ports, within 10 minutes
  bool worked_before = false;          // the same server and port carried data in the run
  bool closed_port = false;            // the server said that nothing listens there
  GateSet gates;
};

// What the controls know around the tunnel; `worked_before` and `gates` are the caller's.
void look_around(TunnelStory& story, const Controls& controls);

enum class TunnelFate : std::uint8_t { ok, failed, refused, unseen };
TunnelFate fate_of(const TunnelStory& story);

// One finding for each client and protocol. Handshakes that nobody answers are `observed`: a server
// that is down, another key and another port look the same. They are `anomalous` when the line is
// alive and the server is too, or served this tunnel before, or answered the handshake and nothing
// after it; and `likely` for three flows of these, two of them to different servers or to one that
// served the tunnel before.
std::vector<Finding> judge_tunnels(std::span<const TunnelStory> stories);

}  // namespace deadair::interference
