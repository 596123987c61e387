// Lays the flows out in columns as wide as they need, the ends taking what is left of the page.
#include "report/text_table.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "report/app_totals.hpp"
#include "report/flow_ends.hpp"
#include "report/human.hpp"
#include "report/names.hpp"
#include "report/text_detail.hpp"
#include "report/text_layout.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kColumns = 5;
constexpr std::size_t kAppColumn = 0;
constexpr std::size_t kServiceColumn = 1;
constexpr std::size_t kGap = 2;
constexpr std::size_t kLongestApp = 12;
constexpr std::size_t kLongestService = 16;  // "call voice+video"
constexpr std::array<std::string_view, kColumns> kTitles = {"app", "service", "proto", "bytes",
                                                            "duration"};
constexpr std::array<std::size_t, kColumns> kMinimum = {7, 7, 5, 6, 8};
constexpr std::array<bool, kColumns> kRightAligned = {false, false, false, true, true};

using Cells = std::array<std::string, kColumns>;

std::string media_text(std::uint8_t bits) {
  std::string text;
  unsigned bit = 1;
  for (const std::string_view name : media_names()) {
    if ((bits & bit) != 0) text += fmt::format("{}{}", text.empty() ? "" : "+", name);
    bit <<= 1;
  }
  // All three at once would be the widest cell of the table and say the same.
  if ((bits & media::kUndecided) != 0 && bits != media::kUndecided) {
    text.erase(text.rfind('+'));
  }
  return text;
}

std::string protocol_text(std::uint8_t proto) {
  const std::string_view name = protocol_name(proto);
  return name.empty() ? fmt::format("ip {}", proto) : std::string(name);
}

// What the flow was for; of an unknown one the witness's opinion.
std::string service_text(const Flow& flow) {
  if (flow.app == kUnknownApp) {
    return flow.ndpi.empty() ? "" : fmt::format("nDPI: {}", printable_ascii(flow.ndpi));
  }
  const std::string media = media_text(flow.media);
  return fmt::format("{}{}{}", service_name(flow.service), media.empty() ? "" : " ", media);
}

Cells cells_of(const Flow& flow) {
  return {keep_start(printable_ascii(flow.app), kLongestApp),
          keep_start(service_text(flow), kLongestService), protocol_text(flow.proto),
          human_bytes(flow.bytes_up + flow.bytes_down),
          human_duration(flow.ts_last_ns - flow.ts_first_ns)};
}

std::array<std::size_t, kColumns> column_widths(std::span<const Cells> rows) {
  std::array<std::size_t, kColumns> widths = kMinimum;
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  return widths;
}

// What decided, as much as fits in `width`: "WA.RELAY.ALLOCATE frame 12, +2 more".
std::string signals_text(const Flow& flow, const InputNames& names, std::size_t width) {
  constexpr std::size_t kMoreWidth = 10;
  std::string text;
  std::size_t shown = 0;
  for (const Signal& signal : flow.signals) {
    std::string item = printable_ascii(signal.id);
    if (signal.frame.number != 0) {
      item += fmt::format(" {}", frame_text(signal.frame, flow.frame_first.input, names));
    }
    const bool last = shown + 1 == flow.signals.size();
    const std::size_t room = width - (last ? 0 : kMoreWidth);
    if (shown > 0 && display_width(text) + 2 + display_width(item) > room) break;
    text += fmt::format("{}{}", shown == 0 ? "" : ", ", keep_start(item, room));
    ++shown;
  }
  if (shown < flow.signals.size()) text += fmt::format(", +{} more", flow.signals.size() - shown);
  return text;
}

// The signals, and the input of the flow where there are several.
std::string reasons(const Flow& flow, const TableOptions& options, const InputNames& names,
                    std::size_t width) {
  if (!options.several_inputs || flow.signals.empty()) return signals_text(flow, names, width);
  constexpr std::string_view kIn = " in ";
  constexpr std::size_t kLongestName = 30;
  // The end of a path tells files apart better than its beginning.
  const std::string name = keep_end(printable(names.name(flow.frame_first.input)), kLongestName);
  const std::size_t left = width - kIn.size() - display_width(name);
  return fmt::format("{}{}{}", signals_text(flow, names, left), kIn, name);
}

class Table {
 public:
  Table(std::span<const Cells> rows, const Style& style)
      : widths_(column_widths(rows)), style_(style) {}

  [[nodiscard]] std::string title() const {
    Cells cells;
    std::copy(kTitles.begin(), kTitles.end(), cells.begin());
    return style_.quiet(line(cells) + "client \u2192 server") + "\n" + second_line("sure", "why");
  }

  [[nodiscard]] std::string ends(const Flow& flow) const {
    return short_ends(flow, kPageWidth - start_of(kColumns));
  }

  [[nodiscard]] std::string row(const Cells& cells, const Flow& flow) const {
    if (flow.app == kUnknownApp) return style_.quiet(line(cells) + ends(flow)) + "\n";
    std::string text = line(cells);
    text.replace(0, cells[kAppColumn].size(), style_.heading(cells[kAppColumn]));
    return text + ends(flow) + "\n";
  }

  // Certainty below the service, reasons from there to the edge of the page.
  [[nodiscard]] std::string second_line(std::string_view sure, std::string_view why) const {
    const std::size_t indent = start_of(kServiceColumn);
    const std::size_t column = widths_[kServiceColumn] + kGap;
    return fmt::format(
        "{}{}\n", std::string(indent, ' '),
        style_.quiet(why.empty() ? std::string(sure) : pad_right(sure, column) + std::string(why)));
  }
  [[nodiscard]] std::size_t why_width() const { return kPageWidth - start_of(kServiceColumn + 1); }

 private:
  // The screen column at which a column of the table begins.
  [[nodiscard]] std::size_t start_of(std::size_t column) const {
    std::size_t start = 0;
    for (std::size_t i = 0; i < column; ++i) start += widths_[i] + kGap;
    return start;
  }

  [[nodiscard]] std::string line(const Cells& cells) const {
    std::string text;
    for (std::size_t i = 0; i < kColumns; ++i) {
      text += kRightAligned[i] ? pad_left(cells[i], widths_[i]) : pad_right(cells[i], widths_[i]);
      text.append(kGap, ' ');
    }
    return text;
  }

  std::array<std::size_t, kColumns> widths_;
  const Style& style_;
};

}  // namespace

std::string render_table(std::span<const Flow* const> flows, const TableOptions& options,
                         const InputNames& names, const Style& style) {
  std::vector<Cells> rows;
  for (const Flow* flow : flows) rows.push_back(cells_of(*flow));
  const Table table(rows, style);
  std::string text = table.title();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Flow& flow = *flows[i];
    if (options.detailed && i > 0) text += '\n';
    text += table.row(rows[i], flow);
    if (flow.confidence) {
      text += table.second_line(confidence_name(*flow.confidence),
                                reasons(flow, options, names, table.why_width()));
    }
    if (options.detailed) {
      const bool shortened = table.ends(flow) != full_ends(flow);
      text += render_detail(flow, shortened, names, style);
    }
  }
  return text;
}

}  // namespace deadair::report
