// What the comments of an excerpt say, in plain words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/evidence_notes.hpp"
#include "pipeline/evidence_points.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// "a reset (RST, ACK), TTL 46", "a STUN Allocate request": what a packet is, without its ends.
std::string shape_of(const wire::Packet& packet);

// What the packet proves of the finding, one comment or more; `client` tells the sides apart, null
// when not known. `origin` is its place in the capture, "frame 26 of evening.pcap".
std::vector<std::string> finding_comments(const FindingGroup& group, wire::FrameRef frame,
                                          const PacketSeen* seen, const IpAddress* client,
                                          std::string_view origin);

// What the packet is to the call.
std::string call_comment(const CallNote& call, Turn turn, std::string_view origin);

// Of the packet after it.
std::string step_comment(const ClockStep& step, std::string_view origin);

}  // namespace deadair::pipeline
