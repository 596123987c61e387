// What shows WebRTC, or any ICE endpoint, whoever wrote it: documented signals and the numbers they
// rest on, with source.
#pragma once

#include <array>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::webrtc {

using classify::Rank;
using classify::SignalInfo;

// TLS extension "use_srtp" (RFC 5764 section 4.1.2).
inline constexpr std::uint16_t kUseSrtp = 14;
// DTLS handshake message types (RFC 6347 section 4.3.2).
inline constexpr std::uint8_t kClientHello = 1, kServerHello = 2;
inline constexpr std::uint8_t kHandshakeRecord = 22;

inline constexpr SignalInfo kMedia = {
    "WEBRTC.MEDIA", Rank::bytes,
    "RTP on a 5-tuple that also carries ICE checks, a DTLS handshake or a TURN allocation"};
inline constexpr SignalInfo kIceCheck = {
    "WEBRTC.ICE.CHECK", Rank::bytes,
    "ICE connectivity check: USERNAME with a colon, PRIORITY, and the role of the sender"};
inline constexpr SignalInfo kDtlsSrtp = {
    "WEBRTC.DTLS.SRTP", Rank::bytes,
    "DTLS hello with use_srtp: keys for media, if there will be media"};
inline constexpr SignalInfo kTurn = {"WEBRTC.TURN.ALLOCATE", Rank::bytes,
                                     "TURN allocation of RFC 8656: REQUESTED-TRANSPORT is UDP, or "
                                     "the answer has XOR-RELAYED-ADDRESS"};
inline constexpr SignalInfo kPeerSocket = {
    "WEBRTC.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a WebRTC call flow of the same host"};

inline constexpr std::array kSignals = {kMedia, kIceCheck, kDtlsSrtp, kTurn, kPeerSocket};

}  // namespace deadair::classifiers::webrtc
