// Gathers totals and the top flows, and renders the page when the run is over.
#include "report/text_sink.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/text_calls.hpp"
#include "report/text_head.hpp"
#include "report/text_layout.hpp"
#include "report/text_table.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

// "… 573 more flows: unknown 560 (3.1 MB), facebook 13 (120 kB)"
std::string render_rest(std::span<const AppTotal> apps, std::span<const Flow* const> shown,
                        const Style& style) {
  std::vector<std::string> items;
  std::uint64_t hidden = 0;
  for (AppTotal app : apps) {
    for (const Flow* flow : shown) {
      if (flow->app != app.app) continue;
      --app.all.flows;
      app.all.bytes -= flow->bytes_up + flow->bytes_down;
    }
    if (app.all.flows == 0) continue;
    hidden += app.all.flows;
    items.push_back(fmt::format("{} {} ({})", printable_ascii(app.app), human_count(app.all.flows),
                                human_bytes(app.all.bytes)));
  }
  if (items.empty()) return {};
  items.front() = fmt::format("\u2026 {}: {}", plural(hidden, "more flow"), items.front());
  std::string text;
  for (const std::string& line : fill_lines(items, ", ", kPageWidth - 3)) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "  ", style.quiet(line));
  }
  return text;
}

// Beside recognised flows only the largest unknown ones deserve a line. `flows` holds the
// recognised ones first.
void drop_minor_unknown(std::vector<const Flow*>& flows) {
  constexpr std::ptrdiff_t kUnknownShown = 8;
  const auto unknown = std::find_if(flows.begin(), flows.end(),
                                    [](const Flow* flow) { return flow->app == kUnknownApp; });
  if (unknown != flows.begin() && flows.end() - unknown > kUnknownShown) {
    flows.erase(unknown + kUnknownShown, flows.end());
  }
}

std::string nothing_recognised(std::uint64_t flows) {
  if (flows == 0) return "No flows.\n";
  return fmt::format("No application recognised in {}; -v shows them, -o json writes all.\n",
                     plural(flows, "flow"));
}

}  // namespace

void TextSink::flow(const Flow& flow) {
  apps_.add(flow);
  top_.add(flow);
}

void TextSink::call(const Call& call) { calls_.add(call); }

void TextSink::capture(const Capture& capture) {
  captures_.add(capture, names_.name(capture.input));
}

void TextSink::finish(const Summary& summary) {
  const Style style(options_.colour);
  const std::vector<AppTotal> apps = apps_.ranked();
  std::vector<const Flow*> flows = top_.ranked();
  if (!complete()) drop_minor_unknown(flows);
  const bool recognised = !apps.empty() && apps.front().recognised();
  const bool table = !flows.empty() && (recognised || complete() || options_.table_only);
  std::string page;
  if (!options_.table_only) page += render_capture(captures_, summary, style);
  if (!options_.table_only && recognised) page += fmt::format("\n{}\n", render_apps(apps, style));
  const std::string calls =
      render_calls(calls_.in_order(), calls_.counts(),
                   {options_.verbosity > 0, captures_.inputs > 1}, names_, style);
  const bool needs_gap = !page.empty() && !recognised;
  if (!calls.empty())
    page += fmt::format("{}{}{}", needs_gap ? "\n" : "", calls, table ? "\n" : "");
  if (table)
    page += render_table(flows, {options_.verbosity > 0, captures_.inputs > 1}, names_, style);
  if (table && !options_.table_only) page += render_rest(apps, flows, style);
  if (!table && calls.empty() && !options_.table_only) page += nothing_recognised(summary.flows);
  output_.write(page);
}

}  // namespace deadair::report
