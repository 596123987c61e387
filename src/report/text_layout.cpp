// Padding and line filling by display width.
#include "report/text_layout.hpp"

#include <fmt/format.h>

#include "report/utf8.hpp"

namespace deadair::report {
namespace {

std::string spaces_for(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(used < width ? width - used : 0, ' ');
}

}  // namespace

std::string pad_right(std::string_view text, std::size_t width) {
  return fmt::format("{}{}", text, spaces_for(text, width));
}

std::string pad_left(std::string_view text, std::size_t width) {
  return fmt::format("{}{}", spaces_for(text, width), text);
}

std::vector<std::string> fill_lines(std::span<const std::string> items, std::string_view separator,
                                    std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& item : items) {
    const std::string shown = keep_ends(item, width);
    const bool fits =
        !lines.empty() &&
        display_width(lines.back()) + display_width(separator) + display_width(shown) <= width;
    if (fits) {
      lines.back() += separator;
      lines.back() += shown;
    } else {
      if (!lines.empty() && separator.substr(0, 1) == ",") lines.back() += ',';
      lines.push_back(shown);
    }
  }
  return lines;
}

}  // namespace deadair::report
