// Gathers totals and the top flows, and renders the page when the run is over.
#include "report/text_sink.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/text_calls.hpp"
#include "report/text_findings.hpp"
#include "report/text_head.hpp"
#include "report/text_layout.hpp"
#include "report/text_table.hpp"
#include "report/text_verdicts.hpp"
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

constexpr std::ptrdiff_t kUnknownShown = 8;

// Beside recognised flows only the `most` largest unknown ones deserve a line. `flows` holds the
// recognised ones first.
void drop_minor_unknown(std::vector<const Flow*>& flows, std::ptrdiff_t most) {
  const auto unknown = std::find_if(flows.begin(), flows.end(),
                                    [](const Flow* flow) { return flow->app == kUnknownApp; });
  if (unknown != flows.begin() && flows.end() - unknown > most) {
    flows.erase(unknown + most, flows.end());
  }
}

std::string nothing_recognised(std::uint64_t flows, bool quiet) {
  if (flows == 0) return "No flows.\n";
  if (quiet) {
    return fmt::format(
        "Nothing points to interference; {}, no application recognised; -v lists them.\n",
        plural(flows, "flow"));
  }
  return fmt::format("No application recognised in {}; -v shows them, -o json writes all.\n",
                     plural(flows, "flow"));
}

// Two parts of the page with a line between them.
std::string joined(std::string above, const std::string& below) {
  if (!above.empty() && !below.empty()) above += '\n';
  return above + below;
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

bool TextSink::quiet(const Summary& summary) const {
  return summary.judged && !findings_.suspicious() && findings_.total(Level::indeterminate) == 0 &&
         std::none_of(verdicts_.begin(), verdicts_.end(), raises_doubt);
}

std::vector<const Flow*> TextSink::flows_to_show() const {
  std::vector<const Flow*> flows = top_.ranked();
  if (!complete()) drop_minor_unknown(flows, brief() ? 0 : kUnknownShown);
  return flows;
}

// Where verdicts lead the page they are what it is about: flows get the lines that are left.
std::size_t TextSink::room_for_flows(std::string_view page) const {
  constexpr std::size_t kLinesEach = 2;
  if (complete() || (verdicts_.empty() && !brief())) return kFlowsShown;
  const auto used = static_cast<std::size_t>(std::ranges::count(page, '\n'));
  const std::size_t left = used < kScreenLines ? (kScreenLines - used) / kLinesEach : 0;
  return brief() ? kBriefFlows : std::clamp(left, kBriefFlows, kFlowsShown);
}

// The answers, and what they are about.
std::string TextSink::head(const std::vector<AppTotal>& apps, const Summary& summary,
                           const Style& style) const {
  std::string text = render_verdicts(verdicts_, options_.verbosity > 0, style);
  if (options_.table_only) return text;
  const bool recognised = !apps.empty() && apps.front().recognised();
  const bool seen = findings_.total(Level::observed) > 0;
  if (quiet(summary) && (recognised || seen || !verdicts_.empty()))
    text += render_quiet(findings_, options_.verbosity > 0);
  return joined(text, recognised ? render_apps(apps, style) : "");
}

void TextSink::finish(const Summary& summary) {
  const Style style(options_.colour);
  const bool detailed = options_.verbosity > 0;
  const bool several_inputs = captures_.inputs > 1;
  const std::vector<AppTotal> apps = apps_.ranked();
  std::vector<const Flow*> flows = flows_to_show();
  const bool recognised = !apps.empty() && apps.front().recognised();
  const bool table = !flows.empty() && (recognised || complete() || options_.table_only);
  std::string body = head(apps, summary, style);
  body = joined(body, render_calls(calls_.in_order(room_for_calls()), calls_.counts(),
                                   {detailed, several_inputs, brief()}, names_, style));
  const bool told = quiet(summary) && !options_.table_only;
  body = joined(body, render_findings(findings_, {detailed, several_inputs, told}, names_, style));
  std::string page;
  if (!options_.table_only) page += render_capture(captures_, summary, style);
  if (!page.empty() && !body.empty()) page += '\n';
  flows.resize(std::min(flows.size(), room_for_flows(page + body)));
  if (table) {
    std::string text = render_table(flows, {detailed, several_inputs}, names_, style);
    if (!options_.table_only) text += render_rest(apps, flows, style);
    body = joined(body, text);
  } else if (!options_.table_only && (body.empty() || (!recognised && summary.flows > 0))) {
    if (!body.empty() && !quiet(summary)) body += '\n';
    body += nothing_recognised(summary.flows, body.empty() && quiet(summary));
  }
  output_.write(page + body);
}

}  // namespace deadair::report
