// Hands every record to several sinks in turn.
#pragma once

#include <memory>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

class FanOut final : public Sink {
 public:
  void add(std::unique_ptr<Sink> sink) { sinks_.push_back(std::move(sink)); }

  [[nodiscard]] bool complete() const override {
    for (const auto& sink : sinks_) {
      if (sink->complete()) return true;
    }
    return false;
  }
  void flow(const Flow& flow) override {
    for (const auto& sink : sinks_) sink->flow(flow);
  }
  void call(const Call& call) override {
    for (const auto& sink : sinks_) sink->call(call);
  }
  void finding(const Finding& finding) override {
    for (const auto& sink : sinks_) sink->finding(finding);
  }
  void verdict(const Verdict& verdict) override {
    for (const auto& sink : sinks_) sink->verdict(verdict);
  }
  void capture(const Capture& capture) override {
    for (const auto& sink : sinks_) sink->capture(capture);
  }
  void finish(const Summary& summary) override {
    for (const auto& sink : sinks_) sink->finish(summary);
  }
  void flush() override {
    for (const auto& sink : sinks_) sink->flush();
  }

 private:
  std::vector<std::unique_ptr<Sink>> sinks_;
};

}  // namespace deadair::report
