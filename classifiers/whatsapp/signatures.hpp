// What identifies WhatsApp: byte constants, host names and documented signals, each with source and
// date.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::whatsapp {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// 24 February 2009, when the company was founded. Facebook is older: where both explain a flow
// equally well, what was seen in WhatsApp alone decides.
inline constexpr std::int64_t kOpened = 1'235'433'600;

// ---- Chat, "captures" below: public captures of 2015 to 2023 (nDPI test set), read 2026-11-21.

// Edge routing that may precede the hello: "ED", version 0.1, 24-bit length, protobuf starting with
// field 1. Captures of 2022 (86 of 86 connections) and 2023.
inline constexpr std::array<std::uint8_t, 4> kEdgeRouting = {'E', 'D', 0x00, 0x01};
inline constexpr std::uint8_t kRoutingFirstField = 0x08;
inline constexpr std::size_t kRoutingLimit = 512;  // 4 bytes in every capture

// The hello: "WA", two version bytes, 24-bit frame length, first byte of the frame.
inline constexpr std::string_view kHello = "WA";
// Since 2017 the Noise protocol: version 5 or 6, then the version of the token dictionary; the
// frame is a protobuf whose field 2 is the ClientHello (captures of 2022 and 2023).
inline constexpr std::uint8_t kNoiseOldest = 5;
inline constexpr std::uint8_t kNoiseNewest = 9;  // 6 in 2023; room for the next ones
inline constexpr std::uint8_t kClientHelloField = 0x12;
// Until 2017 binary XMPP: version 1.2 to 1.6, the frame is a list (captures of 2015 and 2016).
inline constexpr std::uint8_t kXmppMajor = 1;
inline constexpr std::uint8_t kXmppNewest = 9;
inline constexpr std::uint8_t kXmppList = 0xf8;
inline constexpr std::size_t kFrameLimit = 0x4000;

// The server's Noise hello: field 3 holding a 32-byte key as field 1 (captures of 2023).
inline constexpr std::uint8_t kServerHelloField = 0x1a;
inline constexpr std::uint16_t kEphemeralKey = 0x0a20;

// The server's stream start of binary XMPP: length, list of 3, token "stream:stream"; behind two
// more tokens the features (captures of 2015 and 2016, 3 of 3).
inline constexpr std::array<std::uint8_t, 6> kXmppStreamStart = {0x00, 0x00, 0x05,
                                                                 0xf8, 0x03, 0x01};
inline constexpr std::uint16_t kXmppFeatures = 0xf801;  // a list of one

// Frames in mid-stream. The shortest in the captures of 2015 holds 7 bytes.
inline constexpr std::size_t kFrameLeast = 5;
inline constexpr std::size_t kFramesEnough = 4;

// ---- Calls, "open clients" below: oxidezap/whatsapp-rust (wacore/src/voip) and the protocol notes
// of wacrg.org, which were compared with captures of 2026; read 2026-11-22. STUN (RFC 8489) with
// types and attributes of Meta's own, same captures.

inline constexpr std::uint16_t kBindingRequest = 0x0001;
inline constexpr std::uint16_t kAllocateRequest = 0x0003;
inline constexpr std::uint16_t kAllocateSuccess = 0x0103;
inline constexpr std::uint16_t kBindingSuccess = 0x0101;
// Not registered anywhere; meanings inferred from position and timing.
inline constexpr std::uint16_t kBye = 0x0800;    // to every relay at the end: 7 of 7 calls
inline constexpr std::uint16_t kPing = 0x0801;   // 20 bytes, or 512 when probing bandwidth
inline constexpr std::uint16_t kPong = 0x0802;   // 20 bytes, or 45 answering a probe
inline constexpr std::uint16_t kProbe = 0x0804;  // bandwidth probe of 2023
inline constexpr std::uint16_t kProbeAnswer = 0x0805;

