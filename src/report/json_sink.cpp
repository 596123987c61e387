// Writes each record's fields in the order of docs/schema.json, leaving out those that do not
// apply.
#include "report/json_sink.hpp"

#include "report/json_fields.hpp"
#include "report/names.hpp"

namespace deadair::report {
namespace {

// Written out once this much has gathered; a record is far smaller.
constexpr std::size_t kBlock = std::size_t{256} << 10;
constexpr std::uint64_t kSchema = 1;

void millis_if(JsonObject& record, std::string_view key, const std::optional<std::int64_t>& ns) {
  if (ns) record.fixed(key, static_cast<double>(*ns) / 1e6, 1);
}

void protocol(JsonObject& record, std::uint8_t proto, Buffer& out) {
  const std::string_view name = protocol_name(proto);
  if (!name.empty()) return record.word("proto", name);
  record.key("proto");
  out.append('"');
  out.append_number(proto);
  out.append('"');
}

}  // namespace

void JsonSink::flow(const Flow& flow) {
  JsonObject record(buffer_);
  begin(record, "flow", flow.frame_first.input);
  flow_ends(record, flow);
  flow_class(record, flow);
  flow_facts(record, flow);
  end(record);
}

void JsonSink::flow_ends(JsonObject& record, const Flow& flow) {
  if (!flow.community_id.empty()) record.word("flow", flow.community_id);
  record.time("ts_first", flow.ts_first_ns, times_);
  record.time("ts_last", flow.ts_last_ns, times_);
  const std::uint32_t home = flow.frame_first.input;
  frame(record, "frame_first", flow.frame_first, home);
  frame(record, "frame_last", flow.frame_last, home);
  protocol(record, flow.proto, buffer_);
  record.address("client_ip", flow.client_ip);
  if (flow.has_ports) record.number("client_port", flow.client_port);
  record.address("server_ip", flow.server_ip);
  if (flow.has_ports) record.number("server_port", flow.server_port);
  record.number("packets_up", flow.packets_up);
  record.number("packets_down", flow.packets_down);
  record.number("bytes_up", flow.bytes_up);
  record.number("bytes_down", flow.bytes_down);
}

void JsonSink::flow_class(JsonObject& record, const Flow& flow) {
  record.text("app", flow.app);
  record.word("service", service_name(flow.service));
  media(record, flow.media);
  if (flow.confidence) record.word("confidence", confidence_name(*flow.confidence));
  if (!flow.signals.empty()) {
    record.key("signals");
    char separator = '[';
    for (const Signal& each : flow.signals) {
      buffer_.append(separator);
      signal(each, flow.frame_first.input);
      separator = ',';
    }
    buffer_.append(']');
  }
  text_if(record, "rules", flow.rules);
  text_if(record, "host", flow.host);
  if (flow.ech) record.boolean("ech", true);
  text_if(record, "ndpi", flow.ndpi);
}

void JsonSink::flow_facts(JsonObject& record, const Flow& flow) {
  text_if(record, "tcp_state", flow.tcp_state);
  if (flow.rtt_ms) record.fixed("rtt_ms", *flow.rtt_ms, 1);
  number_if(record, "retransmitted_up", flow.retransmitted_up);
  number_if(record, "retransmitted_down", flow.retransmitted_down);
  number_if(record, "missed_bytes", flow.missed_bytes);
  if (flow.rtp.empty()) return;
  record.key("rtp");
  char separator = '[';
  for (const RtpStream& stream : flow.rtp) {
    buffer_.append(separator);
    rtp(stream);
    separator = ',';
  }
  buffer_.append(']');
}

void JsonSink::call(const Call& call) {
  JsonObject record(buffer_);
  begin(record, "call", call.frame_start.input);
  record.number("call", call.number);
  record.text("app", call.app);
  record.address("client_ip", call.client_ip);
  if (call.client_port != 0) record.number("client_port", call.client_port);
  call_times(record, call);
  media(record, call.media);
  record.word("outcome", outcome_name(call.outcome));
  call_paths(record, call);
  call_quality(record, call);
  end(record);
}

void JsonSink::call_times(JsonObject& record, const Call& call) {
  record.time("ts_start", call.ts_start_ns, times_);
  if (call.ts_media_ns) record.time("ts_media", *call.ts_media_ns, times_);
  record.time("ts_end", call.ts_end_ns, times_);
  frame(record, "frame_start", call.frame_start, call.frame_start.input);
}

void JsonSink::call_paths(JsonObject& record, const Call& call) {
  targets(record, "relays", call.relays);
  targets(record, "peers", call.peers);
  if (call.flows.empty()) return;
  record.key("flows");
  char separator = '[';
  for (const std::string_view flow : call.flows) {
    buffer_.append(separator);
    append_json_string(buffer_, flow);
    separator = ',';
  }
  buffer_.append(']');
}

void JsonSink::call_quality(JsonObject& record, const Call& call) {
  millis_if(record, "setup_ms", call.setup_ns);
  millis_if(record, "talk_ms", call.talk_ns);
  fixed_if(record, "loss_up", call.up.loss, 4);
  fixed_if(record, "loss_down", call.down.loss, 4);
  fixed_if(record, "jitter_ms_up", call.up.jitter_ms, 1);
  fixed_if(record, "jitter_ms_down", call.down.jitter_ms, 1);
  fixed_if(record, "mos_up", call.up.mos, 2);
  fixed_if(record, "mos_down", call.down.mos, 2);
}

void JsonSink::targets(JsonObject& record, std::string_view key,
                       std::span<const CallTarget> tried) {
  if (tried.empty()) return;
  record.key(key);
  char separator = '[';
  for (const CallTarget& target : tried) {
    buffer_.append(separator);
    JsonObject entry(buffer_);
    entry.address("ip", target.ip);
    entry.number("port", target.port);
    entry.number("requests", target.requests);
    entry.number("responses", target.responses);
    entry.close();
    separator = ',';
  }
  buffer_.append(']');
}

void JsonSink::capture(const Capture& capture) {
  JsonObject record(buffer_);
  begin(record, "capture", capture.input);
  texts(record, "link_types", capture.link_types);
  record.number("packets", capture.packets);
  record.number("bytes", capture.bytes);
  if (capture.span_ns) {
    record.time("ts_first", capture.span_ns->first, times_);
    record.time("ts_last", capture.span_ns->second, times_);
  }
  if (!capture.undecoded.empty()) {
    record.key("undecoded");
    JsonObject reasons(buffer_);
    for (const auto& [reason, packets] : capture.undecoded) reasons.number(reason, packets);
    reasons.close();
  }
  record.boolean("truncated", capture.truncated);
  record.number("missed_bytes", capture.missed_bytes);
  if (capture.kernel_drops) record.number("kernel_drops", *capture.kernel_drops);
  if (capture.interface_drops) record.number("interface_drops", *capture.interface_drops);
  record.number("evicted_flows", capture.evicted_flows);
  texts(record, "gates", capture.gates);
  end(record);
}

void JsonSink::finish(const Summary& /*summary*/) { flush(); }

void JsonSink::flush() {
  output_.write(buffer_.view());
  buffer_.clear();
}

void JsonSink::begin(JsonObject& record, std::string_view type, std::uint32_t input) {
  record.word("type", type);
  record.number("schema", kSchema);
  record.key("file");
  buffer_.append(quoted_name(input));
}

void JsonSink::end(JsonObject& record) {
  record.close();
  buffer_.append('\n');
  if (buffer_.size() >= kBlock) flush();
}

void JsonSink::texts(JsonObject& record, std::string_view key,
                     std::span<const std::string> values) {
  if (values.empty()) return;
  record.key(key);
  char separator = '[';
  for (const std::string& value : values) {
    buffer_.append(separator);
    append_json_string(buffer_, value);
    separator = ',';
  }
  buffer_.append(']');
}

void JsonSink::media(JsonObject& record, std::uint8_t bits) {
  if (bits == 0) return;
  record.key("media");
  char separator = '[';
  unsigned bit = 1;
  for (const std::string_view name : media_names()) {
    if ((bits & bit) != 0) {
      buffer_.append(separator);
      buffer_.append('"');
      buffer_.append(name);
      buffer_.append('"');
      separator = ',';
    }
    bit <<= 1;
  }
  buffer_.append(']');
}

void JsonSink::frame(JsonObject& record, std::string_view key, Frame frame, std::uint32_t home) {
  record.key(key);
  frame_value(frame, home);
}

void JsonSink::frame_value(Frame frame, std::uint32_t home) {
  if (frame.input == home) return buffer_.append_number(frame.number);
  JsonObject elsewhere(buffer_);
  elsewhere.key("file");
  buffer_.append(quoted_name(frame.input));
  elsewhere.number("frame", frame.number);
  elsewhere.close();
}

void JsonSink::signal(const Signal& signal, std::uint32_t home) {
  JsonObject entry(buffer_);
  entry.text("id", signal.id);
  if (signal.frame.number != 0) frame(entry, "frame", signal.frame, home);
  entry.close();
}

void JsonSink::rtp(const RtpStream& stream) {
  JsonObject entry(buffer_);
  entry.number("ssrc", stream.ssrc);
  entry.word("dir", stream.up ? "up" : "down");
  entry.number("pt", stream.payload_type);
  media(entry, stream.media);
  entry.number("packets", stream.packets);
  entry.number("lost", stream.lost);
  if (stream.jitter_ms) entry.fixed("jitter_ms", *stream.jitter_ms, 1);
  entry.fixed("kbps", stream.kbps, 1);
  entry.close();
}

const std::string& JsonSink::quoted_name(std::uint32_t input) {
  if (input >= quoted_names_.size()) quoted_names_.resize(input + 1U);
  std::string& name = quoted_names_[input];
  if (name.empty()) {
    Buffer quoted;
    append_json_string(quoted, names_.name(input));
    name = quoted.view();
  }
  return name;
}

}  // namespace deadair::report
