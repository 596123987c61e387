// The words of records by value: readers match on them.
#include "report/names.hpp"

#include <array>

#include "catch.hpp"

using namespace deadair::report;

TEST_CASE("each outcome has its word in records and its words for people") {
  constexpr std::array<std::string_view, kCallOutcomes> kWords = {
      "connected", "no_answer", "setup_failed", "one_way",
      "cut",       "degraded",  "cancelled",    "not_observable"};
  constexpr std::array<std::string_view, kCallOutcomes> kTexts = {
      "connected", "no answer", "set-up failed", "one way",
      "cut",       "degraded",  "cancelled",     "not observable"};
  for (std::size_t i = 0; i < kCallOutcomes; ++i) {
    CHECK(outcome_name(static_cast<CallOutcome>(i)) == kWords[i]);
    CHECK(outcome_text(static_cast<CallOutcome>(i)) == kTexts[i]);
  }
  CHECK(outcome_name(CallOutcome::not_observable) == "not_observable");
  CHECK(outcome_name(CallOutcome::setup_failed) == "setup_failed");
}

TEST_CASE("media joins what was seen, and undecided only when nothing else was") {
  CHECK(media_text(0).empty());
  CHECK(media_text(media::kVoice) == "voice");
  CHECK(media_text(media::kVoice | media::kVideo) == "voice+video");
  CHECK(media_text(media::kUndecided) == "undecided");
  CHECK(media_text(media::kVideo | media::kUndecided) == "video");
}

TEST_CASE("levels and answers have the words of the schema") {
  constexpr std::array<std::string_view, kLevels> kLevelWords = {
      "indeterminate", "observed", "anomalous", "likely", "confirmed_pattern"};
  for (std::size_t i = 0; i < kLevels; ++i) {
    CHECK(level_name(static_cast<Level>(i)) == kLevelWords[i]);
  }
  CHECK(level_name(Level::likely) == "likely");
  CHECK(level_text(Level::likely) == "likely");
  CHECK(level_text(Level::confirmed_pattern) == "confirmed pattern");
  constexpr std::array<std::string_view, kVerdictOutcomes> kOutcomeWords = {
      "ok", "degraded", "blocked", "inconclusive", "not_observable"};
  for (std::size_t i = 0; i < kVerdictOutcomes; ++i) {
    CHECK(verdict_name(static_cast<VerdictOutcome>(i)) == kOutcomeWords[i]);
  }
  CHECK(verdict_name(VerdictOutcome::blocked) == "blocked");
  CHECK(verdict_service_name(Service::call) == "calls");
  CHECK(verdict_service_name(Service::text) == "text");
}