// The relay token, 102 bytes in 2015 to 2019 and 150 in 2023; 0x4001 takes its place in one of the
// two calls of 2015.
inline constexpr std::uint16_t kRelayToken = 0x4000;
inline constexpr std::uint16_t kOtherToken = 0x4001;
inline constexpr std::uint16_t kRelayTime = 0x4002;  // 8 bytes in the relay's answers
inline constexpr std::uint16_t kProbeTime = 0x4003;  // first attribute of a probe
// What an Allocate of 2026 says of the call's streams, in two forms each for Android and browsers
// (open clients): sender subscriptions, stream descriptors, sender subscriptions of version 2.
inline constexpr std::array<std::uint16_t, 3> kSubscriptions = {0x4023, 0x4024, 0x4025};
inline constexpr std::uint16_t kRelayPort = 3478;

// A check between peers: 44 bytes, MESSAGE-INTEGRITY of 20 its only attribute, no USERNAME (three
// calls of 2015 and 2019).
inline constexpr std::size_t kPeerCheckSize = 44;
inline constexpr std::uint32_t kIntegrityAlone = 0x0008'0014;

// RTP of the calls. Header extension 0xdebe: video of 2019, audio too from 2023 on (captures, open
// clients); not registered, RFC 8285 has 0xbede. Audio: payload type 120 in all calls.
inline constexpr std::uint8_t kExtendedRtp = 0x90;
inline constexpr std::uint16_t kMediaProfile = 0xdebe;
inline constexpr std::uint8_t kAudioType = 120;
// SRTCP of types 208 and 209 with 4 bytes: 60 in three calls of 2015 and 2019. IEEE 1733 and RFC
// 5760, which own these numbers, make longer packets.
inline constexpr std::uint32_t kOwnReport = 0x81d0'0002;
inline constexpr std::uint32_t kOtherReport = 0x81d1'0002;
inline constexpr std::size_t kOwnReportSize = 26;

// ---- Names. e1 to e16, g, g-fallback: addresses that the Android client tries in turn, ports
// 5222, 443 and 80 (published decompilations, read 2026-11-21) and OONI's whatsapp experiment; the
// others from captures of 2013 to 2023 and published allow lists (read 2026-11-21).

inline constexpr SignalInfo kRelayAllocate = {"WA.RELAY.ALLOCATE", Rank::bytes,
                                              "STUN Allocate with private attribute 0x4000 or "
                                              "0x4001 in WhatsApp's form (alone, or with 0x0016 or "
                                              "0x4023 to 0x4025)"};
inline constexpr SignalInfo kRelayAnswer = {
    "WA.RELAY.ANSWER", Rank::bytes,
    "Allocate success of 0x0020 and 0x4002 without MESSAGE-INTEGRITY"};
inline constexpr SignalInfo kRelayBye = {
    "WA.RELAY.BYE", Rank::bytes, "Private STUN message 0x0800 with attribute 0x4000 or 0x4001"};
inline constexpr SignalInfo kRelayProbe = {
    "WA.RELAY.PROBE", Rank::bytes,
    "Private STUN message 0x0801 to 0x0805 with attribute 0x4002 or 0x4003 in front"};
inline constexpr SignalInfo kPeerAnswer = {
    "WA.PEER.ANSWER", Rank::bytes,
    "Binding success of MESSAGE-INTEGRITY alone: WhatsApp's peers return no mapped address"};
inline constexpr SignalInfo kPeerCheck = {
    "WA.PEER.CHECK", Rank::bytes,
    "Binding requests of MESSAGE-INTEGRITY alone, two or more: WhatsApp's peers have no user name"};
inline constexpr SignalInfo kMediaExtension = {"WA.MEDIA.EXTENSION", Rank::bytes,
                                               "RTP with WhatsApp's own header extension 0xdebe"};
inline constexpr SignalInfo kMediaAudio = {
    "WA.MEDIA.AUDIO", Rank::bytes,
    "RTP of payload type 120 beside pings of Meta's relays, or flowing with an end in Meta's "
    "networks"};
inline constexpr SignalInfo kMediaReport = {
    "WA.MEDIA.REPORT", Rank::bytes, "SRTCP of type 208 or 209 in WhatsApp's form of 26 bytes"};
inline constexpr SignalInfo kTextNoise = {
    "WA.TEXT.NOISE", Rank::bytes,
    "\"WA\" 5.x hello of the Noise era, edge routing before it or not"};
