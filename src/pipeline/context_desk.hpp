// Knows of other connections what may explain, or speak against, a tear-down.
#pragma once

#include "interference/controls.hpp"
#include "interference/end_log.hpp"
#include "interference/tcp_story.hpp"
#include "pipeline/gate_desk.hpp"
#include "pipeline/tear_downs.hpp"

namespace deadair::pipeline {

class ContextDesk {
 public:
  // An ended TCP flow, whose `end` is completed here; `torn` is its story when it was reset, and
  // takes in what it is to be asked about later. `host` is its server's name, empty where none is
  // known.
  void connection(const flow::FlowRecord& record, interference::ConnectionEnd& end, TornFlow* torn);
  // All flows have ended: to be called before the first question.
  void finish() { ends_.finish(); }
  // Vantage, round trip, twins, habits of the hosts. Triggers and controls are the caller's.
  [[nodiscard]] interference::Context context_of(const TornFlow& torn, const GateDesk& gates) const;

 private:
  interference::EndLog ends_;
};

}  // namespace deadair::pipeline
