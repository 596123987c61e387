// What identifies Skype: its imitation of TLS, STUN attributes, host names and documented signals,
// with source and date.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"
#include "proto/stun_types.hpp"

namespace deadair::classifiers::skype {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// "Captures" below: public captures of Skype of 2012 to 2019 (nDPI test set), read 2026-11-21.

// The imitation of TLS (until about 2017): an empty handshake record, which RFC 8446 section 5.1
// forbids, answered by an empty application record; then a record that starts with 8 constant bytes
// (8 of 8 connections that carried data).
inline constexpr std::array<std::uint8_t, 5> kFakeHello = {0x16, 0x03, 0x01, 0x00, 0x00};
inline constexpr std::array<std::uint8_t, 5> kFakeAnswer = {0x17, 0x03, 0x01, 0x00, 0x00};
inline constexpr std::array<std::uint8_t, 3> kFakeRecord = {0x16, 0x03, 0x01};
inline constexpr std::array<std::uint8_t, 8> kFakeConstant = {0x42, 0xcd, 0xef, 0xe7,
                                                              0x40, 0xd7, 0x2f, 0x1d};

// Microsoft's STUN attributes, of Skype (2015 to 2025) as much as of Teams: [MS-TURN] 2.2.2,
// [MS-ICE2BWM] 2.2. None of them is Skype's alone.
inline constexpr std::array kMicrosoftAttributes = {
    proto::stun::attribute::kMsVersion,
    proto::stun::attribute::kMsSequenceNumber,
    proto::stun::attribute::kMsCandidateIdentifier,
    proto::stun::attribute::kMsServiceQuality,
    proto::stun::attribute::kMsImplementationVersion,
    proto::stun::attribute::kMsMultiplexedSessionId};
// Seen in Teams only.
inline constexpr std::array<std::uint16_t, 3> kTeamsAttributes = {0x8033, 0x8036, 0x8037};
inline constexpr std::uint16_t kRelayPortFirst = 3478;
inline constexpr std::uint16_t kRelayPortLast = 3481;

inline constexpr SignalInfo kFakeTls = {
    "SKYPE.TLS.FAKE", Rank::bytes,
    "Empty TLS handshake record first, then its empty answer or the constant 42cdefe740d72f1d"};
inline constexpr SignalInfo kFakeTlsStart = {"SKYPE.TLS.EMPTY", Rank::bytes,
                                             "Empty TLS handshake record first, no more seen"};
inline constexpr SignalInfo kStunMicrosoft = {"SKYPE.STUN.MS", Rank::bytes,
                                              "Microsoft's STUN attributes and none of Teams' own"};
inline constexpr SignalInfo kNameText = {"SKYPE.NAME.TEXT", Rank::name,
                                         "Name of a chat or signalling server"};
inline constexpr SignalInfo kNameTransfer = {"SKYPE.NAME.TRANSFER", Rank::name,
                                             "Name of a server of pictures and files"};
inline constexpr SignalInfo kNameWeb = {"SKYPE.NAME.WEB", Rank::name,
                                        "Name of the site or the interface"};
inline constexpr SignalInfo kDns = {"SKYPE.DNS", Rank::name,
                                    "A DNS answer gave this address for a Skype name"};
inline constexpr SignalInfo kPeerSocket = {
    "SKYPE.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Skype relay flow of the same host"};

inline constexpr std::array kSignals = {kFakeTls,      kFakeTlsStart, kStunMicrosoft, kNameText,
                                        kNameTransfer, kNameWeb,      kDns,           kPeerSocket};

// Captures of 2015 to 2019. *.lync.com (Skype for Business) is another product and left out.
inline constexpr std::array kNames = {
    NameRule{"gateway.messenger.live.com", "", Service::text, &kNameText},
    NameRule{"trouter.skype.com", "", Service::text, &kNameText},
    NameRule{"trouter.io", "", Service::text, &kNameText},
    NameRule{"skype.com", "conn", Service::text, &kNameText},
    NameRule{"skype.net", "", Service::text, &kNameText},         // directory and login nodes
    NameRule{"skype.akadns.net", "", Service::text, &kNameText},  // conn.skype.akadns.net
    NameRule{"asm.skype.com", "api", Service::transfer, &kNameTransfer},
    NameRule{"skype.com", "", Service::web, &kNameWeb},
    NameRule{"skypeassets.com", "", Service::web, &kNameWeb},
    NameRule{"skype.trafficmanager.net", "", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::skype
