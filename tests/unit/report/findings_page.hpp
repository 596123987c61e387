// A page of text to try, and its lines.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "fixtures.hpp"
#include "pages.hpp"
#include "report/text_sink.hpp"

namespace deadair::report::test {

struct Page {
  std::vector<Flow> flows = {known_flow("whatsapp", Service::text, 1200)};
  std::vector<Call> calls;
  std::vector<Finding> findings;
  std::vector<Verdict> verdicts;
  std::vector<Capture> captures = {Capture{}};
  bool judged = true;

  [[nodiscard]] std::string text(const TextOptions& options = {}) const {
    const Names names;
    Recorded file;
    TextSink sink(names, file.output(), options);
    for (const Flow& flow : flows) sink.flow(flow);
    for (const Call& call : calls) sink.call(call);
    for (const Finding& finding : findings) sink.finding(finding);
    for (const Verdict& verdict : verdicts) sink.verdict(verdict);
    for (const Capture& capture : captures) sink.capture(capture);
    Summary summary;
    summary.flows = flows.size();
    summary.judged = judged;
    sink.finish(summary);
    return file.text();
  }
  [[nodiscard]] Lines lines(const TextOptions& options = {}) const {
    return lines_of(text(options));
  }
};

inline constexpr TextOptions kDetailed = {1, false, false};

inline bool has(const Lines& lines, const std::string& line) {
  return std::count(lines.begin(), lines.end(), line) == 1;
}

}  // namespace deadair::report::test
