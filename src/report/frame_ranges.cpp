// Joins neighbouring frame numbers and stops where the line is full.
#include "report/frame_ranges.hpp"

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

// How many frames from the first on follow each other in one input.
std::size_t run_length(std::span<const Frame> frames) {
  std::size_t length = 1;
  while (length < frames.size() && frames[length].input == frames[0].input &&
         frames[length].number == frames[length - 1].number + 1) {
    ++length;
  }
  return length;
}

std::string run_text(std::span<const Frame> run, std::uint32_t home, const InputNames& names) {
  std::string text = std::to_string(run.front().number);
  if (run.size() > 1) text += fmt::format("-{}", run.back().number);
  if (run.front().input == home) return text;
  constexpr std::size_t kLongestName = 30;
  return fmt::format("{} of {}", text,
                     keep_end(printable(names.name(run.front().input)), kLongestName));
}

}  // namespace

std::string frame_ranges(std::span<const Frame> frames, std::uint32_t home, const InputNames& names,
                         std::size_t width) {
  if (frames.empty()) return {};
  constexpr std::size_t kMoreWidth = 18;  // " and 1,234,567 more"
  std::string text = frames.size() == 1 ? "frame " : "frames ";
  std::string_view separator;
  while (!frames.empty()) {
    const std::size_t length = run_length(frames);
    const std::string run = run_text(frames.first(length), home, names);
    const std::size_t room = length == frames.size() ? 0 : kMoreWidth;
    const bool fits = display_width(text) + separator.size() + display_width(run) + room <= width;
    if (!separator.empty() && !fits) break;
    text += fmt::format("{}{}", separator, run);
    separator = ", ";
    frames = frames.subspan(length);
  }
  if (!frames.empty()) text += fmt::format(" and {} more", human_count(frames.size()));
  return text;
}

}  // namespace deadair::report
