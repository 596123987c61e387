// The few terminal attributes that the text output uses.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace deadair::report {

// Columns that no line of the text output exceeds.
inline constexpr std::size_t kPageWidth = 100;

class Style {
 public:
  explicit Style(bool colour) : colour_(colour) {}

  [[nodiscard]] std::string heading(std::string_view text) const { return wrap("\x1b[1m", text); }
  // Secondary matter.
  [[nodiscard]] std::string quiet(std::string_view text) const { return wrap("\x1b[2m", text); }
  // What limits the answer: a damaged or lossy capture.
  [[nodiscard]] std::string warning(std::string_view text) const { return wrap("\x1b[33m", text); }

 private:
  [[nodiscard]] std::string wrap(std::string_view start, std::string_view text) const {
    if (!colour_ || text.empty()) return std::string(text);
    return fmt::format("{}{}\x1b[0m", start, text);
  }

  bool colour_;
};

}  // namespace deadair::report
