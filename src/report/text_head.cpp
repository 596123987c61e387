// Renders the summary lines and the matrix of applications and services.
#include "report/text_head.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/names.hpp"
#include "report/text_layout.hpp"
#include "report/timestamp.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::string_view kGap = "   ";
constexpr std::size_t kLabelWidth = 14;
// The order in which services are shown: what people do first, what is left last.
constexpr std::array<Service, kServices> kOrder = {
    Service::text, Service::call, Service::transfer, Service::web, Service::tunnel, Service::other};

std::string span_text(const CaptureTotals& totals) {
  if (!totals.span_ns) return "no packets";
  const auto& [first, last] = *totals.span_ns;
  const std::string end = readable_time(last);
  // Times of one day differ enough in their clock part.
  return fmt::format("{} to {} UTC ({})", readable_time(first),
                     same_day(first, last) ? end.substr(11) : end, human_duration(last - first));
}

std::string names_text(const CaptureTotals& totals, std::size_t width) {
  std::string more;
  if (totals.inputs > 1) more = fmt::format(" and {} more", human_count(totals.inputs - 1));
  return keep_ends(printable(totals.first_name), width - more.size()) + more;
}

std::string counts_text(const CaptureTotals& totals, const Summary& summary, const Style& style) {
  std::string text = fmt::format("{}{}{}{}{}", plural(totals.packets, "packet"), kGap,
                                 human_bytes(totals.bytes), kGap, plural(summary.flows, "flow"));
  if (summary.clients > 0) text += fmt::format("{}{}", kGap, plural(summary.clients, "client"));
  text += kGap;
  text += totals.whole() ? "capture complete" : style.warning("capture incomplete");
  return text;
}

// `label` in a column of its own, then `items` filled into as many lines as they need.
std::string note(std::string_view label, std::span<const std::string> items) {
  std::string text;
  std::string_view shown = label;
  for (const std::string& line : fill_lines(items, ", ", kPageWidth - kLabelWidth - 3)) {
    text += fmt::format("  {}{}\n", pad_right(shown, kLabelWidth), line);
    shown = "";
  }
  return text;
}

std::string note(std::string_view label, const std::string& text) {
  return note(label, std::span(&text, 1));
}

std::string undecoded_note(const CaptureTotals& totals) {
  std::vector<std::pair<std::uint64_t, std::string>> reasons;
  reasons.reserve(totals.undecoded.size());
  for (const auto& [reason, count] : totals.undecoded) reasons.emplace_back(count, reason);
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> items;
  std::uint64_t sum = 0;
  for (const auto& [count, reason] : reasons) {
    std::string words = reason;
    std::replace(words.begin(), words.end(), '_', ' ');
    items.push_back(fmt::format("{} {}", words, human_count(count)));
    sum += count;
  }
  if (items.empty()) return {};
  items.front() = fmt::format("{}: {}", plural(sum, "packet"), items.front());
  return note("not decoded", items);
}

std::string loss_notes(const CaptureTotals& totals) {
  std::string text;
  const std::uint64_t kernel = totals.kernel_drops.value_or(0);
  const std::uint64_t interface = totals.interface_drops.value_or(0);
  if (kernel + interface > 0) {
    text += note("dropped", fmt::format("{} by the kernel, {} by the interface",
                                        plural(kernel, "packet"), human_count(interface)));
  }
  if (totals.missed_bytes > 0) {
    text += note("missed", fmt::format("{} acknowledged but not in the capture",
                                       human_bytes(totals.missed_bytes)));
  }
  if (totals.evicted_flows > 0) {
    text += note("ended early", fmt::format("{} for lack of room (see --max-flows)",
                                            plural(totals.evicted_flows, "flow")));
  }
  return text;
}

std::string damage_notes(const CaptureTotals& totals) {
  std::string text;
  for (const std::string& problem : totals.problems) {
    text += note(text.empty() ? "damaged" : "", printable(problem));
  }
  if (totals.problem_count > totals.problems.size()) {
    text += note("", fmt::format("and {} more", totals.problem_count - totals.problems.size()));
  }
  return text;
}

// "8  3.4 MB" with both parts aligned; a dash when the service was not seen.
std::string cell(const Volume& volume) {
  if (volume.flows == 0) return pad_left("-", 12);
  return fmt::format("{:>4}  {:>6}", short_count(volume.flows), human_bytes(volume.bytes));
}

std::vector<Service> services_seen(std::span<const AppTotal> apps) {
  std::vector<Service> seen;
  for (const Service service : kOrder) {
    const auto index = static_cast<std::size_t>(service);
    const bool any = std::any_of(apps.begin(), apps.end(), [&](const AppTotal& app) {
      return app.recognised() && app.services[index].flows > 0;
    });
    if (any) seen.push_back(service);
  }
  return seen;
}

// What limits the answers. That flows had begun before the capture, or go on after it, is so of
// nearly every one, and the records say it.
std::string limits_note(const CaptureTotals& totals) {
  std::vector<std::string> gates;
  gates.reserve(totals.gates.size());
  for (const std::string& gate : totals.gates)
    if (gate != "GATE.END" && gate != "GATE.MIDFLOW") gates.push_back(printable_ascii(gate));
  return gates.empty() ? std::string() : note("limits", gates);
}

}  // namespace

std::string render_capture(const CaptureTotals& totals, const Summary& summary,
                           const Style& style) {
  const std::string span = span_text(totals);
  const std::string names = names_text(totals, kPageWidth - kGap.size() - span.size());
  std::string text = fmt::format("{}{}{}\n", style.heading(names), kGap, span);
  text += fmt::format("{}\n", counts_text(totals, summary, style));
  text += damage_notes(totals);
  text += loss_notes(totals);
  text += undecoded_note(totals);
  text += limits_note(totals);
  if (summary.skipped_files > 0) {
    text +=
        note("skipped", fmt::format("{}: not a capture", plural(summary.skipped_files, "file")));
  }
  return text;
}

std::string render_apps(std::span<const AppTotal> apps, const Style& style) {
  const std::vector<Service> services = services_seen(apps);
  if (services.empty()) return {};
  constexpr std::size_t kAppWidth = 14;
  std::string title = pad_right("flows, bytes", kAppWidth);
  for (const Service service : services) title += pad_left(service_name(service), 14);
  std::string text = style.quiet(title) + "\n";
  for (const AppTotal& app : apps) {
    if (!app.recognised()) continue;
    text += style.heading(pad_right(keep_start(printable_ascii(app.app), kAppWidth), kAppWidth));
    for (const Service service : services) {
      text += fmt::format("  {}", cell(app.services[static_cast<std::size_t>(service)]));
    }
    text += '\n';
  }
  return text;
}

}  // namespace deadair::report
