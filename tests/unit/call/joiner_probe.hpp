// A joiner with flows that begin, end and are added as a pipeline would, and the attempts it tells.
#pragma once

#include <vector>

#include "call/joiner.hpp"
#include "unit/call/call_flows.hpp"

namespace deadair::test {

class JoinerProbe final : public call::AttemptSink {
 public:
  // The flow lives from its first packet until it is added, at `now_s`.
  void live(CallFlow& flow) { joiner.begin(flow.key(), flow->ts_first_ns); }
  void ended(CallFlow& flow, double now_s) {
    joiner.end(flow.key(), flow->ts_first_ns);
    joiner.add(flow, at_s(now_s));
  }
  // One that ends with its last packet.
  void add(CallFlow flow) { joiner.add(flow, flow->ts_last_ns); }
  void pass(double s) { joiner.pass_time(at_s(s)); }
  void finish(double s) { joiner.finish(at_s(s)); }

  void finished(const call::Attempt& attempt, std::int64_t known_until_ns) override {
    told.push_back(attempt);
    until.push_back(known_until_ns);
  }

  call::Joiner joiner{*this};
  std::vector<call::Attempt> told;
  std::vector<std::int64_t> until;
};

}  // namespace deadair::test
