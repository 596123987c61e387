// Joins explanations of one kind with their reasons.
#include "report/text_alternatives.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/utf8.hpp"

namespace deadair::report {
namespace {

// Names are identifiers or words; people read words.
std::string name_words(std::string_view name) {
  std::string words = printable_words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace

std::string alternatives_text(std::span<const Alternative> considered, bool excluded) {
  std::string text;
  for (const Alternative& each : considered) {
    if (each.excluded != excluded) continue;
    text += text.empty() ? (excluded ? "excluded: " : "open: ") : "; ";
    text += name_words(each.name);
    if (!each.why.empty()) text += fmt::format(" ({})", printable_words(each.why));
  }
  return text;
}

}  // namespace deadair::report
