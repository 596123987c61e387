// The default output: what was read, which applications talked, the calls, and the flows that
// matter most.
#pragma once

#include "report/app_totals.hpp"
#include "report/capture_totals.hpp"
#include "report/output.hpp"
#include "report/records.hpp"
#include "report/top_calls.hpp"
#include "report/top_flows.hpp"

namespace deadair::report {

struct TextOptions {
  unsigned verbosity = 0;   // 1: details of each flow shown
  bool colour = false;      // terminal attributes
  bool table_only = false;  // no head and no count of the rest
};

// Written once, at the end of the run; its memory does not grow with the number of flows or calls.
class TextSink final : public Sink {
 public:
  static constexpr std::size_t kFlowsShown = 40;
  static constexpr std::size_t kCallsShown = 40;

  // `names` and `output` outlive the sink.
  TextSink(const InputNames& names, Output& output, const TextOptions& options)
      : names_(names), output_(output), options_(options) {}

  [[nodiscard]] bool complete() const override { return options_.verbosity > 0; }
  void flow(const Flow& flow) override;
  void call(const Call& call) override;
  void capture(const Capture& capture) override;
  void finish(const Summary& summary) override;

 private:
  const InputNames& names_;
  Output& output_;
  TextOptions options_;
  AppTotals apps_;
  TopFlows top_{kFlowsShown};
  TopCalls calls_{kCallsShown};
  CaptureTotals captures_;
};

}  // namespace deadair::report
