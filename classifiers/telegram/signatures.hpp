// What identifies Telegram: byte constants, host names, networks and documented signals, each with
// source and date.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::telegram {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// ---- Reflectors: Telegram's own relays. libtgvoip (2017 to 2021) and tgcalls (ReflectorPort.cpp,
// 2021 on), public sources read 2026-11-22; captures of 2017 (nDPI test set), read 2026-11-21.

// Every datagram, in both directions, begins with the call's tag. tgcalls puts the number of the
// participant addressed into its last 4 bytes.
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kCallTagSize = 12;
// Messages to and from the reflector itself have 12 times ff behind the tag, then one of these.
inline constexpr std::size_t kServiceMarkSize = 12;
struct ServiceType {
  std::uint32_t word;               // as it stands there
  std::uint16_t shortest, longest;  // of the datagram
};
inline constexpr std::array kServiceTypes = {
    ServiceType{0xfeffffff, 40, 40},   // hello, answered by "self info"
    ServiceType{0xffffffff, 32, 32},   // where is the peer?
    ServiceType{0xc77215c0, 44, 64},   // udpReflectorSelfInfo, 0xc01572c7
    ServiceType{0x1c37d927, 44, 48},   // udpReflectorPeerInfo, 0x27d9371c
    ServiceType{0xb173fc83, 60, 96},   // udpReflectorPeerInfoIpv6, 0x83fc73b1
    ServiceType{0x0573100e, 36, 512},  // udpReflectorLastPacketsInfo, 0x0e107305
};
// tgcalls: tag, sender (32), length (32, network order), that many bytes, zeros to a whole word.
inline constexpr std::size_t kLengthAt = 20;
inline constexpr std::size_t kFrameHeader = 24;
// libtgvoip: tag, 16-byte message key, ciphertext. What is shorter than this in all is set-up and
// keep-alive (32 to 96 bytes in 2 calls); sound comes in 112 to 288 bytes. It carried voice only.
inline constexpr std::size_t kMessageKeySize = 16;
inline constexpr std::size_t kShortestVoice = 112;

// ---- TURN servers of the WebRTC-based calls (2020 on): captures of 2023 (nDPI test set).
inline constexpr std::string_view kRealm = "telegram.org";

// ---- MTProto over HTTP: core.telegram.org/mtproto/transports, read 2026-11-22.
inline constexpr std::string_view kHttpApi = "POST /api";

inline constexpr SignalInfo kReflectorService = {
    "TG.REFLECTOR.SERVICE", Rank::bytes,
    "Reflector's hello or answer: a 16-byte tag, 12 times ff, a known type"};
inline constexpr SignalInfo kReflectorFrames = {
    "TG.REFLECTOR.FRAMES", Rank::bytes,
    "Two datagrams of one tag whose length field fits (tgcalls' framing)"};
inline constexpr SignalInfo kReflectorTag = {
    "TG.REFLECTOR.TAG", Rank::bytes,
    "Four datagrams of one 16-byte tag to or from an address of Telegram's"};
inline constexpr SignalInfo kReflectorTcp = {
    "TG.REFLECTOR.TCP", Rank::bytes,
    "Obfuscated TCP stream whose decrypted beginning holds a reflector's hello"};
inline constexpr SignalInfo kTurnRealm = {"TG.TURN.REALM", Rank::bytes,
                                          "TURN realm is telegram.org"};
inline constexpr SignalInfo kTurnAsk = {"TG.TURN.ASK", Rank::bytes,
                                        "STUN with an address of Telegram's, realm not (yet) seen"};
inline constexpr SignalInfo kTextPlain = {"TG.TEXT.PLAIN", Rank::bytes,
                                          "MTProto transport in the clear: its tag, a key "
                                          "exchange, two messages of one key or a checksum"};
inline constexpr SignalInfo kTextShape = {
    "TG.TEXT.SHAPE", Rank::bytes,
    "Begins like the abridged transport and the length fits, no more"};
inline constexpr SignalInfo kTextObfuscated = {
    "TG.TEXT.OBFUSCATED", Rank::bytes,
    "Obfuscated MTProto transport: the tag decrypts with the key in the stream's own header"};
inline constexpr SignalInfo kTextHeader = {
    "TG.TEXT.HEADER", Rank::bytes,
    "Obfuscated MTProto header of which no first message was seen: chat, or a call over TCP"};
inline constexpr SignalInfo kTextHttp = {
    "TG.TEXT.HTTP", Rank::bytes, "MTProto over HTTP: POST /api to an address of Telegram's"};
inline constexpr SignalInfo kTextCipher = {
    "TG.TEXT.CIPHER", Rank::bytes,
    "Neither TLS nor HTTP nor text, and an address of Telegram's: MTProto caught in mid-stream"};
