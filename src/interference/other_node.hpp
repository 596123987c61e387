// Whether a host that knows nothing of a connection may have sent the resets that ended it.
#pragma once

#include <string_view>

#include "interference/tcp_story.hpp"

namespace deadair::interference {

enum class OtherNode : std::uint8_t {
  no,        // the resets have another shape
  may_be,    // and nothing speaks against it
  heard_on,  // the one that had the connection got what the other is said to have answered
  went_on,   // or sent more than it can have had under way
};

// Several machines may share one address (anycast, RFC 4786; balancers that choose by hash). When a
// route or the choice changes, packets reach one that has no such connection. RFC 9293 section
// 3.10.7.1: it answers each segment that acknowledges with one reset, whose number is the one
// acknowledged, without ACK flag and acknowledgement number. Its TTL and counters are its own, and
// what the first machine had under way still arrives.
OtherNode other_node(const TcpStory& story, const TearDown& event);

std::string_view reason(OtherNode found);

}  // namespace deadair::interference
