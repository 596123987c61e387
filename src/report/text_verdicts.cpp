// Lays verdicts out in columns with the sentence last.
#include "report/text_verdicts.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/names.hpp"
#include "report/text_alternatives.hpp"
#include "report/text_layout.hpp"
#include "report/top_findings.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kRowsShown = 12;
constexpr std::size_t kLongestApp = 12;
constexpr std::size_t kMostLines = 4, kMostDetailed = 12;  // of a sentence or a list
constexpr std::array<Columns::Column, 3> kLayout = {{{"app"}, {"service"}, {"answer"}}};

// The worst first.
unsigned rank(VerdictOutcome outcome) {
  constexpr std::array<unsigned, kVerdictOutcomes> kRanks = {3, 1, 0, 2, 4};
  return kRanks[static_cast<std::size_t>(outcome)];
}

bool interfered(VerdictOutcome outcome) {
  return outcome == VerdictOutcome::blocked || outcome == VerdictOutcome::degraded;
}

// People read what matters most in capitals.
std::string outcome_words(VerdictOutcome outcome) {
  constexpr std::array<std::string_view, kVerdictOutcomes> kWords = {
      "ok", "DEGRADED", "BLOCKED", "inconclusive", "not observable"};
  return std::string(kWords[static_cast<std::size_t>(outcome)]);
}

std::string answer_text(const Verdict& verdict) {
  std::string words = outcome_words(verdict.outcome);
  if (!verdict.level || !interfered(verdict.outcome)) return words;
  return fmt::format("{} ({})", words, level_text(*verdict.level));
}

using Rows = std::vector<const Verdict*>;

// Verdicts of one application stay together, in the place of its worst.
Rows in_order(std::span<const Verdict> verdicts) {
  Rows worst;
  for (const Verdict& verdict : verdicts) worst.push_back(&verdict);
  std::stable_sort(worst.begin(), worst.end(), [](const Verdict* a, const Verdict* b) {
    return rank(a->outcome) < rank(b->outcome);
  });
  Rows rows;
  std::vector<bool> taken(worst.size());
  for (std::size_t i = 0; i < worst.size(); ++i) {
    for (std::size_t j = i; j < worst.size(); ++j) {
      if (taken[j] || worst[j]->app != worst[i]->app) continue;
      taken[j] = true;
      rows.push_back(worst[j]);
    }
  }
  return rows;
}

std::string finding_counts(const Verdict& verdict) {
  std::string text;
  for (const Verdict::Count& each : verdict.findings) {
    text += fmt::format("{}{} {}", text.empty() ? "rests on: " : ", ", printable_ascii(each.id),
                        human_count(each.count));
  }
  return text;
}

std::string attempts_text(const Verdict& verdict) {
  if (!verdict.attempts) return {};
  std::string text = plural(*verdict.attempts, "attempt");
  if (verdict.failed) text += fmt::format(", {} failed", human_count(*verdict.failed));
  if (verdict.connected) text += fmt::format(", {} connected", human_count(*verdict.connected));
  return text;
}

// The lines below the sentence.
std::vector<std::string> grounds(const Verdict& verdict, bool detailed, std::size_t width) {
  std::vector<std::string> lines;
  if (!detailed && !interfered(verdict.outcome)) return lines;
  const std::size_t most = detailed ? kMostDetailed : kMostLines;
  const auto add = [&](std::span<const std::string> more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  if (detailed) add(wrap_words(attempts_text(verdict), width, most));
  add(wrap_words(printable_words(verdict.bound), width, most));
  if (detailed) add(wrap_words(finding_counts(verdict), width, most));
  if (detailed) add(alternatives_lines(verdict.alternatives, true, width, most));
  add(alternatives_lines(verdict.alternatives, false, width, most));
  return lines;
}

class Table {
 public:
  Table(bool detailed, const Style& style) : detailed_(detailed), style_(style) {}

  using Cells = std::array<std::string, 3>;

  static Cells cells_of(const Verdict& verdict) {
    return {keep_start(printable_ascii(verdict.app), kLongestApp),
            std::string(verdict_service_name(verdict.service)), answer_text(verdict)};
  }
  void fit(const Verdict& verdict) { columns_.fit(cells_of(verdict)); }

  // The application is named in its first row only.
  [[nodiscard]] std::string row(const Verdict& verdict, bool named) const {
    Cells cells = cells_of(verdict);
    const std::string name = cells[0];
    if (!named) cells[0].clear();
    const std::string answer = cells[2];
    std::string line = columns_.line(cells);
    // A shortened name has more bytes than columns.
    const std::size_t shift = cells[0].size() - display_width(cells[0]);
    if (interfered(verdict.outcome)) {
      line.replace(columns_.start_of(2) + shift, answer.size(), style_.warning(answer));
    }
    if (named) line.replace(0, name.size(), style_.heading(name));
    return line + sentence(verdict);
  }

 private:
  [[nodiscard]] std::string sentence(const Verdict& verdict) const {
    const std::size_t start = columns_.start_of(3);
    const std::string margin(start, ' ');
    std::string text;
    for (const std::string& line :
         wrap_words(printable_words(verdict.text), kPageWidth - start, kMostLines)) {
      text += fmt::format("{}{}\n", text.empty() ? "" : margin, line);
    }
    for (const std::string& line : grounds(verdict, detailed_, kPageWidth - start)) {
      text += fmt::format("{}{}\n", margin, style_.quiet(line));
    }
    return text;
  }

  Columns columns_{kLayout};
  bool detailed_;
  const Style& style_;
};

// "... 14 more answers: 12 ok, 2 not observable"
std::string rest(std::span<const Verdict* const> hidden, const Style& style) {
  if (hidden.empty()) return {};
  std::array<std::uint64_t, kVerdictOutcomes> counts{};
  for (const Verdict* verdict : hidden) ++counts[static_cast<std::size_t>(verdict->outcome)];
  std::string text = fmt::format("\u2026 {}", plural(hidden.size(), "more answer"));
  std::string_view separator = ": ";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    text += fmt::format("{}{} {}", separator, human_count(counts[i]),
                        outcome_words(static_cast<VerdictOutcome>(i)));
    separator = ", ";
  }
  return style.quiet(text) + "\n";
}

}  // namespace

bool raises_doubt(const Verdict& verdict) {
  return interfered(verdict.outcome) || verdict.outcome == VerdictOutcome::inconclusive;
}

std::string render_verdicts(std::span<const Verdict> verdicts, bool detailed, const Style& style) {
  const Rows all = in_order(verdicts);
  const std::span<const Verdict* const> rows(all);
  const auto shown = rows.first(detailed ? rows.size() : std::min(rows.size(), kRowsShown));
  Table table(detailed, style);
  for (const Verdict* verdict : shown) table.fit(*verdict);
  std::string text;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    text += table.row(*shown[i], i == 0 || shown[i - 1]->app != shown[i]->app);
  }
  return text + rest(rows.subspan(shown.size()), style);
}

}  // namespace deadair::report
