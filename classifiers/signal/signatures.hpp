// What identifies Signal: RTP streams with fixed identifiers, TURN realm, host names and documented
// signals, with source and date.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::signal {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// Calls of two. RingRTC fixes payload types and SSRCs in the description that both ends make for
// themselves: 1000 and up for the caller, 2000 and up for the callee (signalapp/ringrtc,
// core/connection.rs, and signalapp/webrtc, ringrtc/rffi/src; stored versions of 2020 to 2026, read
// 2026-11-22).
struct FixedStream {
  std::uint8_t payload_type = 0;
  std::uint32_t ssrc = 0;
};

namespace payload {
inline constexpr std::uint8_t kData = 101, kOpus = 102, kOpusRed = 105;
inline constexpr std::array<std::uint8_t, 6> kVideo = {103, 104, 108, 109, 120, 122};
inline constexpr std::array<std::uint8_t, 5> kVideoRtx = {113, 114, 118, 119, 121};
}  // namespace payload

inline constexpr std::uint32_t kCaller = 1000, kCallee = 2000;
inline constexpr std::uint32_t kDataOffset = 1, kAudioOffset = 2, kVideoOffset = 3, kRtxOffset = 13;
inline constexpr std::uint32_t kDataSsrc = 0xd;   // data since 2021, once a second
inline constexpr std::uint32_t kSfuDataSsrc = 1;  // data between a device and the SFU

// Group calls: the SSRC is the device's demux id, a multiple of 16, plus the number of the stream
// (ringrtc group_call.rs, Signal-Calling-Service, likewise).
inline constexpr std::uint32_t kStreamMask = 0xf;
inline constexpr std::uint32_t kGroupData = 0xd;

// Realm of Signal's own TURN servers (captures of 2020 to 2023 in nDPI's test set).
inline constexpr std::string_view kRealm = "signal.org";

inline constexpr SignalInfo kRtpFixed = {"SIGNAL.RTP.FIXED", Rank::bytes,
                                         "RTP streams of RingRTC's fixed payload types and SSRCs"};
inline constexpr SignalInfo kRtpOne = {"SIGNAL.RTP.ONE", Rank::bytes,
                                       "One packet of such a stream, which others may send too"};
inline constexpr SignalInfo kRtpGroup = {
    "SIGNAL.RTP.GROUP", Rank::bytes,
    "RTP streams of one device's demux id, numbered as RingRTC numbers them"};
inline constexpr SignalInfo kTurnRealm = {"SIGNAL.TURN.REALM", Rank::bytes,
                                          "TURN with realm signal.org"};
inline constexpr SignalInfo kNameText = {"SIGNAL.NAME.TEXT", Rank::name,
                                         "Name of a server of chat, contacts or storage"};
inline constexpr SignalInfo kNameCall = {"SIGNAL.NAME.CALL", Rank::name,
                                         "Name of a relay or of the group call server"};
inline constexpr SignalInfo kNameTransfer = {"SIGNAL.NAME.TRANSFER", Rank::name,
                                             "Name of a server of attachments"};
inline constexpr SignalInfo kNameWeb = {"SIGNAL.NAME.WEB", Rank::name,
                                        "Name of the site, downloads or forms"};
inline constexpr SignalInfo kCertificate = {"SIGNAL.CERTIFICATE", Rank::name,
                                            "The server's certificate names a host of Signal"};
inline constexpr SignalInfo kDns = {"SIGNAL.DNS", Rank::name,
                                    "A DNS answer gave this address for a Signal name"};
inline constexpr SignalInfo kPeerSocket = {
    "SIGNAL.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Signal call flow of the same host"};

inline constexpr std::array kSignals = {kRtpFixed,    kRtpOne,   kRtpGroup,     kTurnRealm,
                                        kNameText,    kNameCall, kNameTransfer, kNameWeb,
                                        kCertificate, kDns,      kPeerSocket};

// Signal-iOS TSConstants, Signal-TLS-Proxy's table and OONI's signal experiment (ts-029), read
// 2026-11-22.
inline constexpr std::array kNames = {
    NameRule{"voip.signal.org", "", Service::call, &kNameCall},  // turn, turn2, turn3, sfu
    NameRule{"chat.signal.org", "", Service::text, &kNameText},
    NameRule{"ud-chat.signal.org", "", Service::text, &kNameText},
    NameRule{"grpc.chat.signal.org", "", Service::text, &kNameText},
    NameRule{"storage.signal.org", "", Service::text, &kNameText},
    NameRule{"cdsi.signal.org", "", Service::text, &kNameText},
    NameRule{"directory.signal.org", "", Service::text, &kNameText},
    NameRule{"backup.signal.org", "", Service::text, &kNameText},
    NameRule{"svr2.signal.org", "", Service::text, &kNameText},
    NameRule{"svrb.signal.org", "", Service::text, &kNameText},
    NameRule{"signal.org", "cdn", Service::transfer, &kNameTransfer},  // cdn, cdn2, cdn3
    NameRule{"contentproxy.signal.org", "", Service::transfer, &kNameTransfer},
    NameRule{"whispersystems.org", "textsecure-service", Service::text, &kNameText},
    NameRule{"whispersystems.org", "", Service::web, &kNameWeb},
    NameRule{"signal.org", "", Service::web, &kNameWeb},
    NameRule{"signal.art", "", Service::web, &kNameWeb},
    NameRule{"signal.group", "", Service::web, &kNameWeb},
    NameRule{"signal.me", "", Service::web, &kNameWeb},
    NameRule{"signal.link", "", Service::web, &kNameWeb},
    NameRule{"signal.tube", "", Service::web, &kNameWeb},
    NameRule{"signalcaptchas.org", "", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::signal
