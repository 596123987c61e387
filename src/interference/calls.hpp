// Judges failed calls: the findings of the families DROP, MEDIA and CALL.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "interference/call_story.hpp"
#include "interference/finding.hpp"

namespace deadair::interference {

inline constexpr std::string_view kCallRules = "CALLS 1.1";

// How an attempt counts when applications are judged.
enum class Fate : std::uint8_t {
  connected,
  failed,
  refused,  // by the server itself, or no relay runs there
  nobody,   // not answered, declined, given up: says nothing of the path
  unseen,   // the capture cannot tell
};
Fate fate_of(const CallStory& story);

// One finding for each family, client and application, over all attempts that show it, in the order
// of families. What was alive around the attempts must have been filled in. Levels:
//   observed   the condition is met;
//   anomalous  and the application's messages were answered within 60 s, or the same two sockets
//              answered checks all the while;
//   likely     and so in two attempts, or for three relays in one, while other UDP of the host, or
//              the pair itself, was answered.
// Whoever may have fallen silent on purpose leaves it at `observed`, an outage of the relays that
// STUN elsewhere makes probable at `anomalous`, a LAN that lets no UDP out at `observed`.
// LOCAL_UDP_BLOCK, LOCAL_SOURCE and DROP.TURN.ERR speak against interference.
std::vector<Finding> judge_calls(std::span<const CallStory> stories);

// Standard deviation by mean; 0 for fewer than two values, or a mean of 0.
double variation(std::span<const double> values);

}  // namespace deadair::interference
