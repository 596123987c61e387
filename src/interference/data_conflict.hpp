// Judges two different answers in one place of a TCP stream, whatever they say.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "interference/finding.hpp"
#include "interference/first_answers.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

inline constexpr std::string_view kConflictRules = "CONFLICT 1.0";

// A request, or a ClientHello, and all that claims to answer it. `tcp.trigger` says what was asked.
struct ConflictStory {
  TcpStory tcp;
  std::string_view app;  // empty: nobody's
  std::span<const AnswerVersion> answers;
};

// INJ.DATA_CONFLICT: other bytes at the same sequence numbers, and one of the packets has a header
// that the server's other packets do not have. `flows` is how many flows of the run have such
// answers: below three at most `anomalous`, for a proxy on the way may answer once from elsewhere.
// Nothing where the headers do not differ.
std::optional<Finding> judge_conflict(const ConflictStory& story, const Context& context,
                                      std::uint64_t flows);

}  // namespace deadair::interference
