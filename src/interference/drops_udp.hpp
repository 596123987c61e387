// Judges UDP that is not answered from what it opens with on: DROP.TRIGGER.QUIC, DTLS, STUN, WG and
// OVPN.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interference/fates.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"
#include "interference/openings.hpp"

namespace deadair::interference {

inline constexpr std::string_view kUdpDropRules = "DROP.UDP 1.1";

// A flow of no call whose last openings nobody answered.
struct UdpStory {
  Opening what = Opening::quic;
  IpAddress client, server;  // who opens, and whom
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  std::string app;   // of the flow; empty when unknown
  std::string name;  // SNI of the Initial, when it could be read
  bool watched = false;
  wire::FrameRef frame_name;
  OpeningTrack::Series series;
  std::uint64_t heard_before = 0;  // packets of the server before them
  std::int64_t ts_first_ns = 0;    // of the flow
  std::int64_t ts_last_ns = 0;     // last packet of the client
  std::int64_t until_ns = 0;       // how far the capture reaches
  bool refused = false;            // ICMP says that the port is closed or the way prohibited
  std::string flow;                // Community ID
  GateSet gates;
};

// Silence that says something: three transmissions or more by the protocol's timer, nothing back
// for 10 s after the first and after the last, nobody refused, nothing came before.
bool is_silent(const UdpStory& story);

// As the log has it: for asking what else there was.
FlowNote note_of(const UdpStory& story);

// One finding for each client, protocol and owner of the name. None when the server was not heard
// by any other flow within 10 minutes: then the end cannot be reached, whatever the trigger; and
// none when the port answered no other name either.
// Levels:
//   observed   the condition is met, while the client heard others meanwhile;
//   anomalous  and in two flows; or a flow with another name to the same server and port went well
//              within 10 minutes, and none failed;
//   likely     and three flows fell silent and none with that name went well, three with other
//              names went well, and what failed of these lies between the drop and their first
//              success (as after a punishment); two servers fell silent, or one that answered other
//              names meanwhile. What names nothing needs two servers that answered the same
//              protocol on the same port at another time.
std::vector<Finding> judge_udp_drops(std::span<const UdpStory> stories, const FateBook& book);

}  // namespace deadair::interference
