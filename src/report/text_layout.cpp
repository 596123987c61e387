// Padding and line filling by display width.
#include "report/text_layout.hpp"

#include <algorithm>

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

std::vector<std::string> wrap_words(std::string_view text, std::size_t width, std::size_t most) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::string> lines = fill_lines(words, " ", width);
  if (lines.size() <= most) return lines;
  lines.resize(most);
  lines.back() = keep_start(lines.back() + " \u2026", width);
  return lines;
}

Columns::Columns(std::span<const Column> columns) : columns_(columns.begin(), columns.end()) {
  for (Column& column : columns_) column.width = std::max(column.width, column.title.size());
}

void Columns::fit(std::span<const std::string> cells) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].width = std::max(columns_[i].width, display_width(cells[i]));
  }
}

std::size_t Columns::start_of(std::size_t column) const {
  std::size_t start = 0;
  for (std::size_t i = 0; i < column; ++i) start += columns_[i].width + kGap;
  return start;
}

std::string Columns::line(std::span<const std::string> cells) const {
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& [title, right_aligned, width] = columns_[i];
    text += right_aligned ? pad_left(cells[i], width) : pad_right(cells[i], width);
    text.append(kGap, ' ');
  }
  return text;
}

std::string Columns::titles() const {
  std::vector<std::string> cells;
  cells.reserve(columns_.size());
  for (const Column& column : columns_) cells.emplace_back(column.title);
  return line(cells);
}

}  // namespace deadair::report
