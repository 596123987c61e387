// Innocent causes of a tear-down: what speaks for them, and whether the packets rule them out.
#pragma once

#include "interference/evidence.hpp"
#include "interference/stages.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

// Adds the NEG items: an end already announced, a silent connection, a scan, a twin that succeeded,
// a host that resets everybody.
void judge_innocence(const TcpStory& story, const TearDown& event, const Context& context,
                     Evidence& evidence);

// Lists every innocent explanation as excluded or open. Comes last: it reads what was found.
void list_alternatives(const TcpStory& story, const TearDown& event, const Context& context,
                       Evidence& evidence);

// Something in the packet itself, or in the order of packets, speaks for another sender. Half a
// point of header evidence does not, nor does a fingerprint without algebra: their fields are
// common.
bool shows_forgery(const Evidence& evidence);

}  // namespace deadair::interference
