// Reads text of unknown origin as UTF-8, one character at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace deadair::report {

struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t length = 1;  // bytes used; 1 when not valid
  bool valid = false;
};

// The first character of `text`, which is not empty. Overlong forms, surrogates and anything above
// U+10FFFF are not valid (RFC 3629 section 3).
Utf8Character decode_utf8(std::string_view text);

// Columns a terminal uses for `text`, which is valid UTF-8: 2 for East Asian wide characters and
// emoji, 0 for combining marks, else 1.
std::size_t display_width(std::string_view text);

// `text` made safe to show: control characters, marks that reorder or hide text (bidirectional
// overrides, zero-width characters) and bytes that are not UTF-8 become `\x1b`-like escapes.
std::string printable(std::string_view text);

// The same for text that comes out of packets: everything outside printable ASCII is escaped,
// because host names have no business being anything else and look-alikes deceive.
std::string printable_ascii(std::string_view text);
// The same for sentences that may quote packets: spaces stay.
std::string printable_words(std::string_view text);

// Shortens printable text to at most `width` columns by leaving out its beginning, its middle or
// its end; a `…` stands for what is gone. `width` is at least 1.
std::string keep_end(std::string_view text, std::size_t width);
std::string keep_ends(std::string_view text, std::size_t width);
std::string keep_start(std::string_view text, std::size_t width);

}  // namespace deadair::report
