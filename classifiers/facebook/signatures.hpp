// What identifies Facebook, Messenger and Instagram, and Meta's calls in general, with source and
// date.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::facebook {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// "Captures" below: public captures of 2013 to 2024 (nDPI and Arkime test sets), read 2026-11-21.

// REALM of Messenger's TURN servers: 12 of 12 messages of the one Messenger call among the
// captures.
inline constexpr std::string_view kRealm = "turner.facebook";
// USERNAME fragments of Meta's IPv6 relays, both halves alike (captures of 2021).
inline constexpr std::string_view kEdgeRayUser = "EDGERAY_DEFAULT_USERNAME";
// Private ICE attributes of the same relays; not registered anywhere.
inline constexpr std::uint16_t kPrivateIceA = 0xdab9;
inline constexpr std::uint16_t kPrivateIceB = 0xdaba;
// Relay dialect that Messenger and WhatsApp share (whatsapp/ knows the forms only WhatsApp uses).
inline constexpr std::uint16_t kRelayToken = 0x4000;
inline constexpr std::uint16_t kRelayTime = 0x4002;
inline constexpr std::uint16_t kAllocateRequest = 0x0003;
inline constexpr std::uint16_t kAllocateSuccess = 0x0103;
inline constexpr std::uint16_t kRelayBye = 0x0800;
inline constexpr std::uint16_t kRelayPing = 0x0801;
inline constexpr std::uint16_t kRelayPong = 0x0802;

// Meta's IPv6 addresses hold this in their third quarter: 2a03:2880:...:face:b00c:... (captures of
// 2021 to 2024; in one of them it outlived the anonymisation of the rest).
inline constexpr std::uint32_t kFaceBook = 0xfaceb00c;

// Facebook Zero, the handshake of Google's QUIC over TCP (proto/fbzero.hpp).
inline constexpr std::string_view kZero = "1QTV";
inline constexpr std::size_t kZeroTagEnd = 13;  // where the message's tag has been read

inline constexpr SignalInfo kTurnRealm = {"FB.TURN.REALM", Rank::bytes,
                                          "TURN REALM \"turner.facebook\""};
inline constexpr SignalInfo kTurnRelay = {
    "FB.TURN.RELAY", Rank::bytes,
    "TURN (requests, indications or ChannelData) with an end in Meta's networks"};
inline constexpr SignalInfo kMetaIce = {"META.CALL.ICE", Rank::bytes,
                                        "ICE with attribute 0xDAB9 or 0xDABA or USERNAME "
                                        "\"EDGERAY_DEFAULT_USERNAME\"; application not told"};
inline constexpr SignalInfo kMetaToken = {
    "META.RELAY.TOKEN", Rank::bytes,
    "STUN Allocate of 0x4000 and MESSAGE-INTEGRITY without 0x0016; application not told"};
inline constexpr SignalInfo kMetaAnswer = {
    "META.RELAY.ANSWER", Rank::bytes,
    "Allocate success of 0x0020, 0x4002 and MESSAGE-INTEGRITY; application not told"};
inline constexpr SignalInfo kMetaPing = {
    "META.RELAY.PING", Rank::bytes,
    "Bare private STUN message 0x0800 to 0x0802; application not told"};
inline constexpr SignalInfo kMetaServer = {
    "META.CALL.SERVER", Rank::bytes,
    "ICE, DTLS, RTCP or flowing RTP with an end in Meta's networks; application not told"};
inline constexpr SignalInfo kQuicVersion = {"FB.QUIC.VERSION", Rank::bytes,
                                            "QUIC version faceb00x of Meta's own library"};
inline constexpr SignalInfo kZeroHello = {"FB.ZERO", Rank::bytes,
                                          "Facebook Zero handshake \"1QTV\" over TCP"};
inline constexpr SignalInfo kNameText = {"FB.NAME.TEXT", Rank::name,
                                         "Name of a chat server (mqtt, edge-chat, gateway ...)"};
inline constexpr SignalInfo kNameTransfer = {"FB.NAME.TRANSFER", Rank::name,
                                             "Name of an upload or attachment server"};
inline constexpr SignalInfo kNameWeb = {"FB.NAME.WEB", Rank::name,
                                        "Name of Facebook's or Instagram's site or interface"};
inline constexpr SignalInfo kDns = {"FB.DNS", Rank::name,
                                    "A DNS answer gave this address for a Facebook name"};
