// Plain values out of flow records, decisions and input summaries.
#include "pipeline/reporter.hpp"

#include <algorithm>
#include <tuple>

#include "capture/link_name.hpp"

namespace deadair::pipeline {
namespace {

using flow::Side;

constexpr std::size_t kMostClients = 1'000'000;

report::Frame frame_of(wire::FrameRef frame) { return {frame.input(), frame.number()}; }

report::Confidence convert(classify::Confidence confidence) {
  switch (confidence) {
    case classify::Confidence::certain:
      return report::Confidence::certain;
    case classify::Confidence::likely:
      return report::Confidence::likely;
    default:
      return report::Confidence::guess;
  }
}

report::Service convert(classify::Service service) {
  switch (service) {
    case classify::Service::text:
      return report::Service::text;
    case classify::Service::call:
      return report::Service::call;
    case classify::Service::transfer:
      return report::Service::transfer;
    case classify::Service::web:
      return report::Service::web;
    case classify::Service::tunnel:
      return report::Service::tunnel;
    default:
      return report::Service::other;
  }
}

bool has_ports(std::uint8_t proto) {
  using namespace wire::ip_proto;
  return proto == kTcp || proto == kUdp || proto == kSctp;
}

report::Flow ends_and_volumes(const flow::FlowRecord& record, const flow::FlowKey& key) {
  const Side up = record.client();
  const Side down = flow::other(up);
  report::Flow out;
  out.ts_first_ns = record.ts_first_ns;
  out.ts_last_ns = record.ts_last_ns;
  out.frame_first = frame_of(record.frame_first);
  out.frame_last = frame_of(record.frame_last);
  out.proto = record.proto;
  out.has_ports = has_ports(record.proto);
  out.client_ip = up == Side::a ? key.a : key.b;
  out.server_ip = up == Side::a ? key.b : key.a;
  out.client_port = up == Side::a ? key.port_a : key.port_b;
  out.server_port = up == Side::a ? key.port_b : key.port_a;
  out.packets_up = record.packets(up);
  out.packets_down = record.packets(down);
  out.bytes_up = record.bytes(up);
  out.bytes_down = record.bytes(down);
  return out;
}

}  // namespace

std::string_view tcp_state(const flow::FlowRecord& record) {
  using namespace flow::tcp_seen;
  const std::uint8_t seen = record.seen;
  const bool fin_a = (seen & kFinA) != 0;
  const bool fin_b = (seen & kFinB) != 0;
  if (fin_a && fin_b) return "closed";
  if ((seen & kReset) != 0) {
    const Side by = (seen & kResetByB) != 0 ? Side::b : Side::a;
    if (by == record.client()) return "reset_client";
    const bool answers_syn = (seen & kSynSeen) != 0 && (seen & (kSynAck | kEstablished)) == 0;
    return answers_syn ? "rejected" : "reset_server";
  }
  if (fin_a || fin_b) return "closing";
  if ((seen & kEstablished) != 0) return "established";
  if ((seen & kSynAck) != 0) return "syn_received";
  return (seen & kSynSeen) != 0 ? "syn_sent" : "midstream";
}

void Reporter::add_tcp(report::Flow& out, const flow::FlowRecord& record,
                       const flow::TcpTrack* track) {
  out.tcp_state = tcp_state(record);
  if (record.rtt_us != 0) out.rtt_ms = record.rtt_us / 1000.0;
  closings_.clear();
  const auto add_closing = [&](std::string_view what, std::size_t side,
                               const flow::Closing& closing) {
    if (closing.frame.valid())
      closings_.push_back({what, static_cast<Side>(side) == record.client(),
                           frame_of(closing.frame), closing.ts_ns});
  };
  if (track == nullptr) {
    // Without a track nothing followed the reset, so it is the flow's last packet.
    if ((record.seen & flow::tcp_seen::kReset) != 0)
      add_closing("RST", (record.seen & flow::tcp_seen::kResetByB) != 0 ? 1 : 0,
                  {record.frame_last, record.ts_last_ns});
    out.closings = closings_;
    return;
  }
  for (std::size_t side = 0; side < 2; ++side) {
    const flow::TcpDirection& direction = track->directions[side];
    const bool up = static_cast<Side>(side) == record.client();
    (up ? out.retransmitted_up : out.retransmitted_down) = direction.retransmitted;
    out.out_of_order += direction.out_of_order;
    out.zero_windows += direction.zero_windows;
    const double rtt_ms = direction.min_rtt_us / 1000.0;
    if (direction.min_rtt_us != 0) out.data_rtt_ms = std::max(out.data_rtt_ms.value_or(0), rtt_ms);
    add_closing("FIN", side, track->fins[side]);
    add_closing("RST", side, track->resets[side]);
  }
  std::sort(closings_.begin(), closings_.end(), [](const auto& x, const auto& y) {
    return std::tie(x.ts_ns, x.frame.input, x.frame.number) <
           std::tie(y.ts_ns, y.frame.input, y.frame.number);
  });
  out.closings = closings_;
}

void Reporter::add_rtp(report::Flow& out, const flow::FlowRecord& record,
                       const flow::MediaTrack& media) {
  streams_.clear();
  media.streams(streams_);
  rtp_.clear();
  for (const auto& [from, facts] : streams_) {
    report::RtpStream stream;
    stream.ssrc = facts.ssrc;
    stream.up = from == record.client();
    stream.payload_type = facts.payload_type;
    stream.media = facts.kinds != 0 ? facts.kinds : report::media::kUndecided;
    stream.packets = facts.packets;
    stream.lost = facts.lost;
    stream.jitter_ms = facts.jitter_ms;
    stream.kbps = facts.kbps;
    stream.clock_hz = facts.clock;
    stream.size_p50 = facts.size_p50;
    stream.size_p90 = facts.size_p90;
    stream.size_max = facts.size_max;
    rtp_.push_back(stream);
  }
  out.rtp = rtp_;
}

void Reporter::flow(const flow::FlowRecord& record, const flow::FlowKey& key,
                    const classify::Decision& decision, const flow::TcpTrack* track,
                    std::uint64_t missed_bytes, const flow::MediaTrack* media) {
  report::Flow out = ends_and_volumes(record, key);
  if (complete_) out.community_id = community_id_.of(key);
  out.app = decision.app.empty() ? std::string_view("unknown") : decision.app;
  out.service = convert(decision.service);
  out.media = decision.media;
  if (!decision.app.empty()) {
    out.confidence = convert(decision.confidence);
    if (clients_.size() < kMostClients) clients_.insert(out.client_ip);
  }
  signals_.clear();
  for (std::size_t i = 0; i < decision.signal_count; ++i)
    signals_.push_back({decision.signals[i].id, frame_of(decision.signals[i].frame)});
  out.signals = signals_;
  out.rules = decision.rules;
  out.host = decision.host;
  out.ech = decision.ech;
  out.ndpi = decision.ndpi;
  if (record.proto == wire::ip_proto::kTcp) add_tcp(out, record, track);
  out.missed_bytes = missed_bytes;
  if (media != nullptr && decision.service == classify::Service::call) add_rtp(out, record, *media);
  sink_.flow(out);
}

void Reporter::capture(std::uint32_t input, const capture::InputSummary& summary,
                       const InputCounts& counts, const interference::GateSet& gates) {
  report::Capture out;
  out.input = input;
  for (const wire::LinkType link : summary.link_types)
    out.link_types.push_back(capture::link_type_name(link));
  out.packets = summary.packets;
  out.bytes = summary.bytes;
  if (summary.packets > 0) out.span_ns = {summary.ts_first_ns, summary.ts_last_ns};
  for (std::size_t i = 0; i < counts.undecoded.size(); ++i)
    if (counts.undecoded[i] > 0)
      out.undecoded.emplace_back(wire::name(static_cast<wire::Undecoded>(i)), counts.undecoded[i]);
  out.truncated = summary.truncated;
  out.problem = summary.problem;
  out.missed_bytes = counts.missed_bytes;
  out.kernel_drops = summary.kernel_drops;
  out.interface_drops = summary.interface_drops;
  out.evicted_flows = counts.evicted_flows;
  for (std::size_t i = 0; i < interference::kGates; ++i)
    if (const auto gate = static_cast<interference::Gate>(i); gates.has(gate))
      out.gates.emplace_back(name(gate));
  sink_.capture(out);
}

}  // namespace deadair::pipeline
