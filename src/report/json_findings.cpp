// Writes findings and verdicts, the fields in the order of docs/schema.json.
#include "report/json_fields.hpp"
#include "report/json_sink.hpp"
#include "report/names.hpp"

namespace deadair::report {
namespace {

// Appends what an item measured; the numbers of ratios and rates alike have 4 digits.
class ValueWriter {
 public:
  explicit ValueWriter(Buffer& out) : out_(out) {}

  void operator()(std::monostate) const {}
  void operator()(bool value) const { out_.append(std::string_view(value ? "true" : "false")); }
  void operator()(std::int64_t value) const {
    if (value < 0) out_.append('-');
    // Negated as unsigned: the smallest number has no positive counterpart.
    const auto magnitude = static_cast<std::uint64_t>(value);
    out_.append_number(value < 0 ? 0 - magnitude : magnitude);
  }
  void operator()(double value) const { append_fixed(out_, value, 4); }
  void operator()(const std::string& value) const { append_json_string(out_, value); }

 private:
  Buffer& out_;
};

template <typename Number>
void number_if(JsonObject& record, std::string_view key, const std::optional<Number>& value) {
  if (value) record.number(key, *value);
}

void measured(JsonObject& record, const Measured& values) {
  number_if(record, "rate_bps", values.rate_bps);
  number_if(record, "burst_bytes", values.burst_bytes);
  fixed_if(record, "delay_ms", values.delay_ms, 1);
  number_if(record, "after_packets", values.after_packets);
  fixed_if(record, "after_ms", values.after_ms, 1);
}

// An answer that claims nothing has no strength.
bool has_level(const Verdict& verdict) {
  return verdict.level && verdict.outcome != VerdictOutcome::ok &&
         verdict.outcome != VerdictOutcome::not_observable;
}

}  // namespace

void JsonSink::finding(const Finding& finding) {
  JsonObject record(buffer_);
  begin(record, "finding", finding.input);
  record.text("id", finding.id);
  record.word("level", level_name(finding.level));
  fixed_if(record, "score", finding.score, 1);
  finding_subject(record, finding);
  if (!finding.items.empty()) {
    record.key("items");
    char separator = '[';
    for (const EvidenceItem& each : finding.items) {
      buffer_.append(separator);
      item(each, finding.input);
      separator = ',';
    }
    buffer_.append(']');
  }
  alternatives(record, finding.alternatives);
  texts(record, "gates", finding.gates);
  baseline(record, finding.baseline);
  number_if(record, "tests", finding.tests);
  measured(record, finding.measured);
  record.text("rules", finding.rules);
  record.text("text", finding.text);
  end(record);
}

void JsonSink::finding_subject(JsonObject& record, const Finding& finding) {
  text_if(record, "app", finding.app);
  text_if(record, "flow", finding.flow);
  number_if(record, "call", finding.call);
  if (!finding.frames.empty()) {
    record.key("frames");
    char separator = '[';
    for (const Frame each : finding.frames) {
      buffer_.append(separator);
      frame_value(each, finding.input);
      separator = ',';
    }
    buffer_.append(']');
  }
  if (!finding.trigger.type.empty()) trigger(record, finding.trigger, finding.input);
}

void JsonSink::trigger(JsonObject& record, const Trigger& trigger, std::uint32_t home) {
  record.key("trigger");
  JsonObject entry(buffer_);
  entry.text("type", trigger.type);
  text_if(entry, "name", trigger.name);
  if (trigger.frame.number != 0) frame(entry, "frame", trigger.frame, home);
  entry.close();
}

void JsonSink::item(const EvidenceItem& item, std::uint32_t home) {
  JsonObject entry(buffer_);
  entry.text("name", item.name);
  text_if(entry, "group", item.group);
  entry.fixed("lr", item.lr, 1);
  if (!std::holds_alternative<std::monostate>(item.value)) {
    entry.key("value");
    std::visit(ValueWriter(buffer_), item.value);
  }
  if (item.frame.number != 0) frame(entry, "frame", item.frame, home);
  entry.close();
}

void JsonSink::alternatives(JsonObject& record, std::span<const Alternative> considered) {
  if (considered.empty()) return;
  record.key("alternatives");
  char separator = '[';
  for (const Alternative& each : considered) {
    buffer_.append(separator);
    JsonObject entry(buffer_);
    entry.text("name", each.name);
    entry.word("status", each.excluded ? "excluded" : "open");
    text_if(entry, "why", each.why);
    entry.close();
    separator = ',';
  }
  buffer_.append(']');
}

void JsonSink::baseline(JsonObject& record, const Baseline& baseline) {
  if (baseline.ttl.empty() && baseline.ip_id.empty() && !baseline.rtt_ms) return;
  record.key("baseline");
  JsonObject entry(buffer_);
  if (!baseline.ttl.empty()) {
    entry.key("ttl");
    char separator = '[';
    for (const std::uint8_t value : baseline.ttl) {
      buffer_.append(separator);
      buffer_.append_number(value);
      separator = ',';
    }
    buffer_.append(']');
  }
  text_if(entry, "ip_id", baseline.ip_id);
  fixed_if(entry, "rtt_ms", baseline.rtt_ms, 1);
  entry.close();
}

void JsonSink::verdict(const Verdict& verdict) {
  JsonObject record(buffer_);
  begin(record, "verdict", verdict.input);
  record.text("app", verdict.app);
  record.word("service", verdict_service_name(verdict.service));
  record.word("outcome", verdict_name(verdict.outcome));
  if (has_level(verdict)) record.word("level", level_name(*verdict.level));
  number_if(record, "attempts", verdict.attempts);
  number_if(record, "failed", verdict.failed);
  number_if(record, "connected", verdict.connected);
  text_if(record, "bound", verdict.bound);
  finding_counts(record, verdict.findings);
  alternatives(record, verdict.alternatives);
  record.text("text", verdict.text);
  end(record);
}

void JsonSink::finding_counts(JsonObject& record, std::span<const Verdict::Count> counts) {
  if (counts.empty()) return;
  record.key("findings");
  char separator = '[';
  for (const Verdict::Count& each : counts) {
    buffer_.append(separator);
    JsonObject entry(buffer_);
    entry.text("id", each.id);
    entry.number("count", each.count);
    entry.close();
    separator = ',';
  }
  buffer_.append(']');
}

}  // namespace deadair::report
