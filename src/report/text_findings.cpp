// Lays findings out by severity, a few lines each.
#include "report/text_findings.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "report/frame_ranges.hpp"
#include "report/human.hpp"
#include "report/names.hpp"
#include "report/text_alternatives.hpp"
#include "report/text_finding_detail.hpp"
#include "report/text_layout.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kLongestId = 28;
constexpr std::size_t kLongestApp = 12;
constexpr std::size_t kMostLines = 4, kMostDetailed = 12;  // of a sentence or a list
constexpr std::size_t kLongestName = 40;
constexpr std::string_view kSeparator = "   ";
constexpr std::array<Columns::Column, 3> kLayout = {{{"", false, 10}, {""}, {""}}};
// From the gravest to that which says nothing.
constexpr std::array<Level, kLevels> kLevelOrder = {Level::confirmed_pattern, Level::likely,
                                                    Level::anomalous, Level::observed,
                                                    Level::indeterminate};

using Cells = std::array<std::string, 3>;
using Phrases = std::vector<std::string>;

Cells cells_of(const Finding& finding) {
  return {std::string(level_text(finding.level)),
          keep_start(printable_ascii(finding.id), kLongestId),
          finding.app.empty() ? "-" : keep_start(printable_ascii(finding.app), kLongestApp)};
}

std::string trigger_text(const Trigger& trigger) {
  std::string text = keep_ends(printable_ascii(trigger.type), kLongestName);
  std::replace(text.begin(), text.end(), '_', ' ');
  if (!trigger.name.empty()) {
    text += fmt::format(" {}", keep_end(printable_ascii(trigger.name), kLongestName));
  }
  return text;
}

std::string also_text(const Finding& finding) {
  std::string text;
  for (const std::string& id : finding.fold.also)
    text += fmt::format("{}{}", text.empty() ? "also shown by " : ", ", printable_ascii(id));
  return text;
}

std::string where(const Finding& finding, const FindingListOptions& options,
                  const InputNames& names) {
  const bool one_more = options.several_inputs && !finding.frames.empty();
  const std::string in =
      one_more ? fmt::format(" in {}", keep_end(printable(names.name(finding.input)), 30)) : "";
  // What remains of a line below the level.
  const std::size_t width = kPageWidth - kLayout[0].width - 10 - display_width(in);
  const auto& frames = finding.fold.frames.empty() ? finding.frames : finding.fold.frames;
  return frame_ranges(frames, finding.input, names, width) + in;
}

// To what it happened, what set it off, what was measured, and where it shows.
Phrases facts_of(const Finding& finding, const FindingListOptions& options,
                 const InputNames& names) {
  Phrases phrases;
  if (finding.call != 0) phrases.push_back(fmt::format("call {}", finding.call));
  if (!finding.trigger.type.empty()) phrases.push_back(trigger_text(finding.trigger));
  for (std::string& text : measured_texts(finding.measured)) phrases.push_back(std::move(text));
  if (finding.fold.times > 1)
    phrases.push_back(fmt::format("{} times", human_count(finding.fold.times)));
  phrases.push_back(where(finding, options, names));
  phrases.erase(std::remove(phrases.begin(), phrases.end(), ""), phrases.end());
  return phrases;
}

// The same explanations are excluded, and the same are open.
bool explained_alike(const Finding& x, const Finding& y) {
  return !x.alternatives.empty() &&
         std::ranges::equal(x.alternatives, y.alternatives,
                            [](const Alternative& a, const Alternative& b) {
                              return a.name == b.name && a.excluded == b.excluded;
                            });
}

class List {
 public:
  List(std::span<const Finding* const> shown, const FindingListOptions& options,
       const InputNames& names, const Style& style)
      : options_(options), names_(names), style_(style) {
    for (const Finding* finding : shown) columns_.fit(cells_of(*finding));
  }

  // `before`: what stands above it in the list; null for the first.
  [[nodiscard]] std::string entry(const Finding& finding, const Finding* before) const {
    std::string text = first_lines(finding);
    text += lines(printable_words(finding.text), false);
    text += lines(also_text(finding), true);
    if (options_.detailed) {
      for (const std::string& line : evidence_lines(finding, names_)) text += lines(line, true);
    }
    if (!options_.detailed && before != nullptr && explained_alike(*before, finding)) {
      text += lines("excluded and open: as above", true);
    } else {
      text += alternatives(finding, true) + alternatives(finding, false);
    }
    return text + lines(gates_text(finding), true);
  }

 private:
  [[nodiscard]] std::size_t indent() const { return columns_.start_of(1); }

