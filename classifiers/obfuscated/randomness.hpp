// Tells bytes that look encrypted throughout from bytes with any structure.
#pragma once

#include "bytes/byte_view.hpp"

namespace deadair::classifiers::obfuscated {

// What the first bytes alone can refuse, at a small price: true for a packet that may still pass
// the rule and look random.
bool may_be_random(ByteView packet);

// True when the first flight of a client escapes none of the five exemptions that Wu et al.
// (USENIX Security 2023) measured on first packets: too few or too many set bits, printable start,
// printable majority, printable run, TLS or HTTP.
bool passes_entropy_rule(ByteView packet);

// True when the byte values are as evenly spread as random ones are, no byte repeats itself in the
// head and no number in the head is the length of the whole.
bool looks_random(ByteView flight);

}  // namespace deadair::classifiers::obfuscated
