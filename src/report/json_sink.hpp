// Records as NDJSON: one JSON object a line, the complete output (docs/schema.json).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/json_writer.hpp"
#include "report/output.hpp"
#include "report/records.hpp"

namespace deadair::report {

class JsonSink final : public Sink {
 public:
  // Both outlive the sink.
  JsonSink(const InputNames& names, Output& output) : names_(names), output_(output) {}

  [[nodiscard]] bool complete() const override { return true; }
  void flow(const Flow& flow) override;
  void call(const Call& call) override;
  void finding(const Finding& finding) override;
  void verdict(const Verdict& verdict) override;
  void capture(const Capture& capture) override;
  void finish(const Summary& summary) override;
  void flush() override;

 private:
  void begin(JsonObject& record, std::string_view type, std::uint32_t input);
  void end(JsonObject& record);
  void flow_ends(JsonObject& record, const Flow& flow);
  void flow_class(JsonObject& record, const Flow& flow);
  void flow_facts(JsonObject& record, const Flow& flow);
  void call_times(JsonObject& record, const Call& call);
  void call_paths(JsonObject& record, const Call& call);
  void call_quality(JsonObject& record, const Call& call);
  void targets(JsonObject& record, std::string_view key, std::span<const CallTarget> tried);
  void finding_subject(JsonObject& record, const Finding& finding);
  void trigger(JsonObject& record, const Trigger& trigger, std::uint32_t home);
  void item(const EvidenceItem& item, std::uint32_t home);
  void alternatives(JsonObject& record, std::span<const Alternative> considered);
  void baseline(JsonObject& record, const Baseline& baseline);
  void finding_counts(JsonObject& record, std::span<const Verdict::Count> counts);
  void texts(JsonObject& record, std::string_view key, std::span<const std::string> values);
  void media(JsonObject& record, std::uint8_t bits);
  void frame(JsonObject& record, std::string_view key, Frame frame, std::uint32_t home);
  void frame_value(Frame frame, std::uint32_t home);
  void signal(const Signal& signal, std::uint32_t home);
  void rtp(const RtpStream& stream);
  // The name of an input as a JSON string.
  const std::string& quoted_name(std::uint32_t input);

  const InputNames& names_;
  Output& output_;
  Buffer buffer_{std::size_t{512} << 10};
  TimestampFormatter times_;
  std::vector<std::string> quoted_names_;  // by input, made at first use
};

}  // namespace deadair::report
