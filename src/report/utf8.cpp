// UTF-8 decoding, terminal width, and making text safe and short.
#include "report/utf8.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace deadair::report {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

template <std::size_t N>
bool in_ranges(const std::array<Range, N>& ranges, std::uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](Range range) { return code >= range.first && code <= range.last; });
}

// Unicode 15 EastAsianWidth W and F, merged to whole blocks.
constexpr std::array<Range, 11> kWide = {{{0x1100, 0x115f},
                                          {0x2e80, 0x303e},
                                          {0x3041, 0xa4cf},
                                          {0xa960, 0xa97f},
                                          {0xac00, 0xd7a3},
                                          {0xf900, 0xfaff},
                                          {0xfe30, 0xfe6f},
                                          {0xff00, 0xff60},
                                          {0xffe0, 0xffe6},
                                          {0x1f300, 0x1faff},
                                          {0x20000, 0x3fffd}}};
// The usual combining marks: Latin, Cyrillic, Hebrew, Arabic, variation selectors.
constexpr std::array<Range, 7> kCombining = {{{0x0300, 0x036f},
                                              {0x0483, 0x0489},
                                              {0x0591, 0x05bd},
                                              {0x0610, 0x061a},
                                              {0x064b, 0x065f},
                                              {0x20d0, 0x20ff},
                                              {0xfe00, 0xfe0f}}};
// Controls, zero-width and bidirectional marks, line separators, byte order mark, tags.
constexpr std::array<Range, 9> kHarmful = {{{0x0000, 0x001f},
                                            {0x007f, 0x009f},
                                            {0x00ad, 0x00ad},
                                            {0x061c, 0x061c},
                                            {0x200b, 0x200f},
                                            {0x2028, 0x202e},
                                            {0x2060, 0x206f},
                                            {0xfeff, 0xfeff},
                                            {0xe0000, 0xe0fff}}};

std::size_t columns(std::uint32_t code) {
  if (code < 0x300) return 1;
  if (in_ranges(kCombining, code)) return 0;
  return in_ranges(kWide, code) ? 2 : 1;
}

void append_escaped(std::string& out, std::string_view bytes) {
  for (const char byte : bytes) {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  }
}

// The longest beginning of `text` of at most `width` columns.
std::string_view start_of(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character character = decode_utf8(text.substr(at));
    used += columns(character.code);
    if (used > width) break;
    at += character.length;
  }
  return text.substr(0, at);
}

// The longest end of `text` of at most `width` columns.
std::string_view end_of(std::string_view text, std::size_t width) {
  std::size_t left = display_width(text);
  while (left > width) {
    const Utf8Character character = decode_utf8(text);
    left -= columns(character.code);
    text.remove_prefix(character.length);
  }
  return text;
}

// Escapes what is not ASCII from `first` to the tilde.
std::string ascii_from(std::string_view text, char first) {
  std::string out;
  for (const char character : text) {
    if (character >= first && character < 0x7f) {
      out += character;
    } else {
      append_escaped(out, {&character, 1});
    }
  }
  return out;
}

}  // namespace

Utf8Character decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xc2 || lead > 0xf4) return {lead, 1, false};
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest[length] || code > 0x10ffff || surrogate) return {lead, 1, false};
  return {code, length, true};
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Character character = decode_utf8(text);
    width += columns(character.code);
    text.remove_prefix(character.length);
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Character character = decode_utf8(text);
    const std::string_view bytes = text.substr(0, character.length);
    if (!character.valid || in_ranges(kHarmful, character.code)) {
      append_escaped(out, bytes);
    } else {
      out += bytes;
    }
    text.remove_prefix(character.length);
  }
  return out;
}

std::string printable_ascii(std::string_view text) { return ascii_from(text, 0x21); }

std::string printable_words(std::string_view text) { return ascii_from(text, ' '); }

std::string keep_end(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  return fmt::format("{}{}", kEllipsis, end_of(text, width - 1));
}

std::string keep_ends(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  return fmt::format("{}{}{}", start_of(text, width / 2), kEllipsis,
                     end_of(text, width - 1 - width / 2));
}

std::string keep_start(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  return fmt::format("{}{}", start_of(text, width - 1), kEllipsis);
}

}  // namespace deadair::report
