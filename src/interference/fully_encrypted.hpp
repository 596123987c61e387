// Does a first payload look random from its first byte on, as fully encrypted protocols do?
#pragma once

#include "bytes/byte_view.hpp"

namespace deadair::interference {

// The rule by which such connections were dropped in China: M. Wu et al., "How the Great Firewall
// of China Detects and Blocks Fully Encrypted Traffic", USENIX Security 2023, section 4. Bits set a
// byte between 3.4 and 4.6, fewer than six printable bytes at the beginning, half of them or fewer
// in all, no run of more than 20, neither TLS nor HTTP. Looks at the first 512 bytes.
bool looks_fully_encrypted(ByteView payload);

}  // namespace deadair::interference
