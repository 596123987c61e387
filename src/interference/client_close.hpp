// Tells connections that went well and that their client then closed by a RST.
#pragma once

#include "interference/tcp_story.hpp"

namespace deadair::interference {

// A client may abort a connection it needs no longer, and answers with a RST what still arrives
// once it has closed (RFC 9293 sections 3.10.5 and 3.10.7.1, RFC 1122 section 4.2.2.13): browsers
// and telephones do. True when the server had answered its data and the answer had arrived, the
// reset has the client's TTL, numbers and place in the order, and either an end had announced the
// end, or the capture lies beside the client, where nobody else's packets in its name come by. In
// doubt false.
bool closed_by_client(const TcpStory& story);

}  // namespace deadair::interference
