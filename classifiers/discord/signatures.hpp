// What identifies Discord: voice packets, ports, host names, networks and documented signals, with
// source and date.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::discord {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// Address discovery of 74 bytes: type, length 70, SSRC, 64 bytes of text, port. The request holds
// zeros for the address and anything for the port (captures of 2022), the answer the client's.
// Until 15 March 2023 without the first four bytes as well. discord/discord-api-docs,
// docs/topics/voice-connections.mdx; discord-net pull request 2617 quotes the notice of the change;
// both read 2026-11-22.
inline constexpr std::uint32_t kDiscoveryRequest = 0x00010046;
inline constexpr std::uint32_t kDiscoveryAnswer = 0x00020046;
inline constexpr std::size_t kDiscoverySize = 74;
inline constexpr std::size_t kOldDiscoverySize = 70;

// Keep-alives of 8 bytes: the magic, then a counter in little-endian order. The server returns them
// (captures of 2022, read 2026-11-21), or answers with the second magic (test of an open client,
// read 2026-11-22).
inline constexpr std::uint32_t kKeepAlive = 0x1337cafe;
inline constexpr std::uint32_t kKeepAliveAnswer = 0x1337f00d;
inline constexpr std::size_t kKeepAliveSize = 8;

// RTP: 120 is Opus, 101 to 110 are the video codecs and their retransmissions, in pairs (tables of
// codecs in open clients, read 2026-11-22; captures of 2022). Always with one-byte extensions. The
// server hands out SSRCs by counting, so they are small; other applications draw 32 random bits.
inline constexpr std::uint8_t kOpus = 120;
inline constexpr std::uint8_t kVideoFirst = 101, kVideoLast = 110;
inline constexpr std::uint32_t kSsrcEnd = 1U << 20;

// Ports that voice servers are met on (configurations of zapret, read 2026-11-22).
inline constexpr std::uint16_t kVoicePortFirst = 50000, kVoicePortLast = 50100;
inline constexpr std::uint16_t kOtherPortFirst = 19294, kOtherPortLast = 19344;

inline constexpr SignalInfo kDiscovery = {
    "DISCORD.VOICE.DISCOVERY", Rank::bytes,
    "Address discovery: 74 bytes beginning 00 01 00 46 or 00 02 00 46, or the answer of 70 bytes"};
inline constexpr SignalInfo kOwnSsrc = {
    "DISCORD.VOICE.SSRC", Rank::bytes,
    "Address discovery with an SSRC, then RTP or RTCP of that SSRC from the same side"};
inline constexpr SignalInfo kAlive = {"DISCORD.VOICE.ALIVE", Rank::bytes,
                                      "Keep-alive: 13 37 CA FE or 13 37 F0 0D and a counter"};
inline constexpr SignalInfo kRtpNetwork = {
    "DISCORD.RTP.NETWORK", Rank::bytes,
    "RTP of Discord's payload types with an end in Discord's network"};
inline constexpr SignalInfo kRtpSmall = {
    "DISCORD.RTP.SSRC", Rank::bytes,
    "RTP of Discord's payload types with one small SSRC, on a voice server's port"};
inline constexpr SignalInfo kNameText = {"DISCORD.NAME.TEXT", Rank::name,
                                         "Name of the gateway that carries chat"};
inline constexpr SignalInfo kNameCall = {"DISCORD.NAME.CALL", Rank::name,
                                         "Name of a voice server (signalling of calls)"};
inline constexpr SignalInfo kNameTransfer = {"DISCORD.NAME.TRANSFER", Rank::name,
                                             "Name of a server of attachments and pictures"};
inline constexpr SignalInfo kNameWeb = {"DISCORD.NAME.WEB", Rank::name,
                                        "Name of the site or the interface"};
inline constexpr SignalInfo kCertificate = {"DISCORD.CERTIFICATE", Rank::name,
                                            "The server's certificate names a host of Discord"};
inline constexpr SignalInfo kDns = {"DISCORD.DNS", Rank::name,
                                    "A DNS answer gave this address for a Discord name"};
inline constexpr SignalInfo kPeerSocket = {
    "DISCORD.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Discord call flow of the same host"};

inline constexpr std::array kSignals = {kDiscovery, kOwnSsrc,     kAlive,    kRtpNetwork,
                                        kRtpSmall,  kNameText,    kNameCall, kNameTransfer,
                                        kNameWeb,   kCertificate, kDns,      kPeerSocket};

// Captures of 2022 and published allow lists, read 2026-11-22.
inline constexpr std::array kNames = {
    NameRule{"discord.gg", "gateway", Service::text, &kNameText},
    NameRule{"discord.gg", "remote-auth-gateway", Service::web, &kNameWeb},
    NameRule{"discord.gg", "", Service::web, &kNameWeb},
    NameRule{"discord.media", "", Service::call, &kNameCall},
    NameRule{"cdn.discordapp.com", "", Service::transfer, &kNameTransfer},
    NameRule{"media.discordapp.com", "", Service::transfer, &kNameTransfer},
    NameRule{"attachments.discordapp.net", "", Service::transfer, &kNameTransfer},
    NameRule{"discordapp.net", "media", Service::transfer, &kNameTransfer},
    NameRule{"discordapp.net", "images-ext", Service::transfer, &kNameTransfer},
    NameRule{"discord-attachments-uploads-prd.storage.googleapis.com", "", Service::transfer,
             &kNameTransfer},
    NameRule{"discordapp.com", "", Service::web, &kNameWeb},
    NameRule{"discordapp.net", "", Service::web, &kNameWeb},
    NameRule{"discord.com", "", Service::web, &kNameWeb},
    NameRule{"discordcdn.com", "", Service::web, &kNameWeb},
    NameRule{"discord.dev", "", Service::web, &kNameWeb},
    NameRule{"dis.gd", "", Service::web, &kNameWeb},
};

// Where most voice servers stand; others are rented from cloud providers.
inline constexpr std::array kNetworks = {
    NetworkRule{"66.22.192.0/18", "2026-11-22",
                "lists of Discord's voice servers (AS49544) in circumvention tools"},
};

}  // namespace deadair::classifiers::discord
