// The default output: what was read, the answers, which applications talked, the calls, the
// findings, and the flows that matter most.
#pragma once

#include <string>
#include <vector>

#include "report/app_totals.hpp"
#include "report/capture_totals.hpp"
#include "report/output.hpp"
#include "report/records.hpp"
#include "report/text_style.hpp"
#include "report/top_calls.hpp"
#include "report/top_findings.hpp"
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
  static constexpr std::size_t kFindingsShown = 20;
  // Without -v one finding stands for all alike, and findings matter more than calls and flows.
  static constexpr std::size_t kBriefFindings = 8;
  static constexpr std::size_t kBriefCalls = 5;
  static constexpr std::size_t kBriefFlows = 4;
  static constexpr std::size_t kScreenLines = 48;  // of a page with verdicts, as far as can be

  // `names` and `output` outlive the sink.
  TextSink(const InputNames& names, Output& output, const TextOptions& options)
      : names_(names),
        output_(output),
        options_(options),
        findings_(options.verbosity > 0 ? TopFindings{kFindingsShown, kFindingsShown}
                                        : TopFindings{kBriefFindings, 1}) {}

  [[nodiscard]] bool complete() const override { return options_.verbosity > 0; }
  void flow(const Flow& flow) override;
  void call(const Call& call) override;
  void finding(const Finding& finding) override { findings_.add(finding); }
  void verdict(const Verdict& verdict) override { verdicts_.push_back(verdict); }
  void capture(const Capture& capture) override;
  void finish(const Summary& summary) override;

 private:
  // The page is to fit a screen although findings are on it.
  [[nodiscard]] bool brief() const { return options_.verbosity == 0 && findings_.suspicious(); }
  // Interference was looked for, and nothing speaks of it.
  [[nodiscard]] bool quiet(const Summary& summary) const;
  [[nodiscard]] std::vector<const Flow*> flows_to_show() const;
  [[nodiscard]] std::size_t room_for_flows(std::string_view page) const;
  [[nodiscard]] std::size_t room_for_calls() const {
    return complete() || (verdicts_.empty() && !brief()) ? kCallsShown : kBriefCalls;
  }
  [[nodiscard]] std::string head(const std::vector<AppTotal>& apps, const Summary& summary,
                                 const Style& style) const;

  const InputNames& names_;
  Output& output_;
  TextOptions options_;
  AppTotals apps_;
  TopFlows top_{kFlowsShown};
  TopCalls calls_{kCallsShown};
  TopFindings findings_;
  std::vector<Verdict> verdicts_;
  CaptureTotals captures_;
};

}  // namespace deadair::report
