// Calls to be judged, and what is asked of the findings.
#pragma once

#include <algorithm>

#include "catch.hpp"
#include "interference/calls.hpp"
#include "unit/interference/call_stories.hpp"

namespace deadair::test {

using interference::Fate;
using interference::Finding;
using interference::Gate;
using interference::GateEffect;
using interference::judge_calls;
using interference::Level;

using Stories = std::vector<CallStory>;

inline Level level_of(const Stories& stories, std::string_view id) {
  const std::vector<Finding> findings = judge_calls(stories);
  const Finding* finding = find(findings, id);
  REQUIRE(finding != nullptr);
  CHECK_FALSE(finding->text.empty());
  CHECK(std::ranges::is_sorted(finding->frames));
  return finding->level;
}
inline bool is_found(const Stories& stories, std::string_view id) {
  const std::vector<Finding> findings = judge_calls(stories);
  return find(findings, id) != nullptr;
}
inline const interference::Alternative& alternative(const Finding& finding, std::string_view name) {
  const auto it = std::ranges::find(finding.alternatives, name, &interference::Alternative::name);
  REQUIRE(it != finding.alternatives.end());
  return *it;
}

// Credentials demanded at once, and nothing more.
inline CallStory credentials_lost(double from_s, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 16, number);
  story.outcome = call::Outcome::no_answer;
  for (unsigned i = 0; i < 3; ++i) {
    call::Exchange& exchange = add_relay(story, 10 + i, 8, 1, from_s).exchange;
    exchange.granted = 0;
    exchange.challenges = 1;
    exchange.unanswered_allocates = 7;
    exchange.unanswered_allocates_from_ns = at_second(from_s + 0.2);
    exchange.last_answer_ns = at_second(from_s + 0.2);
  }
  return story;
}

inline CallStory refused(double from_s, std::uint16_t code, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 13, number);
  story.outcome = call::Outcome::setup_failed;
  for (unsigned i = 0; i < 3; ++i) {
    call::Exchange& exchange = add_relay(story, 10 + i, 3, 2, from_s).exchange;
    exchange.granted = 0;
    exchange.challenges = exchange.refusals = 1;
    exchange.last_refusal = code;
  }
  return story;
}

inline CallStory keys_lost(double from_s, std::uint64_t number = 1) {
  CallStory story = story_at(from_s, from_s + 14, number);
  story.outcome = call::Outcome::setup_failed;
  call::Target& peer = add_relay(story, 61, 9, 9, from_s);
  peer.relay = false;
  peer.exchange.hellos[call::kUp] = 6;
  peer.exchange.first_hello_ns[call::kUp] = at_second(from_s + 0.3);
  peer.exchange.frame_hello = {0, 100 * number + 7};
  return story;
}

}  // namespace deadair::test