inline constexpr SignalInfo kTextRouting = {"WA.TEXT.ROUTING", Rank::bytes,
                                            "Edge routing \"ED\" 0.1, hello not (yet) seen"};
inline constexpr SignalInfo kTextXmpp = {"WA.TEXT.XMPP", Rank::bytes,
                                         "\"WA\" 1.x hello of binary XMPP (until 2017)"};
inline constexpr SignalInfo kTextServer = {
    "WA.TEXT.SERVER", Rank::bytes, "Noise ServerHello, where only the server's side was captured"};
inline constexpr SignalInfo kTextXmppServer = {
    "WA.TEXT.XMPPSERVER", Rank::bytes, "The server's stream start of binary XMPP (until 2017)"};
inline constexpr SignalInfo kTextFrames = {
    "WA.TEXT.FRAMES", Rank::bytes,
    "Frames with 24-bit lengths in mid-stream, with an end in Meta's networks"};
inline constexpr SignalInfo kTextXmppFrames = {
    "WA.TEXT.XMPPFRAMES", Rank::bytes,
    "Frames of binary XMPP in mid-stream: mark 8, 20-bit length"};
inline constexpr SignalInfo kNameText = {"WA.NAME.TEXT", Rank::name,
                                         "Name of a chat server (e1 to e16, g, c .whatsapp.net)"};
inline constexpr SignalInfo kNameTransfer = {
    "WA.NAME.TRANSFER", Rank::name, "Name of a media server (mmg, media, pps ... .whatsapp.net)"};
inline constexpr SignalInfo kNameWeb = {"WA.NAME.WEB", Rank::name,
                                        "Name of WhatsApp's site or interface"};
inline constexpr SignalInfo kDns = {"WA.DNS", Rank::name,
                                    "A DNS answer gave this address for a WhatsApp name"};
inline constexpr SignalInfo kCertificate = {"WA.CERTIFICATE", Rank::name,
                                            "The server's certificate names a host of WhatsApp"};
inline constexpr SignalInfo kPeerSocket = {
    "WA.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a WhatsApp relay flow of the same host"};

inline constexpr std::array kSignals = {
    kRelayAllocate,  kRelayAnswer,    kRelayBye,     kRelayProbe,     kPeerAnswer,
    kPeerCheck,      kMediaExtension, kMediaAudio,   kMediaReport,    kTextNoise,
    kTextRouting,    kTextXmpp,       kTextServer,   kTextXmppServer, kTextFrames,
    kTextXmppFrames, kNameText,       kNameTransfer, kNameWeb,        kDns,
    kCertificate,    kPeerSocket};

inline constexpr std::array kNames = {
    NameRule{"whatsapp.net", "e1", Service::text, &kNameText},  // e1 and e10 to e16
    NameRule{"whatsapp.net", "e2", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e3", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e4", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e5", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e6", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e7", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e8", Service::text, &kNameText},
    NameRule{"whatsapp.net", "e9", Service::text, &kNameText},
    NameRule{"g.whatsapp.net", "", Service::text, &kNameText},
    NameRule{"g-fallback.whatsapp.net", "", Service::text, &kNameText},
    NameRule{"c.whatsapp.net", "", Service::text, &kNameText},
    NameRule{"cdn.whatsapp.net", "chat", Service::text, &kNameText},  // chat, chat-fallback
    NameRule{"cdn.whatsapp.net", "media", Service::transfer, &kNameTransfer},
    NameRule{"whatsapp.net", "mm", Service::transfer, &kNameTransfer},  // mmg, mms, mmi, mmv, mmd
    NameRule{"whatsapp.net", "media", Service::transfer, &kNameTransfer},
    NameRule{"pps.whatsapp.net", "", Service::transfer, &kNameTransfer},
    NameRule{"whatsapp.net", "", Service::web, &kNameWeb},
    NameRule{"whatsapp.com", "", Service::web, &kNameWeb},
    NameRule{"whatsapp.biz", "", Service::web, &kNameWeb},
    NameRule{"wa.me", "", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::whatsapp
