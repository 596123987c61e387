// What identifies Microsoft Teams: STUN attributes, networks, host names and documented signals,
// with source and date.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::teams {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// "Captures" below: public captures of Teams of 2020 to 2022 (nDPI test set), read 2026-11-21.

// When Teams opened (2017-03-14), and when Skype, which spoke the same dialect, opened (2003-08-29)
// and closed (2025-05-05): seconds since 1970.
inline constexpr std::int64_t kOpened = 1'489'449'600;
inline constexpr std::int64_t kSkypeOpened = 1'062'115'200;
inline constexpr std::int64_t kSkypeClosed = 1'746'403'200;

// Attributes: proto/ms_turn.hpp. Those without a published name (0x8033, 0x8036, 0x8037) are in
// every ICE check and Allocate of Teams in the captures, and absent from Skype's, which has
// MS-CANDIDATE-IDENTIFIER in its checks instead.

// The first byte of an acknowledgement of the signalling over UDP (port 3478, captures of 2020).
// Its time is that of the call's phases: offer, ringing, answer.
inline constexpr std::uint8_t kAcknowledgement = 0x03;

// Ports of Microsoft's relays, UDP.
inline constexpr std::uint16_t kRelayPortFirst = 3478;
inline constexpr std::uint16_t kRelayPortLast = 3481;

inline constexpr SignalInfo kTurnNetwork = {
    "TEAMS.TURN.NETWORK", Rank::bytes,
    "Microsoft's STUN dialect or multiplex frame with an end in Teams' media networks"};
inline constexpr SignalInfo kSignalling = {
    "TEAMS.UDP.SIGNALLING", Rank::bytes,
    "Acknowledgement of call signalling over UDP: 03 and a GUID in text, on a relay port"};
inline constexpr SignalInfo kMediaNetwork = {"TEAMS.MEDIA.NETWORK", Rank::prefix,
                                             "RTP flows to or from Teams' media networks"};
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
inline constexpr SignalInfo kNameHome = {
    "TEAMS.NAME.HOME", Rank::name, "Name of Teams for private accounts, under teams.live.com"};
inline constexpr SignalInfo kCertificate = {
    "TEAMS.CERTIFICATE", Rank::name,
    "The server's certificate names a Teams host, and nothing else does"};
inline constexpr SignalInfo kDns = {"TEAMS.DNS", Rank::name,
                                    "A DNS answer gave this address for a Teams name"};
inline constexpr SignalInfo kNetwork = {"TEAMS.NET", Rank::prefix,
                                        "Nothing but an address in Teams' networks"};
inline constexpr SignalInfo kPeerSocket = {
    "TEAMS.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Teams relay flow of the same host"};

inline constexpr std::array kSignals = {kTurnNetwork,  kStunTeams,    kStunMicrosoft, kMultiplex,
                                        kSignalling,   kMediaNetwork, kNameText,      kNameCall,
                                        kNameTransfer, kNameWeb,      kNameHome,      kCertificate,
                                        kDns,          kNetwork,      kPeerSocket};

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
    NameRule{"teams-msgapi.trafficmanager.net", "", Service::text, &kNameText},
    NameRule{"teams-relay-msgapi.trafficmanager.net", "", Service::text, &kNameText},
    NameRule{"svcs.teams.office.com", "", Service::text, &kNameText},
    NameRule{"teams.office.com", "", Service::web, &kNameWeb},
    NameRule{"teams.cdn.office.net", "", Service::web, &kNameWeb},
    NameRule{"teams.live.com", "msgapi", Service::text, &kNameHome},
    NameRule{"teams.live.com", "trouter", Service::text, &kNameHome},
    NameRule{"trouter.teams.live.com", "", Service::text, &kNameHome},
    NameRule{"teams.live.com", "presence", Service::text, &kNameHome},
    NameRule{"teams.live.com", "", Service::web, &kNameHome},
    NameRule{"teams.microsoft.us", "", Service::web, &kNameWeb},
};

inline constexpr std::string_view kSource = "Microsoft 365 endpoints, ids 11 and 12";
inline constexpr std::array kNetworks = {
    NetworkRule{"52.112.0.0/14", "2026-06-06", kSource},
    NetworkRule{"52.122.0.0/15", "2026-02-03", kSource},
    NetworkRule{"2603:1063::/38", "2026-06-06", kSource},
};
// On the same list until about 2023: they count only together with bytes.
inline constexpr std::array kFormerNetworks = {
    NetworkRule{"13.107.64.0/18", "2021", kSource},
    NetworkRule{"52.120.0.0/15", "2021", kSource},
};

}  // namespace deadair::classifiers::teams
