// What identifies PPTP's control connection.
#pragma once

#include <array>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::pptp {

using classify::Rank;
using classify::SignalInfo;

inline constexpr std::uint32_t kMagic = 0x1a2b3c4d;  // RFC 2637 section 1.4

inline constexpr SignalInfo kControl = {
    "PPTP.CONTROL", Rank::bytes,
    "A control message: length, type, the magic cookie 1A2B3C4D, a known message"};

inline constexpr std::array kSignals = {kControl};

}  // namespace deadair::classifiers::pptp
