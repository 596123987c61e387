// Quantities as people read them: few digits, a unit, a known greatest width.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace deadair::report {

// "812 B", "3.4 MB", "120 kB": at most 6 characters, powers of 1000.
std::string human_bytes(std::uint64_t bytes);
// "48,112": all digits, in groups.
std::string human_count(std::uint64_t count);
// "9999", "12k", "4.2M": at most 4 characters.
std::string short_count(std::uint64_t count);
// "0 ms", "40 ms", "1.9 s", "2m 14s", "1h 05m", "2d 03h", "412 d": at most 7 characters; negative
// times count as 0.
std::string human_duration(std::int64_t ns);
// "1 flow", "1,204 flows".
std::string plural(std::uint64_t count, std::string_view noun);

}  // namespace deadair::report
