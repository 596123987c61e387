// What identifies SSH: its version exchange, and the disguises in which it carries tunnels.
#pragma once

#include <array>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::ssh {

using classify::Rank;
using classify::SignalInfo;

// RFC 4253 sections 4.2 and 5.1; 1.x is what came before (1995 to 2006).
inline constexpr std::array<std::string_view, 3> kVersions = {"SSH-2.0-", "SSH-1.99-", "SSH-1."};

inline constexpr SignalInfo kBanner = {"SSH.BANNER", Rank::bytes,
                                       "The version exchange of SSH at the start of a stream"};
inline constexpr SignalInfo kKeyExchange = {
    "SSH.KEX", Rank::bytes, "A key exchange of SSH at the start of what was captured"};
inline constexpr SignalInfo kBehindHttp = {"SSH.TUNNEL.HTTP", Rank::bytes,
                                           "The version exchange of SSH behind an HTTP header"};

inline constexpr std::array kSignals = {kBanner, kKeyExchange, kBehindHttp};

}  // namespace deadair::classifiers::ssh
