// The words that records use for protocols, services, media and certainty.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "report/records.hpp"

namespace deadair::report {

// IANA keyword in lower case ("tcp", "ipv6-icmp"); empty for a number without one here, which is
// then written as decimal text. https://www.iana.org/assignments/protocol-numbers
std::string_view protocol_name(std::uint8_t proto);
std::string_view service_name(Service service);
std::string_view confidence_name(Confidence confidence);
std::string_view outcome_name(CallOutcome outcome);
// The outcome as people write it: "set-up failed".
std::string_view outcome_text(CallOutcome outcome);
std::string_view level_name(Level level);
// The level as people write it: "confirmed pattern".
std::string_view level_text(Level level);
std::string_view verdict_name(VerdictOutcome outcome);
// Verdicts answer for "calls", flows are of the service "call".
std::string_view verdict_service_name(Service service);

// "voice", "video" and "undecided", in the order of the bits of media::.
std::span<const std::string_view, 3> media_names();
// "voice+video" for bits of media::; empty for none.
std::string media_text(std::uint8_t bits);

}  // namespace deadair::report
