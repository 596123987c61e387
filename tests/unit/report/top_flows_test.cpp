// The bounded selection must equal sorting everything, and must own what it keeps.
#include "report/top_flows.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace deadair::report;
using namespace deadair::report::test;

TEST_CASE("recognised before unknown, calls before the rest, bytes, then first frame") {
  const Flow unknown = known_flow("unknown", Service::other, 1'000'000);
  const Flow small_call = known_flow("skype", Service::call, 1);
  const Flow big_text = known_flow("skype", Service::text, 1000);
  Flow later = big_text;
  later.frame_first = {0, 8};
  Flow other_input = big_text;
  other_input.frame_first = {1, 1};
  const std::array<const Flow*, 5> order = {&small_call, &big_text, &later, &other_input, &unknown};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = 0; j < order.size(); ++j) {
      CHECK(more_relevant(*order[i], *order[j]) == (i < j));
    }
  }
}

TEST_CASE("any order of arrival selects the same flows") {
  constexpr std::size_t kLimit = 40;
  std::vector<Flow> flows;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Flow flow = known_flow(i % 3 == 0 ? "unknown" : "skype",
                           i % 5 == 0 ? Service::call : Service::text, i % 97);
    flow.frame_first = {0, i + 1};
    flows.push_back(flow);
  }
  std::vector<Flow> sorted = flows;
  std::sort(sorted.begin(), sorted.end(), more_relevant);
  std::mt19937 random(7);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(flows.begin(), flows.end(), random);
    TopFlows top(kLimit);
    for (const Flow& flow : flows) top.add(flow);
    const auto kept = top.ranked();
    REQUIRE(kept.size() == kLimit);
    for (std::size_t i = 0; i < kLimit; ++i) {
      REQUIRE(kept[i]->frame_first.number == sorted[i].frame_first.number);
    }
  }
}

TEST_CASE("kept flows outlive the record they came from") {
  TopFlows top(2);
  {
    std::string app = "telegram", host = "a.example", id = "TG.SIGNAL", state = "established";
    std::vector<Signal> signals = {{id, {0, 3}}};
    std::vector<Flow::Closing> closings = {{state, true, {0, 4}, 0}};
    Flow flow = known_flow(app, Service::text, 1);
    flow.host = host;
    flow.signals = signals;
    flow.closings = closings;
    top.add(flow);
    top.add(known_flow(app, Service::text, 2));
    top.add(known_flow(app, Service::call, 2));
    for (std::string* text : {&app, &host, &id, &state}) std::fill(text->begin(), text->end(), '#');
    signals.clear();
  }
  top.add(known_flow("skype", Service::call, 3));
  for (const Flow* flow : top.ranked()) CHECK(flow->app.find('#') == std::string_view::npos);

  TopFlows one(1);
  {
    std::string host = "b.example";
    std::vector<Signal> signals = {{host, {0, 3}}};
    Flow flow = known_flow("skype", Service::call, 3);
    flow.host = host;
    flow.signals = signals;
    one.add(flow);
    host = "#########";
  }
  CHECK(one.ranked().front()->host == "b.example");
  CHECK(one.ranked().front()->signals.front().id == "b.example");
}
