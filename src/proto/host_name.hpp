// Tells whether bytes that a peer sent as a host name can be one.
#pragma once

#include <string_view>

namespace deadair::proto {

// True for letters, digits, '.', '-' and '_' (1 to 253 of them), and nothing else: names that
// reach reports hold no control characters and no spaces.
bool is_host_name(std::string_view name);

}  // namespace deadair::proto
