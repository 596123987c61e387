// Tells bytes that look encrypted throughout from bytes with any structure.
#pragma once

#include "bytes/byte_view.hpp"

namespace deadair::classifiers::obfuscated {

// True when the first payload packet of a client escapes none of the five exemptions that Wu et al.
// (USENIX Security 2023) measured: too few or too many set bits, printable start, printable
// majority, printable run, TLS or HTTP.
bool passes_entropy_rule(ByteView packet);

// True when the byte values are as evenly spread as random ones are, no byte repeats itself in the
// head and no number in the head is the length of the whole.
bool looks_random(ByteView flight);

}  // namespace deadair::classifiers::obfuscated
