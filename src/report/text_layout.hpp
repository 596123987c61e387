// Puts text into columns and lines of known width.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace deadair::report {

// `text` followed or preceded by spaces up to `width` columns.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

// Joins `items` with `separator` into lines of at most `width` columns, breaking only between
// items; an item longer than a line is shortened.
std::vector<std::string> fill_lines(std::span<const std::string> items, std::string_view separator,
                                    std::size_t width);

}  // namespace deadair::report
