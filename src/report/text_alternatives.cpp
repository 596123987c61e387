// Joins explanations of one kind with their reasons.
#include "report/text_alternatives.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/text_layout.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::array<std::string_view, 12> kAcronyms = {
    "CGN", "DNS", "FIN", "HTTP", "ICMP", "LAN", "MTU", "NAT", "QUIC", "TCP", "TLS", "UDP"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Names are identifiers or words; people read words.
std::string name_words(std::string_view name) {
  std::string words = printable_words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  for (std::size_t from = 0; from < words.size();) {
    const std::size_t to = std::min(words.find(' ', from), words.size());
    const std::string_view word = std::string_view(words).substr(from, to - from);
    if (std::ranges::find(kAcronyms, word) == kAcronyms.end())
      std::transform(words.begin() + static_cast<std::ptrdiff_t>(from),
                     words.begin() + static_cast<std::ptrdiff_t>(to),
                     words.begin() + static_cast<std::ptrdiff_t>(from), lower);
    from = to + 1;
  }
  return words;
}

std::string joined(std::span<const Alternative> considered, bool excluded, bool reasons) {
  std::string text;
  for (const Alternative& each : considered) {
    if (each.excluded != excluded) continue;
    text += text.empty() ? (excluded ? "excluded: " : "open: ") : (reasons ? "; " : ", ");
    text += name_words(each.name);
    if (reasons && !each.why.empty()) text += fmt::format(" ({})", printable_words(each.why));
  }
  return text;
}

}  // namespace

std::vector<std::string> alternatives_lines(std::span<const Alternative> considered, bool excluded,
                                            std::size_t width, std::size_t most) {
  std::vector<std::string> lines = wrap_words(joined(considered, excluded, true), width, most + 1);
  if (lines.size() <= most) return lines;
  return wrap_words(joined(considered, excluded, false), width, most);
}

}  // namespace deadair::report
