// Collects what is known of a call as short phrases and fills them into lines.
#include "report/text_call_detail.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "report/flow_ends.hpp"
#include "report/human.hpp"
#include "report/text_detail.hpp"
#include "report/text_layout.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kIndent = 6;
constexpr std::size_t kLabelWidth = 7;
constexpr std::size_t kTargetsShown = 12;
constexpr double kTrendShown = 5;  // milliseconds; less is within what clocks drift
constexpr std::string_view kComma = ", ";
constexpr std::string_view kWide = "   ";

using Phrases = std::vector<std::string>;

std::string percent(double share) { return fmt::format("{:.2f} %", share * 100); }

void quality(const CallMedia& media, Phrases& out) {
  if (media.proxy) out.push_back("by packet rate only");
  if (media.loss) out.push_back(percent(*media.loss) + " lost");
  if (media.jitter_ms) out.push_back(fmt::format("jitter {:.1f} ms", *media.jitter_ms));
  if (media.mos) out.push_back(fmt::format("MOS about {:.2f}", *media.mos));
  if (media.freezes > 0) {
    out.push_back(
        fmt::format("{} ({})", plural(media.freezes, "freeze"), human_duration(media.frozen_ns)));
  }
  if (std::abs(media.delay_trend_ms.value_or(0)) >= kTrendShown) {
    out.push_back(fmt::format("delay {:+.0f} ms from start to end", *media.delay_trend_ms));
  }
}

// What the receiver told the sender in RTCP.
void reported(const CallMedia& media, Phrases& out) {
  if (!media.reported_loss && !media.reported_jitter_ms) return;
  std::string text = "the receiver reported";
  if (media.reported_loss) text += fmt::format(" {} lost", percent(*media.reported_loss));
  if (media.reported_jitter_ms) {
    text += fmt::format("{}jitter {:.1f} ms", media.reported_loss ? " and " : " ",
                        *media.reported_jitter_ms);
  }
  out.push_back(text);
}

Phrases media_phrases(const CallMedia& media) {
  if (media.packets == 0) return {"no media"};
  Phrases out = {plural(media.packets, "packet"), fmt::format("{:.1f} kbit/s", media.kbps)};
  quality(media, out);
  reported(media, out);
  return out;
}

std::string target_text(const CallTarget& target) {
  std::string end = end_text(target.ip, target.port, target.port != 0);
  if (target.requests + target.responses == 0) return end;  // media without set-up
  return fmt::format("{} asked {} answered {}", end, human_count(target.requests),
                     human_count(target.responses));
}

Phrases target_phrases(std::span<const CallTarget> tried) {
  Phrases out;
  for (const CallTarget& target : tried.first(std::min(tried.size(), kTargetsShown))) {
    out.push_back(target_text(target));
  }
  if (tried.size() > kTargetsShown) {
    out.push_back(fmt::format("+{} more", tried.size() - kTargetsShown));
  }
  return out;
}

Phrases chat_phrases(const Call& call) {
  if (call.chat_flows == 0) return {};
  Phrases out = {plural(call.chat_flows, "flow"),
                 fmt::format("{} with data sent", plural(call.chat_sent, "packet")),
                 fmt::format("{} received", human_count(call.chat_received))};
  if (call.chat_rtt_ms) out.push_back(fmt::format("RTT {:.1f} ms", *call.chat_rtt_ms));
  return out;
}

Phrases place(const OwnedCall& owned, bool several_inputs, const InputNames& names) {
  const Frame frame = owned.call().frame_start;
  const std::uint32_t home =
      several_inputs ? std::numeric_limits<std::uint32_t>::max() : frame.input;
  Phrases out = {frame_text(frame, home, names)};
  if (owned.flows() > 0) out.push_back(plural(owned.flows(), "flow"));
  return out;
}

// `label` in a column of its own, then the phrases in as many lines as they need.
std::string labelled(std::string_view label, const Phrases& phrases, std::string_view separator,
                     const Style& style) {
  constexpr std::size_t kWidth = kPageWidth - kIndent - kLabelWidth - 1;  // of a last comma
  std::string text;
  for (const std::string& line : fill_lines(phrases, separator, kWidth)) {
    text += fmt::format("{}{}\n", std::string(kIndent, ' '),
                        style.quiet(pad_right(text.empty() ? label : "", kLabelWidth) + line));
  }
  return text;
}

}  // namespace

std::string chat_text(const Call& call) {
  std::string text = "chat beside it: ";
  std::string_view separator;
  for (const std::string& phrase : chat_phrases(call)) {
    text += fmt::format("{}{}", separator, phrase);
    separator = ", ";
  }
  return text;
}

std::string render_call_detail(const OwnedCall& owned, bool several_inputs, const InputNames& names,
                               const Style& style) {
  const Call& call = owned.call();
  const bool media = call.up.packets + call.down.packets > 0;
  std::string text = labelled("start", place(owned, several_inputs, names), kComma, style);
  if (media) text += labelled("up", media_phrases(call.up), kComma, style);
  if (media) text += labelled("down", media_phrases(call.down), kComma, style);
  text += labelled("relays", target_phrases(call.relays), kWide, style);
  text += labelled("peers", target_phrases(call.peers), kWide, style);
  return text + labelled("chat", chat_phrases(call), kComma, style);
}

}  // namespace deadair::report