  // The row, then what does not fit into it.
  [[nodiscard]] std::string first_lines(const Finding& finding) const {
    const Cells cells = cells_of(finding);
    const Phrases facts = facts_of(finding, options_, names_);
    std::string row = columns_.line(cells);
    std::size_t used = display_width(row);
    std::size_t next = 0;
    for (; next < facts.size(); ++next) {
      const std::size_t gap = next == 0 ? 0 : kSeparator.size();
      if (used + gap + display_width(facts[next]) > kPageWidth) break;
      row += fmt::format("{}{}", next == 0 ? "" : kSeparator, facts[next]);
      used += gap + display_width(facts[next]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    row.replace(indent(), cells[1].size(), style_.heading(cells[1]));
    if (finding.level >= Level::likely) {
      row.replace(0, cells[0].size(), style_.warning(cells[0]));
    }
    std::string text = row + '\n';
    const auto left = std::span(facts).subspan(next);
    for (const std::string& line : fill_lines(left, kSeparator, kPageWidth - indent())) {
      text += fmt::format("{}{}\n", std::string(indent(), ' '), line);
    }
    return text;
  }

  [[nodiscard]] std::size_t most_lines() const {
    return options_.detailed ? kMostDetailed : kMostLines;
  }
  [[nodiscard]] std::size_t width() const { return kPageWidth - indent(); }

  [[nodiscard]] std::string alternatives(const Finding& finding, bool excluded) const {
    return below(alternatives_lines(finding.alternatives, excluded, width(), most_lines()), true);
  }
  [[nodiscard]] std::string lines(std::string_view words, bool quiet) const {
    return below(wrap_words(words, width(), most_lines()), quiet);
  }
  [[nodiscard]] std::string below(std::span<const std::string> lines, bool quiet) const {
    std::string text;
    for (const std::string& line : lines)
      text += fmt::format("{}{}\n", std::string(indent(), ' '), quiet ? style_.quiet(line) : line);
    return text;
  }

  Columns columns_{kLayout};
  const FindingListOptions& options_;
  const InputNames& names_;
  const Style& style_;
};

// "5 findings: 1 likely, 4 observed"
std::string heading(const TopFindings& findings, const Style& style) {
  std::uint64_t all = 0;
  std::string text;
  for (const Level level : kLevelOrder) {
    const std::uint64_t total = findings.total(level);
    if (total == 0) continue;
    all += total;
    text +=
        fmt::format("{}{} {}", text.empty() ? ": " : ", ", human_count(total), level_text(level));
  }
  return fmt::format("{}{}\n", style.heading(plural(all, "finding")), text);
}

// "2 likely DROP.STUN.RELAY": those of each level and id that are not in the list.
Phrases unlisted(const TopFindings& findings, std::span<const Finding* const> shown) {
  Phrases items;
  for (const Level level : kLevelOrder) {
    for (const auto& [id, count] : findings.counts(level)) {
      std::uint64_t left = count;
      for (const Finding* finding : shown)
        if (finding->level == level && finding->id == id) left -= finding->fold.times;
      if (left == 0) continue;
      items.push_back(fmt::format("{} {} {}", human_count(left), level_text(level),
                                  keep_start(printable_ascii(id), kLongestId)));
    }
  }
  return items;
}

// "2 RST.DATA.R", "1 DNS.BOGON."
Phrases counted(const TopFindings& findings, Level level) {
  Phrases items;
  for (const auto& [id, count] : findings.counts(level))
    items.push_back(
        fmt::format("{} {}", human_count(count), keep_start(printable_ascii(id), kLongestId)));
  if (!items.empty()) items.back() += '.';
  return items;
}

// `label` and the items behind it; empty without items.
Phrases labelled(Phrases items, std::string_view label) {
  if (items.empty()) return items;
  items.front() = fmt::format("{}: {}", label, items.front());
  return fill_lines(items, ", ", kPageWidth - 3);
}

std::string rest(const Phrases& lines, const Style& style) {
  std::string text;
  for (const std::string& line : lines)
    text += fmt::format("{}{}\n", text.empty() ? "" : "  ", style.quiet(line));
  return text;
}

// Where no finding speaks of interference.
std::string unsuspicious(const TopFindings& findings, const Style& style) {
  return rest(labelled(counted(findings, Level::observed), "Seen, but no evidence of interference"),
              style) +
         rest(labelled(counted(findings, Level::indeterminate), "This capture cannot decide"),
              style);
}

}  // namespace

std::string render_quiet(const TopFindings& findings, bool detailed) {
  const Phrases seen = detailed ? Phrases() : counted(findings, Level::observed);
  if (seen.empty()) return "Nothing points to interference.\n";
  std::string text;
  for (const std::string& line :
       labelled(seen, "Nothing points to interference; seen, but no evidence of it"))
    text += fmt::format("{}{}\n", text.empty() ? "" : "  ", line);
  return text;
}

std::string render_findings(const TopFindings& findings, const FindingListOptions& options,
                            const InputNames& names, const Style& style) {
  std::vector<const Finding*> shown;
  for (const Finding& finding : findings.ranked()) {
    if (options.detailed || is_suspicious(finding.level)) shown.push_back(&finding);
  }
  const List list(shown, options, names, style);
  std::string text;
  const Finding* before = nullptr;
  for (const Finding* finding : shown) {
    if (options.detailed && before != nullptr) text += '\n';
    text += list.entry(*finding, before);
    before = finding;
  }
  if (text.empty()) return options.quiet ? text : unsuspicious(findings, style);
  return heading(findings, style) + text +
         rest(labelled(unlisted(findings, shown), "\u2026 not shown"), style);
}

}  // namespace deadair::report
