// Lays the calls out in columns, with a few lines of words below each.
#include "report/text_calls.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "report/flow_ends.hpp"
#include "report/human.hpp"
#include "report/names.hpp"
#include "report/text_call_detail.hpp"
#include "report/text_layout.hpp"
#include "report/text_timeline.hpp"
#include "report/timestamp.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kColumns = 8;
constexpr std::size_t kIndent = 6;  // below the start of the call
constexpr std::size_t kLongestNumber = 7;
constexpr std::size_t kLongestApp = 8;
constexpr std::size_t kLongestDuration = 7;
constexpr std::string_view kSeparator = "   ";
constexpr std::array<Columns::Column, kColumns> kLayout = {{{"call", true},
                                                            {"start", false, 8},
                                                            {"app"},
                                                            {"media"},
                                                            {"to media", true},
                                                            {"talk", true, 6},
                                                            {"loss up/down", true},
                                                            {"~MOS up/down", true}}};

using Cells = std::array<std::string, kColumns>;

std::string duration_text(const std::optional<std::int64_t>& ns) {
  return ns ? keep_start(human_duration(*ns), kLongestDuration) : "-";
}

std::string loss_number(const std::optional<double>& loss) {
  if (!loss) return "-";
  const double percent = std::clamp(*loss, 0.0, 1.0) * 100;
  return fmt::format("{:.{}f}", percent, percent < 9.95 ? 1 : 0);
}

std::string loss_text(const Call& call) {
  if (!call.up.loss && !call.down.loss) return "-";
  return fmt::format("{} / {} %", loss_number(call.up.loss), loss_number(call.down.loss));
}

std::string mos_number(const std::optional<double>& mos) {
  return mos ? fmt::format("{:.1f}", std::clamp(*mos, 1.0, 5.0)) : "-";
}

std::string mos_text(const Call& call) {
  if (!call.up.mos && !call.down.mos) return "-";
  return fmt::format("{} / {}", mos_number(call.up.mos), mos_number(call.down.mos));
}

Cells cells_of(const Call& call) {
  return {keep_end(std::to_string(call.number), kLongestNumber),
          readable_clock(call.ts_start_ns).substr(0, 8),
          keep_start(printable_ascii(call.app), kLongestApp),
          call.media == 0 ? "-" : media_text(call.media),
          duration_text(call.setup_ns),
          duration_text(call.talk_ns),
          loss_text(call),
          mos_text(call)};
}

// "relay 31.13.86.48:3478 and 7 more": the first that answered, else the first.
std::string target_text(std::string_view what, std::span<const CallTarget> tried) {
  const auto answered = std::find_if(tried.begin(), tried.end(),
                                     [](const CallTarget& target) { return target.responses > 0; });
  const CallTarget& shown = answered == tried.end() ? tried.front() : *answered;
  std::string text = fmt::format("{} {}", what, end_text(shown.ip, shown.port, shown.port != 0));
  if (tried.size() > 1) text += fmt::format(" and {} more", tried.size() - 1);
  return text;
}

std::string call_ends(const Call& call) {
  std::string text = end_text(call.client_ip, call.client_port, call.client_port != 0);
  std::string_view separator = " \u2192 ";
  if (!call.relays.empty()) {
    text += fmt::format("{}{}", separator, target_text("relay", call.relays));
    separator = ", ";
  }
  if (!call.peers.empty()) text += fmt::format("{}{}", separator, target_text("peer", call.peers));
  return text;
}

std::string indented(std::span<const std::string> phrases) {
  std::string text;
  for (const std::string& line : fill_lines(phrases, kSeparator, kPageWidth - kIndent)) {
    text += fmt::format("{}{}\n", std::string(kIndent, ' '), line);
  }
  return text;
}

// Its course and why it ended so; then between whom, what changed on the way, and of a call that
// went wrong how the chat beside it fared.
std::string words_of(const Call& call, const CallTableOptions& options) {
  std::vector<std::string> course = {timeline(call)};
  if (!call.reason.empty()) course.push_back(printable(call.reason));
  if (options.brief) return indented(course);
  std::vector<std::string> facts = media_changes(call);
  facts.insert(facts.begin(), call_ends(call));
  if (!options.detailed && went_wrong(call.outcome) && call.chat_flows > 0) {
    facts.push_back(chat_text(call));
  }
  return indented(course) + indented(facts);
}

