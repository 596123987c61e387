// Words for the numbers of a finding.
#include "report/text_finding_detail.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "report/human.hpp"
#include "report/text_detail.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kItemsShown = 12;

std::string duration(double ms) {
  constexpr double kMost = 9e12;  // as many milliseconds as fit into 64 bits of nanoseconds
  return human_duration(static_cast<std::int64_t>(std::clamp(ms, 0.0, kMost) * 1e6));
}

class ValueText {
 public:
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "yes" : "no"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return fmt::format("{:.4g}", value); }
  std::string operator()(const std::string& value) const { return printable_words(value); }
};

// "+2.5 TTL differs (HDR): 46, frame 12"
std::string item_text(const EvidenceItem& item, std::uint32_t home, const InputNames& names) {
  std::string name = printable_words(item.name);
  std::replace(name.begin(), name.end(), '_', ' ');
  std::string text = fmt::format("{:+.1f} {}", item.lr, name);
  if (!item.group.empty()) text += fmt::format(" ({})", printable_words(item.group));
  const std::string value = std::visit(ValueText(), item.value);
  if (!value.empty()) text += fmt::format(": {}", value);
  if (item.frame.number != 0) text += fmt::format(", {}", frame_text(item.frame, home, names));
  return text;
}

std::string sum_text(const Finding& finding) {
  std::string text;
  if (finding.score) text = fmt::format("score {:.1f}", *finding.score);
  const auto add = [&](const std::string& phrase) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", phrase);
  };
  if (finding.tests) {
    add(fmt::format("{} tested in this run", *finding.tests == 1
                                                 ? "1 hypothesis"
                                                 : human_count(*finding.tests) + " hypotheses"));
  }
  if (!finding.rules.empty()) add(fmt::format("by {}", printable_words(finding.rules)));
  return text;
}

std::string baseline_text(const Baseline& baseline) {
  std::string text;
  if (!baseline.ttl.empty()) {
    text = "TTL";
    for (const std::uint8_t ttl : baseline.ttl) {
      text += fmt::format("{} {}", text == "TTL" ? "" : ",", ttl);
    }
  }
  const auto add = [&](const std::string& phrase) {
    text += fmt::format("{}{}", text.empty() ? "" : "; ", phrase);
  };
  if (!baseline.ip_id.empty()) add(fmt::format("IP-ID {}", printable_words(baseline.ip_id)));
  if (baseline.rtt_ms) add(fmt::format("RTT {:.1f} ms", *baseline.rtt_ms));
  return text.empty() ? text : "usual of this sender: " + text;
}

}  // namespace

std::vector<std::string> measured_texts(const Measured& measured) {
  std::vector<std::string> texts;
  if (measured.rate_bps) {
    texts.push_back(fmt::format("{:.1f} kbit/s", static_cast<double>(*measured.rate_bps) / 1000));
  }
  if (measured.burst_bytes) texts.push_back("bursts of " + human_bytes(*measured.burst_bytes));
  if (measured.delay_ms) texts.push_back("delay " + duration(*measured.delay_ms));
  if (measured.after_packets) texts.push_back("after " + plural(*measured.after_packets, "packet"));
  if (measured.after_ms) texts.push_back("after " + duration(*measured.after_ms));
  return texts;
}

std::string gates_text(const Finding& finding) {
  std::string text;
  for (const std::string& gate : finding.gates) {
    text += fmt::format("{}{}", text.empty() ? "limited by: " : ", ", printable_words(gate));
  }
  return text;
}

std::vector<std::string> evidence_lines(const Finding& finding, const InputNames& names) {
  std::vector<std::string> lines;
  const std::size_t shown = std::min(finding.items.size(), kItemsShown);
  for (const EvidenceItem& item : std::span(finding.items).first(shown)) {
    lines.push_back(item_text(item, finding.input, names));
  }
  if (shown < finding.items.size()) {
    lines.push_back(fmt::format("and {} more", plural(finding.items.size() - shown, "item")));
  }
  lines.push_back(sum_text(finding));
  lines.push_back(baseline_text(finding.baseline));
  if (!finding.flow.empty()) lines.push_back("flow " + printable_ascii(finding.flow));
  lines.erase(std::remove(lines.begin(), lines.end(), ""), lines.end());
  return lines;
}

}  // namespace deadair::report
