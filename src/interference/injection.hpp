// Was the packet that ended a flow sent by the host it claims to be from? Two families of tests.
#pragma once

#include "interference/evidence.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

// INJ.TTL, INJ.IPID, INJ.TS, INJ.OPT, INJ.WIN, INJ.FLAGS and INJ.RTT: the header against what its
// sender normally sends. Only the first packet of the tear-down is judged: once a host has closed,
// firewalls in front of it answer what still comes, with headers of their own.
void judge_header(const TcpStory& story, const TearDown& event, const Context& context,
                  Evidence& evidence);

// INJ.RST_SEQ_CHANGE, INJ.RST_SEQ_DATA, INJ.DATA_SEQ_RST, INJ.RST_ACK_CHANGE, INJ.SYN_RST and
// INJ.FIN_SEQ_DATA: packets that one host would not have sent in this order (N. Weaver, R. Sommer,
// V. Paxson, "Detecting Forged TCP Reset Packets", NDSS 2009).
void judge_order(const TcpStory& story, const TearDown& event, Evidence& evidence);

// The FIN of `sender` after which it sent more, with another TTL than its other packets have.
std::optional<TearDown> forged_fin_of(const TcpStory& story, Sender sender);

}  // namespace deadair::interference
