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

// `text` broken at its spaces into at most `most` lines (at least 1) of `width` columns; an
// ellipsis ends the last when there was more.
std::vector<std::string> wrap_words(std::string_view text, std::size_t width, std::size_t most);

// Columns as wide as their titles and widest cells, two spaces apart.
class Columns {
 public:
  struct Column {
    std::string_view title;
    bool right_aligned = false;
    std::size_t width = 0;
  };

  explicit Columns(std::span<const Column> columns);

  // Widens the columns to hold `cells`, one for each.
  void fit(std::span<const std::string> cells);
  // The column of the screen at which a column begins; that after the last for their number.
  [[nodiscard]] std::size_t start_of(std::size_t column) const;
  // Each cell followed by the gap to the next column.
  [[nodiscard]] std::string line(std::span<const std::string> cells) const;
  [[nodiscard]] std::string titles() const;

 private:
  static constexpr std::size_t kGap = 2;

  std::vector<Column> columns_;
};

}  // namespace deadair::report
