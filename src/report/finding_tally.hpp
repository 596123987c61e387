// Counts findings by level on their way to another sink, for the exit status.
#pragma once

#include <array>
#include <cstdint>

#include "report/records.hpp"

namespace deadair::report {

class FindingTally final : public Sink {
 public:
  // `next` gets every record and outlives this.
  explicit FindingTally(Sink& next) : next_(next) {}

  [[nodiscard]] std::uint64_t count(Level level) const {
    return counts_[static_cast<std::size_t>(level)];
  }
  // What --exit-code asks: interference is likely or more.
  [[nodiscard]] bool alarming() const {
    return count(Level::likely) + count(Level::confirmed_pattern) > 0;
  }

  [[nodiscard]] bool complete() const override { return next_.complete(); }
  void flow(const Flow& flow) override { next_.flow(flow); }
  void call(const Call& call) override { next_.call(call); }
  void finding(const Finding& finding) override {
    ++counts_[static_cast<std::size_t>(finding.level)];
    next_.finding(finding);
  }
  void verdict(const Verdict& verdict) override { next_.verdict(verdict); }
  void capture(const Capture& capture) override { next_.capture(capture); }
  void finish(const Summary& summary) override { next_.finish(summary); }
  void flush() override { next_.flush(); }

 private:
  Sink& next_;
  std::array<std::uint64_t, kLevels> counts_{};
};

}  // namespace deadair::report
