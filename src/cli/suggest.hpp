// Guesses which option a mistyped one was meant to be.
#pragma once

#include <string>
#include <string_view>

namespace deadair::cli {

// The long option nearest to `typed` ("--jsn" gives "--json"), or empty when none is near.
std::string suggest_option(std::string_view typed);

}  // namespace deadair::cli
