// What the signals of SOCKS mean.
#pragma once

#include <array>

#include "classify/classifier.hpp"

namespace deadair::classifiers::socks {

using classify::Rank;
using classify::SignalInfo;

// The formats, with their sources: socks.cpp.

inline constexpr SignalInfo kBoth5 = {
    "SOCKS5.GREETING", Rank::bytes,
    "A greeting with its methods, and the choice of one of them by the other side"};
inline constexpr SignalInfo kRequest5 = {
    "SOCKS5.REQUEST", Rank::bytes,
    "A greeting and behind it a password, or a request with its address"};
inline constexpr SignalInfo kReply5 = {"SOCKS5.REPLY", Rank::bytes,
                                       "The choice of a method and a reply with its address"};
inline constexpr SignalInfo kRequest4 = {"SOCKS4.REQUEST", Rank::bytes,
                                         "A request of version 4, granted by the other side"};
inline constexpr SignalInfo kName4 = {"SOCKS4.NAME", Rank::bytes,
                                      "A request of version 4A, which names its destination"};

inline constexpr std::array kSignals = {kBoth5, kRequest5, kReply5, kRequest4, kName4};

}  // namespace deadair::classifiers::socks
