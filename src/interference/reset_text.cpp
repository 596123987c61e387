// Words for tear-downs; those of each level say no more than the level allows.
#include "interference/reset_text.hpp"

#include <fmt/format.h>

#include "interference/stages.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

std::string_view words(Stage stage) {
  switch (stage) {
    case Stage::unknown:
      return "at a point that is not known";
    case Stage::post_syn:
      return "before the connection was open";
    case Stage::post_ack:
      return "before any data of the client";
    case Stage::post_psh:
      return "after the client's first data";
    case Stage::later:
      return "after data of the client";
  }
  return {};
}

std::string what(const TcpStory& story, const TearDown& event) {
  std::string out = event.by_fin             ? std::string("A FIN")
                    : event.ends.size() == 1 ? std::string("A reset")
                                             : fmt::format("{} resets", event.ends.size());
  out += fmt::format(" in the name of the {} came {}", name(event.sender),
                     words(stage_after(story, event.ends.front())));
  return out;
}

std::string after_trigger(const TcpStory& story, const TearDown& event, const Finding& finding) {
  if (!finding.trigger) return {};
  const auto delay = static_cast<double>(first_of(story, event).ts_ns - finding.trigger->ts_ns);
  return fmt::format(", {:.1f} ms after {}{}{}", delay / kMs, spoken(name(finding.trigger->type)),
                     finding.trigger->name.empty() ? "" : " ", finding.trigger->name);
}

std::string reasons(const Finding& finding) {
  std::string out;
  for (const Item& item : finding.items) {
    if (item.lr <= 0 || !item.name.starts_with("INJ.")) continue;
    out += fmt::format("{}{} ({})", out.empty() ? ": " : ", ", item.name, item.value);
  }
  return out;
}

std::string names_of(const Finding& finding, bool excluded) {
  std::string out;
  for (const Alternative& known : finding.alternatives)
    if (known.excluded == excluded)
      out += fmt::format("{}{}", out.empty() ? "" : ", ", spoken(known.name));
  return out.empty() ? "none" : out;
}

std::string gates_of(const Finding& finding) {
  std::string out;
  for (const std::string_view gate : finding.gates)
    out += fmt::format("{}{}", out.empty() ? "" : ", ", gate);
  return out;
}

// What may be said at the finding's level, before the reasons for it.
std::string verdict(const Finding& finding) {
  switch (finding.level) {
    case Level::indeterminate:
      return fmt::format("; this capture cannot answer who sent it because of {}",
                         gates_of(finding));
    case Level::observed:
      return {};
    case Level::anomalous:
      return "; unusual";
    case Level::likely:
      return "; better explained by a third device on the path than by either end";
    case Level::confirmed_pattern:
      return "; consistent with deliberate, selective interference";
  }
  return {};
}

// And what remains to be said behind them.
std::string reserve(const Finding& finding) {
  if (finding.level == Level::anomalous)
    return fmt::format("; innocent causes not excluded: {}", names_of(finding, false));
  if (finding.level == Level::confirmed_pattern)
    return fmt::format("; excluded: {}; not excluded: {}", names_of(finding, true),
                       names_of(finding, false));
  return {};
}

}  // namespace

std::string sentence_of(const TcpStory& story, const TearDown& event, const Finding& finding,
                        bool undecidable) {
  std::string out = what(story, event) + after_trigger(story, event, finding) + verdict(finding) +
                    reasons(finding) + reserve(finding);
  if (undecidable)
    out +=
        "; a device in the path that copies the sender's headers cannot be told from the sender "
        "by one flow";
  return out + ".";
}

}  // namespace deadair::interference