inline constexpr SignalInfo kNameText = {"TG.NAME.TEXT", Rank::name,
                                         "Name of a data centre's WebSocket (web clients' chat)"};
inline constexpr SignalInfo kNameTransfer = {"TG.NAME.TRANSFER", Rank::name,
                                             "Name of a server of files"};
inline constexpr SignalInfo kNameWeb = {"TG.NAME.WEB", Rank::name, "Name of Telegram's sites"};
inline constexpr SignalInfo kDns = {"TG.DNS", Rank::name,
                                    "A DNS answer gave this address for a Telegram name"};
inline constexpr SignalInfo kNetwork = {"TG.NETWORK", Rank::prefix,
                                        "An address of Telegram's, and nothing else"};
inline constexpr SignalInfo kCertificate = {"TG.CERTIFICATE", Rank::name,
                                            "The server's certificate is for a Telegram name"};
inline constexpr SignalInfo kPeerSocket = {
    "TG.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a reflector or TURN flow of the same host"};

inline constexpr std::array kSignals = {
    kReflectorService, kReflectorFrames, kReflectorTag,   kReflectorTcp, kTurnRealm, kTurnAsk,
    kTextPlain,        kTextShape,       kTextObfuscated, kTextHeader,   kTextHttp,  kTextCipher,
    kNameText,         kNameTransfer,    kNameWeb,        kDns,          kNetwork,   kCertificate,
    kPeerSocket};

// ---- Names: v2fly's data/telegram and the web clients' sources (pluto, venus, aurora, vesta,
// flora are the data centres 1 to 5; kws and zws their newer names); the two content networks by
// links and lists in public repositories. Stored copies, read 2026-11-22.
inline constexpr std::array kNames = {
    NameRule{"web.telegram.org", "pluto", Service::text, &kNameText},
    NameRule{"web.telegram.org", "venus", Service::text, &kNameText},
    NameRule{"web.telegram.org", "aurora", Service::text, &kNameText},
    NameRule{"web.telegram.org", "vesta", Service::text, &kNameText},
    NameRule{"web.telegram.org", "flora", Service::text, &kNameText},
    NameRule{"web.telegram.org", "kws", Service::text, &kNameText},
    NameRule{"web.telegram.org", "zws", Service::text, &kNameText},
    NameRule{"telegram-cdn.org", "", Service::transfer, &kNameTransfer},
    NameRule{"cdn-telegram.org", "", Service::transfer, &kNameTransfer},
    NameRule{"telesco.pe", "", Service::transfer, &kNameTransfer},
    NameRule{"telegram.org", "", Service::web, &kNameWeb},
    NameRule{"telegram.me", "", Service::web, &kNameWeb},
    NameRule{"telegram.dog", "", Service::web, &kNameWeb},
    NameRule{"telegram.space", "", Service::web, &kNameWeb},
    NameRule{"t.me", "", Service::web, &kNameWeb},
    NameRule{"tx.me", "", Service::web, &kNameWeb},
    NameRule{"tg.dev", "", Service::web, &kNameWeb},
    NameRule{"telega.one", "", Service::web, &kNameWeb},
    NameRule{"telegra.ph", "", Service::web, &kNameWeb},
    NameRule{"graph.org", "", Service::web, &kNameWeb},
    NameRule{"tdesktop.com", "", Service::web, &kNameWeb},
};

// ---- Networks that hold nothing but Telegram: AS62041, AS62014, AS59930, AS44907 and AS211157.
inline constexpr std::string_view kDated = "2026-11-22";
inline constexpr std::string_view kCidr =
    "core.telegram.org/resources/cidr.txt (copies of it in public projects)";
inline constexpr std::string_view kAsn = "prefixes of Telegram's AS numbers (nDPI's list of them)";
inline constexpr std::array kNetworks = {
    NetworkRule{"91.105.192.0/23", kDated, kCidr},
    NetworkRule{"91.108.4.0/22", kDated, kCidr},
    NetworkRule{"91.108.8.0/21", kDated, kCidr},
    NetworkRule{"91.108.16.0/21", kDated, kCidr},
    NetworkRule{"91.108.56.0/22", kDated, kCidr},
    NetworkRule{"149.154.160.0/20", kDated, kCidr},
    NetworkRule{"185.76.151.0/24", kDated, kCidr},
    NetworkRule{"95.161.64.0/20", kDated, kAsn},
    NetworkRule{"2001:67c:4e8::/48", kDated, kCidr},
    NetworkRule{"2001:b28:f23c::/47", kDated, kCidr},
    NetworkRule{"2001:b28:f23f::/48", kDated, kCidr},
    NetworkRule{"2a0a:f280::/32", kDated, kCidr},
};

}  // namespace deadair::classifiers::telegram
