// Pages of text, line by line.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "report/utf8.hpp"

namespace deadair::report::test {

using Lines = std::vector<std::string>;

inline Lines lines_of(const std::string& text) {
  std::istringstream stream(text);
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Fits a screen of 100 columns, and holds nothing that a terminal would obey.
inline void check_page(const std::string& text) {
  for (const std::string& line : lines_of(text)) {
    INFO(line);
    CHECK(display_width(line) <= 100);
    CHECK((line.empty() || line.back() != ' '));
    CHECK(std::none_of(line.begin(), line.end(), [](char c) { return c >= 0 && c < 0x20; }));
  }
}

}  // namespace deadair::report::test
