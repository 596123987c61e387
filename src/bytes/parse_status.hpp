// The three outcomes of every dissector.
#pragma once

#include <cstdint>

namespace deadair {

enum class ParseStatus : std::uint8_t {
  parsed,     // the value is complete
  truncated,  // it is this protocol as far as the captured bytes go, but they end too early
  not_this,   // these bytes are not this protocol
};

}  // namespace deadair
