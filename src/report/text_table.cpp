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
constexpr std::size_t kLongestApp = 12;
constexpr std::size_t kLongestService = 16;  // "call voice+video"
constexpr std::array<Columns::Column, kColumns> kLayout = {
    {{"app", false, 7}, {"service"}, {"proto"}, {"bytes", true, 6}, {"duration", true}}};

using Cells = std::array<std::string, kColumns>;

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
  Table(std::span<const Cells> rows, const Style& style) : style_(style) {
    for (const Cells& row : rows) columns_.fit(row);
  }

  [[nodiscard]] std::string title() const {
    return style_.quiet(columns_.titles() + "client \u2192 server") + "\n" +
           second_line("sure", "why");
  }

  [[nodiscard]] std::string ends(const Flow& flow) const {
    return short_ends(flow, kPageWidth - columns_.start_of(kColumns));
  }

  [[nodiscard]] std::string row(const Cells& cells, const Flow& flow) const {
    if (flow.app == kUnknownApp) return style_.quiet(columns_.line(cells) + ends(flow)) + "\n";
    std::string text = columns_.line(cells);
    text.replace(0, cells[kAppColumn].size(), style_.heading(cells[kAppColumn]));
    return text + ends(flow) + "\n";
  }

  // Certainty below the service, reasons from there to the edge of the page.
  [[nodiscard]] std::string second_line(std::string_view sure, std::string_view why) const {
    const std::size_t indent = columns_.start_of(kServiceColumn);
    const std::size_t column = columns_.start_of(kServiceColumn + 1) - indent;
    return fmt::format(
        "{}{}\n", std::string(indent, ' '),
        style_.quiet(why.empty() ? std::string(sure) : pad_right(sure, column) + std::string(why)));
  }
  [[nodiscard]] std::size_t why_width() const {
    return kPageWidth - columns_.start_of(kServiceColumn + 1);
  }

 private:
  Columns columns_{kLayout};
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
