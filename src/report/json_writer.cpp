// String escaping with UTF-8 repair, and numbers with fixed digits.
#include "report/json_writer.hpp"

#include <array>
#include <cmath>

#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

// True for the characters that stand for themselves in a JSON string.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool is_plain(char character) { return kPlain[static_cast<unsigned char>(character)]; }

void append_escape(Buffer& out, std::uint32_t code) {
  switch (code) {
    case '"':
      return out.append("\\\"");
    case '\\':
      return out.append("\\\\");
    case '\n':
      return out.append("\\n");
    case '\r':
      return out.append("\\r");
    case '\t':
      return out.append("\\t");
    default:
      break;
  }
  const std::span<char> at = out.room(6);
  at[0] = '\\';
  at[1] = 'u';
  for (std::size_t i = 0; i < 4; ++i) at[5 - i] = kHex[code >> (4 * i) & 0xf];
  out.keep(6);
}

// The character at the start of `text`, which is not plain; returns the rest.
std::string_view append_special(Buffer& out, std::string_view text) {
  const Utf8Character character = decode_utf8(text);
  const bool control = character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0);
  if (!character.valid) {
    append_escape(out, 0xfffd);
  } else if (control || character.code == '"' || character.code == '\\') {
    append_escape(out, character.code);
  } else {
    out.append(text.substr(0, character.length));
  }
  return text.substr(character.length);
}

constexpr std::array<double, 10> kPowers = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

}  // namespace

void append_json_string(Buffer& out, std::string_view text) {
  out.append('"');
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text = append_special(out, text);
  }
  out.append('"');
}

void append_fixed(Buffer& out, double value, unsigned digits) {
  constexpr double kLargest = 9.2e18;
  double scaled = std::isnan(value) ? 0 : value * kPowers[digits];
  if (scaled < 0) {
    scaled = -scaled;
    if (scaled >= 0.5) out.append('-');
  }
  const auto whole = static_cast<std::uint64_t>(std::llround(std::min(scaled, kLargest)));
  const auto unit = static_cast<std::uint64_t>(kPowers[digits]);
  out.append_number(whole / unit);
  if (digits == 0) return;
  out.append('.');
  std::uint64_t rest = whole % unit;
  const std::span<char> at = out.room(digits);
  for (std::size_t i = digits; i > 0; --i) {
    at[i - 1] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  out.keep(digits);
}

}  // namespace deadair::report
