// What identifies Microsoft Teams: STUN attributes, networks, host names and documented signals,
// with source and date.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"
#include "proto/stun_types.hpp"

namespace deadair::classifiers::teams {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// "Captures" below: public captures of Teams of 2020 to 2022 (nDPI test set), read 2026-11-21.

// Only in Teams' checks and Allocates; in every ICE check of the captures, absent from Skype's.
inline constexpr std::array<std::uint16_t, 3> kTeamsAttributes = {0x8033, 0x8036, 0x8037};

// Microsoft's own, of Skype as much as of Teams: [MS-TURN] 2.2.2, [MS-ICE2BWM] 2.2. 0x8020 is left
// out, for others' servers of RFC 3489's time send it too.
inline constexpr std::array kMicrosoftAttributes = {
    proto::stun::attribute::kMsVersion,
    proto::stun::attribute::kMsSequenceNumber,
    proto::stun::attribute::kMsCandidateIdentifier,
    proto::stun::attribute::kMsServiceQuality,
    proto::stun::attribute::kMsImplementationVersion,
    proto::stun::attribute::kMsMultiplexedSessionId};

// The first attribute of every MS-TURN message is the Magic Cookie ([MS-TURN] 2.2.2), and
// MS-Version follows in most. Read from the raw bytes, for this dialect does not pad its
// attributes. Google Talk's relays used the cookie as well, so it counts only with MS-Version
// behind it.
inline constexpr std::uint32_t kTurnCookieHead = 0x000f0004;
inline constexpr std::uint32_t kTurnCookie = 0x72c64bc6;
inline constexpr std::uint32_t kVersionHead = 0x80080004;

// Ports of Microsoft's relays, UDP.
inline constexpr std::uint16_t kRelayPortFirst = 3478;
inline constexpr std::uint16_t kRelayPortLast = 3481;

inline constexpr SignalInfo kTurnNetwork = {
    "TEAMS.TURN.NETWORK", Rank::bytes,
    "Microsoft's STUN dialect or multiplex frame with an end in Teams' media networks"};
inline constexpr SignalInfo kStunTeams = {"TEAMS.STUN.ICE", Rank::bytes,
                                          "STUN attribute 0x8033, 0x8036 or 0x8037"};
inline constexpr SignalInfo kStunMicrosoft = {
    "TEAMS.STUN.MS", Rank::bytes, "Microsoft's STUN attributes, which Skype used as well"};
inline constexpr SignalInfo kMultiplex = {
    "TEAMS.TURN.MULTIPLEX", Rank::bytes,
    "Microsoft multiplex frame FF 10 to a relay port, outside Teams' networks"};
inline constexpr SignalInfo kNameText = {"TEAMS.NAME.TEXT", Rank::name,
                                         "Name of a chat, presence or signalling server"};
inline constexpr SignalInfo kNameCall = {"TEAMS.NAME.CALL", Rank::name, "Name of a media relay"};
inline constexpr SignalInfo kNameTransfer = {"TEAMS.NAME.TRANSFER", Rank::name,
                                             "Name of a server of pictures and files"};
inline constexpr SignalInfo kNameWeb = {"TEAMS.NAME.WEB", Rank::name,
                                        "Name of the site or the interface"};
inline constexpr SignalInfo kDns = {"TEAMS.DNS", Rank::name,
                                    "A DNS answer gave this address for a Teams name"};
inline constexpr SignalInfo kNetwork = {"TEAMS.NET", Rank::prefix,
                                        "Nothing but an address in Teams' networks"};
inline constexpr SignalInfo kPeerSocket = {
    "TEAMS.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Teams relay flow of the same host"};

inline constexpr std::array kSignals = {kTurnNetwork, kStunTeams, kStunMicrosoft, kMultiplex,
                                        kNameText,    kNameCall,  kNameTransfer,  kNameWeb,
                                        kDns,         kNetwork,   kPeerSocket};

// Captures, and Microsoft's list "Office 365 URLs and IP address ranges", ids 11, 12 and 127 (copy
// of 2026-06-06).
inline constexpr std::array kNames = {
    NameRule{"msg.teams.microsoft.com", "", Service::text, &kNameText},
    NameRule{"trouter.teams.microsoft.com", "", Service::text, &kNameText},
    NameRule{"teams.microsoft.com", "trouter", Service::text, &kNameText},
    NameRule{"teams.microsoft.com", "presence", Service::text, &kNameText},
    NameRule{"teams.microsoft.com", "chatsvcagg", Service::text, &kNameText},
    NameRule{"notifications.teams.microsoft.com", "", Service::text, &kNameText},
    NameRule{"flightproxy.teams.microsoft.com", "", Service::text, &kNameText},
    NameRule{"relay.teams.microsoft.com", "", Service::call, &kNameCall},
    NameRule{"turn.teams.microsoft.com", "", Service::call, &kNameCall},
    NameRule{"tr.teams.microsoft.com", "", Service::call, &kNameCall},
    NameRule{"asyncgw.teams.microsoft.com", "", Service::transfer, &kNameTransfer},
    // Skype's storage of pictures; eu-api, us-api ... are the regions of Teams, plain api is
    // Skype's.
    NameRule{"asm.skype.com", "", Service::transfer, &kNameTransfer},
    NameRule{"teams.microsoft.com", "", Service::web, &kNameWeb},
    NameRule{"teams.cloud.microsoft", "", Service::web, &kNameWeb},
    NameRule{"teams.office.com", "", Service::web, &kNameWeb},
    NameRule{"teams.cdn.office.net", "", Service::web, &kNameWeb},
    NameRule{"msgapi.teams.live.com", "", Service::text, &kNameText},
    NameRule{"trouter.teams.live.com", "", Service::text, &kNameText},
    NameRule{"teams.live.com", "", Service::web, &kNameWeb},
    NameRule{"teams.microsoft.us", "", Service::web, &kNameWeb},
};

inline constexpr std::string_view kSource = "Microsoft 365 endpoints, ids 11 and 12";
inline constexpr std::array kNetworks = {
    NetworkRule{"52.112.0.0/14", "2026-06-06", kSource},
    NetworkRule{"52.122.0.0/15", "2026-02-03", kSource},
    NetworkRule{"2603:1063::/38", "2026-06-06", kSource},
};

}  // namespace deadair::classifiers::teams
