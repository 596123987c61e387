// Collects what is known of a flow as short phrases and fills them into lines.
#include "report/text_detail.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "report/flow_ends.hpp"
#include "report/human.hpp"
#include "report/names.hpp"
#include "report/text_layout.hpp"
#include "report/timestamp.hpp"
#include "report/utf8.hpp"

namespace deadair::report {
namespace {

constexpr std::size_t kIndent = 4;
constexpr std::string_view kSeparator = "   ";
constexpr std::size_t kClosingsShown = 4;

using Phrases = std::vector<std::string>;

std::string frames_text(const Flow& flow, const InputNames& names) {
  const Frame first = flow.frame_first;
  const Frame last = flow.frame_last;
  if (last.input != first.input) {
    return fmt::format("frame {} to {}", first.number, frame_text(last, first.input, names));
  }
  return first.number == last.number ? fmt::format("frame {}", first.number)
                                     : fmt::format("frames {} to {}", first.number, last.number);
}

void extent(const Flow& flow, const InputNames& names, Phrases& out) {
  out.push_back(fmt::format("{} UTC", readable_clock(flow.ts_first_ns)));
  out.push_back(frames_text(flow, names));
  out.push_back(
      fmt::format("up {}, {}", plural(flow.packets_up, "packet"), human_bytes(flow.bytes_up)));
  out.push_back(fmt::format("down {}, {}", plural(flow.packets_down, "packet"),
                            human_bytes(flow.bytes_down)));
}

void tcp_facts(const Flow& flow, Phrases& out) {
  if (!flow.tcp_state.empty()) {
    out.push_back(fmt::format("TCP {}", printable_ascii(flow.tcp_state)));
  }
  if (flow.rtt_ms) out.push_back(fmt::format("handshake RTT {:.1f} ms", *flow.rtt_ms));
  if (flow.data_rtt_ms) out.push_back(fmt::format("data RTT {:.1f} ms", *flow.data_rtt_ms));
  if (flow.retransmitted_up + flow.retransmitted_down > 0) {
    out.push_back(fmt::format("retransmitted {} up, {} down", human_count(flow.retransmitted_up),
                              human_count(flow.retransmitted_down)));
  }
  if (flow.out_of_order > 0) {
    out.push_back(fmt::format("{} out of order", human_count(flow.out_of_order)));
  }
  if (flow.zero_windows > 0) out.push_back(plural(flow.zero_windows, "zero window"));
  if (flow.missed_bytes > 0) {
    out.push_back(fmt::format("missed {}", human_bytes(flow.missed_bytes)));
  }
}

void closings(const Flow& flow, const InputNames& names, Phrases& out) {
  const std::size_t shown = std::min(flow.closings.size(), kClosingsShown);
  for (const Flow::Closing& closing : flow.closings.first(shown)) {
    out.push_back(fmt::format("{} by {}, {}, after {}", closing.what,
                              closing.by_client ? "client" : "server",
                              frame_text(closing.frame, flow.frame_first.input, names),
                              human_duration(closing.ts_ns - flow.ts_first_ns)));
  }
  if (flow.closings.size() > shown) {
    out.push_back(fmt::format("+{} more", flow.closings.size() - shown));
  }
}

std::string stream_text(const RtpStream& stream) {
  std::string text = fmt::format("RTP {} {:#010x} payload type {}", stream.up ? "up" : "down",
                                 stream.ssrc, stream.payload_type);
  if (stream.clock_hz != 0) text += fmt::format(", {} Hz", stream.clock_hz);
  unsigned bit = 1;
  for (const std::string_view name : media_names()) {
    if ((stream.media & bit) != 0) text += fmt::format(", {}", name);
    bit <<= 1;
  }
  text += fmt::format(", {}, {} lost", plural(stream.packets, "packet"), human_count(stream.lost));
  if (stream.jitter_ms) text += fmt::format(", jitter {:.1f} ms", *stream.jitter_ms);
  text += fmt::format(", {:.1f} kbit/s", stream.kbps);
  if (stream.size_max != 0)
    text += fmt::format(", half up to {} bytes, nine tenths {}, all {}", stream.size_p50,
                        stream.size_p90, stream.size_max);
  return text;
}

void streams(const Flow& flow, Phrases& out) {
  for (const RtpStream& stream : flow.rtp) out.push_back(stream_text(stream));
}

void opinions(const Flow& flow, Phrases& out) {
  if (!flow.ndpi.empty()) out.push_back(fmt::format("nDPI {}", printable_ascii(flow.ndpi)));
  if (!flow.rules.empty()) out.push_back(fmt::format("rules {}", printable(flow.rules)));
  if (flow.ech) out.push_back("true name hidden (ECH)");
  if (!flow.community_id.empty()) out.push_back(printable_ascii(flow.community_id));
}

}  // namespace

std::string frame_text(Frame frame, std::uint32_t home, const InputNames& names) {
  if (frame.input == home) return fmt::format("frame {}", frame.number);
  return fmt::format("frame {} of {}", frame.number, printable(names.name(frame.input)));
}

std::string render_detail(const Flow& flow, bool with_ends, const InputNames& names,
                          const Style& style) {
  std::vector<Phrases> groups(5);
  if (with_ends) groups[0].push_back(full_ends(flow));
  extent(flow, names, groups[1]);
  tcp_facts(flow, groups[2]);
  closings(flow, names, groups[2]);
  streams(flow, groups[3]);
  opinions(flow, groups[4]);
  std::string text;
  for (const Phrases& phrases : groups) {
    for (const std::string& line : fill_lines(phrases, kSeparator, kPageWidth - kIndent)) {
      text += fmt::format("{}{}\n", std::string(kIndent, ' '), style.quiet(line));
    }
  }
  return text;
}

}  // namespace deadair::report
