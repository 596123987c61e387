// Judges whether a drop, or a forged tear-down, was followed by a punishment: flows of the same key
// that fail likewise for a while, whatever they say. The finding RESIDUAL.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "interference/fates.hpp"
#include "interference/finding.hpp"

namespace deadair::interference {

inline constexpr std::string_view kResidualRules = "RESIDUAL 1.1";

// What new flows have in common with the one that was dropped or torn down.
enum class PunishedKey : std::uint8_t {
  four_tuple,   // both addresses and both ports
  three_tuple,  // both addresses and the server's port
  two_tuple,    // both addresses
};

// One punishment: from the flow that was dropped or torn down to the first success.
struct Punishment {
  PunishedKey key = PunishedKey::four_tuple;
  const FlowNote* trigger = nullptr;
  std::vector<const FlowNote*> failed;  // by their beginning; two at least
  const FlowNote* success = nullptr;
  std::int64_t last_fail_ns = 0;  // last packet that was not answered, or of the last tear-down
  std::int64_t success_ns = 0;    // first answer
  std::uint64_t siblings = 0;     // flows of the client next to the key that went well meanwhile
  bool wider_excluded = false;    // these siblings have the next wider key

  // How long it can have lasted.
  [[nodiscard]] std::int64_t least_ns() const { return last_fail_ns - trigger->begin_ns; }
  [[nodiscard]] std::int64_t most_ns() const { return success_ns - trigger->begin_ns; }
};

// What the log shows: the narrowest key that all failures share, none of which comes after the
// first success, while whatever lies outside the key goes well.
std::vector<Punishment> punishments_of(const FateBook& book);

// One finding for each client, key, protocol and owner of the name. `anomalous` for one punishment
// outside of whose key flows went well meanwhile (else `observed`), or of forged tear-downs;
// `likely` for two or more, all of which can have lasted equally long. `after_ms` is the least time
// it can have lasted.
std::vector<Finding> judge_punishments(const FateBook& book);

}  // namespace deadair::interference
