// Counts as people say them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace deadair::interference {

// "the one call", "both calls", "all 3 calls", "2 of 3 calls": `some` out of `all`, which is not 0.
std::string share_of(std::uint64_t some, std::uint64_t all, std::string_view one,
                     std::string_view many);
// The same at the beginning of a sentence.
std::string share_at_start(std::uint64_t some, std::uint64_t all, std::string_view one,
                           std::string_view many);

// "1 flow", "3 flows".
std::string count_of(std::uint64_t count, std::string_view one, std::string_view many);
// "1 flow was answered", "3 flows were answered".
std::string answered(std::uint64_t count, std::string_view one, std::string_view many);
// A name of the records as a page says it: "aborted_by_sender" is "aborted by sender".
std::string spoken(std::string_view name);

}  // namespace deadair::interference