inline constexpr SignalInfo kCertificate = {"FB.CERTIFICATE", Rank::name,
                                            "The server's certificate names a host of Facebook's"};
inline constexpr SignalInfo kPeerSocket = {
    "META.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Meta relay flow of the same host"};

inline constexpr std::array kSignals = {kTurnRealm,  kTurnRelay,   kMetaIce,      kMetaToken,
                                        kMetaAnswer, kMetaPing,    kMetaServer,   kQuicVersion,
                                        kZeroHello,  kNameText,    kNameTransfer, kNameWeb,
                                        kDns,        kCertificate, kPeerSocket};

// Chat names from captures of 2013 to 2024 and Meta's published Messenger clients; the sites are
// Meta's own. Facebook's and Instagram's web traffic share servers and names: both are `facebook`.
inline constexpr std::array kNames = {
    NameRule{"facebook.com", "mqtt", Service::text, &kNameText, true},  // mqtt, mqtt-mini
    NameRule{"facebook.com", "edge-mqtt", Service::text, &kNameText, true},
    NameRule{"facebook.com", "edge-chat", Service::text, &kNameText, true},
    NameRule{"facebook.com", "gateway", Service::text, &kNameText, true},
    NameRule{"facebook.com", "chat-e2ee", Service::text, &kNameText, true},
    NameRule{"facebook.com", "web-chat-e2ee", Service::text, &kNameText, true},
    NameRule{"chat.facebook.com", "", Service::text, &kNameText},  // XMPP, until 2015
    NameRule{"facebook.com", "rupload", Service::transfer, &kNameTransfer, true},
    NameRule{"facebook.com", "upload", Service::transfer, &kNameTransfer, true},
    NameRule{"facebook.com", "graph-video", Service::transfer, &kNameTransfer, true},
    NameRule{"facebook.com", "", Service::web, &kNameWeb, true},
    NameRule{"ak.facebook.com", "", Service::web, &kNameWeb},  // Akamai's, until about 2015
    NameRule{"messenger.com", "rupload", Service::transfer, &kNameTransfer, true},
    NameRule{"messenger.com", "", Service::text, &kNameText, true},
    NameRule{"instagram.com", "edge-chat", Service::text, &kNameText},
    NameRule{"instagram.com", "edge-mqtt", Service::text, &kNameText},
    NameRule{"instagram.com", "gateway", Service::text, &kNameText},
    NameRule{"instagram.com", "rupload", Service::transfer, &kNameTransfer},
    NameRule{"www.instagram.com", "", Service::web, &kNameWeb, true},
    NameRule{"instagram.com", "", Service::web, &kNameWeb},
    NameRule{"cdninstagram.com", "", Service::web, &kNameWeb},
    NameRule{"fbsbx.com", "attachment", Service::transfer, &kNameTransfer},
    NameRule{"fbsbx.com", "", Service::web, &kNameWeb},
    NameRule{"fbcdn.net", "", Service::web, &kNameWeb},
    NameRule{"fbcdn.com", "", Service::web, &kNameWeb},
    NameRule{"facebook.net", "", Service::web, &kNameWeb},
    NameRule{"fb.com", "", Service::web, &kNameWeb},
    NameRule{"fb.me", "", Service::web, &kNameWeb},
    NameRule{"fb.watch", "", Service::web, &kNameWeb},
    NameRule{"ig.me", "", Service::web, &kNameWeb},
    NameRule{"instagr.am", "", Service::web, &kNameWeb},
    NameRule{"threads.net", "", Service::web, &kNameWeb},
    NameRule{"threads.com", "", Service::web, &kNameWeb},
    NameRule{"m.me", "", Service::web, &kNameWeb},
    NameRule{"fbpigeon.com", "", Service::text, &kNameText},
    // Akamai's names for the same content, until about 2017.
    NameRule{"akamaihd.net", "fbstatic", Service::web, &kNameWeb},
    NameRule{"akamaihd.net", "fbcdn", Service::web, &kNameWeb},
    NameRule{"akamaihd.net", "fbexternal", Service::web, &kNameWeb},
    NameRule{"akamaihd.net", "igcdn", Service::web, &kNameWeb},
    NameRule{"akamaihd.net", "instagramimages", Service::web, &kNameWeb},
    NameRule{"akamaihd.net", "instagramstatic", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::facebook
