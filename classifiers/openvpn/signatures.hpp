// What the signals of OpenVPN mean.
#pragma once

#include <array>

#include "classify/classifier.hpp"

namespace deadair::classifiers::openvpn {

using classify::Rank;
using classify::SignalInfo;

// The format itself, with its sources: control_packet.hpp.

inline constexpr SignalInfo kReset = {
    "OVPN.RESET", Rank::bytes,
    "A hard reset that acknowledges the other side's, or one signed at the time of capture"};
inline constexpr SignalInfo kSigned = {
    "OVPN.SIGNED", Rank::bytes,
    "A tls-auth control packet: replay id, time of capture, acknowledgements in range"};
inline constexpr SignalInfo kTls = {"OVPN.TLS", Rank::bytes,
                                    "A TLS record inside a control packet"};
inline constexpr SignalInfo kSession = {
    "OVPN.SESSION", Rank::bytes,
    "Control packets of one random session id, each well formed, or an answer to that id"};
inline constexpr SignalInfo kLoneReset = {"OVPN.RESET.ONE", Rank::bytes,
                                          "A single hard reset with nothing behind it"};
inline constexpr SignalInfo kData = {
    "OVPN.DATA", Rank::bytes,
    "Nothing but data packets of version 2: one peer id, a packet id that rises"};

inline constexpr std::array kSignals = {kReset, kSigned, kTls, kSession, kLoneReset, kData};

}  // namespace deadair::classifiers::openvpn
