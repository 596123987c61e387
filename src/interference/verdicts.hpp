// The answers of a run: one for each application and service that was seen.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interference/differential.hpp"
#include "interference/finding.hpp"

namespace deadair::interference {

enum class Answer : std::uint8_t { ok, degraded, blocked, inconclusive, not_observable };
constexpr std::string_view name(Answer answer) {
  constexpr std::array<std::string_view, 5> kNames = {"ok", "degraded", "blocked", "inconclusive",
                                                      "not_observable"};
  return kNames[static_cast<std::size_t>(answer)];
}

// As verdicts name services.
enum class Service : std::uint8_t { calls, text, transfer, web, tunnel };
constexpr std::string_view name(Service service) {
  constexpr std::array<std::string_view, 5> kNames = {"calls", "text", "transfer", "web", "tunnel"};
  return kNames[static_cast<std::size_t>(service)];
}

// The flows of one application and service other than calls and tunnels.
struct ServiceTally {
  std::string app;
  Service service = Service::text;
  std::uint64_t ok = 0;         // both sides sent data, and no detector objects
  std::uint64_t failed = 0;     // asked and not answered, or torn down before the first answer
  std::uint64_t unseen = 0;     // one direction is not there, or the capture ends too soon
  std::uint64_t servers = 0;    // distinct ones among those that failed
  std::uint64_t others_ok = 0;  // flows of the same hosts with other applications that went well
  wire::FrameRef frame_first;
};

// Field by field the `verdict` record.
struct AppVerdict {
  std::string app;
  Service service = Service::calls;
  Answer answer = Answer::not_observable;
  std::optional<Level> level;  // absent for `ok` and `not_observable`
  std::uint64_t attempts = 0;
  std::uint64_t failed = 0;
  std::uint64_t connected = 0;
  std::string bound;  // empty without attempts that could be judged
  std::vector<std::pair<std::string, std::uint64_t>> findings;  // ids with counts, by id
  std::vector<Alternative> alternatives;
  std::string text;
  wire::FrameRef frame_first;
};

struct Judgement {
  std::vector<Finding> findings;     // of the family DIFF
  std::vector<AppVerdict> verdicts;  // by application, calls first
};

// `findings`: all others of the run. `blocked` and `degraded` are said when the comparison reaches
// `likely`; short of that the answer is `inconclusive`, with the level that was reached. Calls that
// nobody took, that a server refused or that the capture cannot show never count against anyone.
Judgement judge_applications(std::span<const CallStory> calls, std::span<const TunnelStory> tunnels,
                             std::span<const ServiceTally> tallies,
                             std::span<const Finding> findings);

}  // namespace deadair::interference
