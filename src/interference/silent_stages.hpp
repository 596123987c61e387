// Names how far a connection had come when one side fell silent: RST.ACK.NONE and RST.PSH.NONE.
#pragma once

#include <span>
#include <vector>

#include "interference/finding.hpp"
#include "interference/silent_flow.hpp"

namespace deadair::interference {

inline constexpr std::string_view kSilentStageRules = "STAGES 1.0";

// One `observed` finding for each flow whose silence is one of the line between the ends: asked
// again and again while other flows went on, and the capture goes on after it. What may be said
// beyond that is up to the drops (DROP.TRIGGER, RESIDUAL).
std::vector<Finding> name_silent_stages(std::span<const SilentFlow> silent);

}  // namespace deadair::interference
