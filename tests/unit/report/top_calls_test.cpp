// What is kept of many calls, and that it no longer needs the record it came from.
#include "report/top_calls.hpp"

#include <array>
#include <string>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

TEST_CASE("a call kept owns its texts and lists") {
  TopCalls top(2);
  {
    std::string app = "whatsapp-with-a-long-name";
    std::string reason = "none of the relays answered";
    std::vector<CallTarget> relays = {kRelay};
    std::vector<CallStretch> stretches = {{media::kVoice, true, 1, 2}};
    const std::array<std::string_view, 3> flows = {"a", "b", "c"};
    Call call = plain_call(1, app);
    call.reason = reason;
    call.relays = relays;
    call.stretches = stretches;
    call.flows = flows;
    top.add(call);
    app.assign(app.size(), 'x');
    reason.assign(reason.size(), 'x');
    relays.front().requests = 0;
    stretches.front().to_ns = 0;
  }
  for (std::uint64_t i = 2; i < 9; ++i) top.add(plain_call(i, "skype"));
  const auto calls = top.in_order();
  REQUIRE(calls.size() == 2);
  const Call& call = calls[0]->call();
  CHECK(call.app == "whatsapp-with-a-long-name");
  CHECK(call.reason == "none of the relays answered");
  CHECK(call.relays[0].requests == 7);
  CHECK(call.stretches[0].to_ns == 2);
  CHECK(call.peers.empty());
  CHECK(call.flows.empty());
  CHECK(calls[0]->flows() == 3);
  CHECK(calls[1]->call().number == 2);
}

TEST_CASE("calls that went wrong displace others, later ones do not displace earlier ones") {
  TopCalls top(2);
  for (const CallOutcome outcome :
       {CallOutcome::connected, CallOutcome::no_answer, CallOutcome::cancelled, CallOutcome::cut,
        CallOutcome::not_observable, CallOutcome::one_way, CallOutcome::degraded}) {
    Call call = plain_call(1 + top.counts()[0] + top.counts()[1], "viber");
    call.ts_start_ns += static_cast<std::int64_t>(outcome) * kSecond;
    call.outcome = outcome;
    top.add(call);
  }
  const auto calls = top.in_order();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0]->call().outcome == CallOutcome::one_way);
  CHECK(calls[1]->call().outcome == CallOutcome::cut);
  CHECK(top.counts() == OutcomeCounts{1, 1, 0, 1, 1, 1, 1, 1});
  CHECK(went_wrong(CallOutcome::setup_failed));
  TopCalls none(0);
  none.add(plain_call(1, "viber"));
  CHECK(none.in_order().empty());
}
