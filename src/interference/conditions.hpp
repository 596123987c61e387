// What a tear-down followed, and what happened elsewhere: triggers, repetition and controls.
#pragma once

#include <string_view>

#include "interference/evidence.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

// The finding for a tear-down after such a trigger (RST.TRIGGER.SNI ...); empty when there is none.
std::string_view trigger_finding(TriggerType type);

// True when the tear-down followed the flow's trigger: soon, and in the server's name before the
// server had answered it. One in the name of the client follows whatever the client does, so that
// there other evidence must speak for a forgery already. Adds TRIG when the trigger names what is
// watched, and then what repetition and controls (REPEAT, CTRL) add.
bool judge_trigger(const TcpStory& story, const TearDown& event, const Context& context,
                   Evidence& evidence);

}  // namespace deadair::interference
