// What shows RTP whose application nothing tells, and RTP that is no call: documented signals and
// payload types.
#pragma once

#include <array>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::rtp {

using classify::Rank;
using classify::SignalInfo;

// Payload types of broadcasts and cameras, which no telephone offers: MPA, JPEG, MPV and MPEG-TS
// (RFC 3551 section 6). Of the static video types H.261, H.263 and CelB remain, which calls used.
inline constexpr std::array<std::uint8_t, 4> kStreamTypes = {14, 26, 32, 33};
// MPEG transport stream packets: 188 bytes that begin with 0x47 (ISO/IEC 13818-1 section 2.4.3.2),
// a whole number of them in each RTP packet (RFC 2250 section 2).
inline constexpr std::uint8_t kTsSync = 0x47;
inline constexpr std::size_t kTsSize = 188;

inline constexpr SignalInfo kMedia = {"RTP.MEDIA", Rank::behaviour,
                                      "RTP flows, and nothing tells which application sends it"};
inline constexpr SignalInfo kControl = {
    "RTP.RTCP", Rank::bytes,
    "Nothing but RTCP of the same sources: the control of media on another port"};
inline constexpr SignalInfo kMulticast = {"RTP.MULTICAST", Rank::bytes,
                                          "RTP to a group: a broadcast, not a call"};
inline constexpr SignalInfo kStream = {
    "RTP.STREAM", Rank::bytes,
    "RTP with an MPEG transport stream, or a payload type of broadcasts and cameras: not a call"};

inline constexpr std::array kSignals = {kMedia, kControl, kMulticast, kStream};

}  // namespace deadair::classifiers::rtp
