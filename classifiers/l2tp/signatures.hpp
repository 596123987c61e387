// What identifies L2TP: its flags, its port and the documented signals.
#pragma once

#include <array>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::l2tp {

using classify::ProtocolRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

inline constexpr std::uint16_t kPort = 1701;  // IANA

inline constexpr SignalInfo kControl = {
    "L2TP.CONTROL", Rank::bytes,
    "A control message: its flags, its length, and a message type as first attribute"};
inline constexpr SignalInfo kEmpty = {"L2TP.ACK", Rank::bytes,
                                      "A control message of 12 bytes without attributes"};
inline constexpr SignalInfo kData = {"L2TP.PPP", Rank::bytes,
                                     "Data messages of one tunnel with PPP inside, on port 1701"};
inline constexpr SignalInfo kIp = {"L2TP.IP", Rank::bytes, "IP protocol 115 (L2TP version 3)"};

inline constexpr std::array kSignals = {kControl, kEmpty, kData, kIp};

inline constexpr std::array kProtocols = {ProtocolRule{115, Service::tunnel, &kIp}};

}  // namespace deadair::classifiers::l2tp
