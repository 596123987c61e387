// Turns the values of options into numbers and other types, or says clearly why not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bytes/ip_address.hpp"
#include "cli/options.hpp"
#include "interference/watch_list.hpp"

namespace deadair::cli {

// `option` is the name as the user knows it ("-c"), for the message. All throw Error.
std::uint64_t whole_number(std::string_view option, const std::string& value, std::uint64_t least,
                           std::uint64_t most);
// Seconds from a thousandth to ten million, with decimals if wanted.
double seconds(std::string_view option, const std::string& value);
IpPrefix prefix(std::string_view option, const std::string& value);
// Adds the names in the file `value` to the list.
void watch(std::string_view option, const std::string& value, interference::WatchList& list);
Colour colour(std::string_view option, const std::string& value);
// FORMAT or FORMAT:FILE.
OutputRequest output(std::string_view option, const std::string& value);

}  // namespace deadair::cli
