// Lines, blanks and numbers of text protocols (RFC 5234 ABNF as SIP and SDP use it).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace deadair::proto::text {

// The line at the start of a text without its end, CR LF or LF alone. `complete` is false when the
// text has no line end: `line` is then all of it.
struct Line {
  std::string_view line;
  std::size_t next = 0;  // where the following line starts
  bool complete = false;
};

inline Line first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {text, text.size(), false};
  const std::size_t size = end > 0 && text[end - 1] == '\r' ? end - 1 : end;
  return {text.substr(0, size), end + 1, true};
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr bool same_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

constexpr bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return same_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// Without blanks and line ends on either side.
constexpr std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// The text up to the first of `ends`, or all of it; `text` is moved behind that character.
constexpr std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

// The next word between blanks; empty at the end.
constexpr std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return take_until(text, " \t\r\n");
}

// The value of 1 to 10 decimal digits up to `max`; nothing when it is anything else.
constexpr std::optional<std::uint32_t> number(std::string_view digits,
                                              std::uint32_t max = 0xffffffff) {
  std::uint64_t value = 0;
  if (digits.empty() || digits.size() > 10) return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > max) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

}  // namespace deadair::proto::text
