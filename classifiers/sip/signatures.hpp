// What SIP shows on the wire, whatever the port: documented signals.
#pragma once

#include <array>

#include "classify/classifier.hpp"

namespace deadair::classifiers::sip {

using classify::Rank;
using classify::SignalInfo;

inline constexpr SignalInfo kDialog = {
    "SIP.CALL", Rank::bytes, "SIP message of a call: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE ..."};
inline constexpr SignalInfo kMessage = {"SIP.MESSAGE", Rank::bytes,
                                        "SIP MESSAGE: a text, or its answer"};
inline constexpr SignalInfo kPhone = {
    "SIP.PHONE", Rank::bytes,
    "SIP outside of calls: REGISTER, OPTIONS, SUBSCRIBE, NOTIFY, PUBLISH ..."};
inline constexpr SignalInfo kMediaSocket = {
    "SIP.SDP.MEDIA", Rank::behaviour,
    "Uses a UDP address that SDP announced for audio or video, or the socket of a SIP call"};

inline constexpr std::array kSignals = {kDialog, kMessage, kPhone, kMediaSocket};

}  // namespace deadair::classifiers::sip
