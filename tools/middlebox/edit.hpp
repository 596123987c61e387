// Changes header fields of a frame in place and puts its checksums right again.
#pragma once

#include "frame.hpp"

namespace deadair::middlebox {

// IPv4 TTL or IPv6 hop limit.
void set_ttl(Frame& frame, const Headers& headers, std::uint8_t ttl);

// Makes a TCP segment one of these flags without data: what a device on the path does that turns an
// answer into a reset. `headers` must be read anew afterwards.
void strip_to_flags(Frame& frame, const Headers& headers, std::uint8_t flags);

}  // namespace deadair::middlebox