// "12 connected, 2 no answer, 1 cut"
std::vector<std::string> count_texts(const OutcomeCounts& counts) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    items.push_back(
        fmt::format("{} {}", human_count(counts[i]), outcome_text(static_cast<CallOutcome>(i))));
  }
  return items;
}

std::uint64_t sum_of(const OutcomeCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// `items` as a list, further lines indented.
std::vector<std::string> list_lines(std::span<const std::string> items) {
  std::vector<std::string> lines = fill_lines(items, ", ", kPageWidth - 3);
  for (std::size_t i = 1; i < lines.size(); ++i) lines[i].insert(0, "  ");
  return lines;
}

std::string heading(const OutcomeCounts& counts, const Style& style) {
  const std::uint64_t all = sum_of(counts);
  if (all < 2) return {};
  std::vector<std::string> items = count_texts(counts);
  const std::string label = plural(all, "call");
  items.front() = fmt::format("{}: {}", label, items.front());
  std::string text;
  for (const std::string& line : list_lines(items)) text += line + "\n";
  return text.replace(0, label.size(), style.heading(label));
}

std::string titles(const Columns& columns, bool brief, const Style& style) {
  return fmt::format(
      "{}\n{}{}\n", style.quiet(columns.titles() + "outcome"), std::string(kIndent, ' '),
      style.quiet(brief ? "course (UTC)   why" : "course (UTC)   why   from \u2192 to"));
}

std::string row(const Columns& columns, const Call& call, const Style& style) {
  const Cells cells = cells_of(call);
  const std::string line = columns.line(cells);
  const std::string outcome =
      keep_start(outcome_text(call.outcome), kPageWidth - display_width(line));
  // A shortened number has more bytes than columns.
  const std::size_t app = columns.start_of(2) + cells[0].size() - display_width(cells[0]);
  return fmt::format("{}{}{}{}\n", line.substr(0, app), style.heading(cells[2]),
                     line.substr(app + cells[2].size()),
                     went_wrong(call.outcome) ? style.warning(outcome) : outcome);
}

// The outcomes of calls that are not shown.
std::string rest(std::span<const OwnedCall* const> calls, OutcomeCounts counts,
                 const Style& style) {
  for (const OwnedCall* owned : calls) --counts[static_cast<std::size_t>(owned->call().outcome)];
  std::vector<std::string> items = count_texts(counts);
  if (items.empty()) return {};
  items.front() = fmt::format("\u2026 {}: {}", plural(sum_of(counts), "more call"), items.front());
  std::string text;
  for (const std::string& line : list_lines(items)) text += style.quiet(line) + "\n";
  return text;
}

// A line with the date before the first call of each day, where the calls span several.
std::string date_line(std::span<const OwnedCall* const> calls, std::size_t at, const Style& style) {
  const auto start = [&](std::size_t i) { return calls[i]->call().ts_start_ns; };
  const bool one_day = same_day(start(0), start(calls.size() - 1));
  if (one_day || (at > 0 && same_day(start(at - 1), start(at)))) return {};
  return style.quiet(readable_time(start(at)).substr(0, 10)) + "\n";
}

}  // namespace

std::string render_calls(std::span<const OwnedCall* const> calls, const OutcomeCounts& counts,
                         const CallTableOptions& options, const InputNames& names,
                         const Style& style) {
  if (calls.empty()) return {};
  Columns columns(kLayout);
  for (const OwnedCall* owned : calls) columns.fit(cells_of(owned->call()));
  std::string text = heading(counts, style) + titles(columns, options.brief, style);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Call& call = calls[i]->call();
    if (options.detailed && i > 0) text += '\n';
    text += date_line(calls, i, style);
    text += row(columns, call, style);
    text += words_of(call, options);
    if (options.detailed) {
      text += render_call_detail(*calls[i], options.several_inputs, names, style);
    }
  }
  return text + rest(calls, counts, style);
}

}  // namespace deadair::report
