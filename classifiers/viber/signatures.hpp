// What identifies Viber: byte constants, host names and documented signals, each with source and
// date.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::viber {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// ---- Calls. Layouts measured on a capture of 2016 (nDPI test set, read 2026-11-21); types 03, 09,
// 01, 19 and 1b are also in nDPI's and peafowl's dissectors (read 2026-11-22). Meanings inferred
// from position and timing. Datagrams begin with a 2-byte tag, then the type and a zero octet.
namespace type {
inline constexpr std::uint8_t kSetUp = 0x01;        // 136 bytes up, every 0.5 s until answered
inline constexpr std::uint8_t kPeer = 0x03;         // 12 or 16 bytes to each candidate of the peer
inline constexpr std::uint8_t kBye = 0x05;          // 12 bytes
inline constexpr std::uint8_t kAlive = 0x06;        // 21 bytes, each way, every 0.5 s
inline constexpr std::uint8_t kPing = 0x09;         // 20 bytes up
inline constexpr std::uint8_t kRtcp = 0x0a;         // an RTCP report and a trailer
inline constexpr std::uint8_t kPong = 0x0b;         // 34 bytes down
inline constexpr std::uint8_t kSetUpAnswer = 0x0c;  // 74 or 89 bytes down
inline constexpr std::uint8_t kCount = 0x17;        // 8 bytes, each way
inline constexpr std::uint8_t kAsk = 0x19;          // 34 bytes up, second port of the relay
inline constexpr std::uint8_t kAskAnswer = 0x1a;    // 20 bytes down
inline constexpr std::uint8_t kAskOther = 0x1b;     // 34 bytes
inline constexpr std::uint8_t kProbe = 0x1e;        // 550 bytes, each way
inline constexpr std::uint8_t kProbeStart = 0x1f;   // 12 bytes up
inline constexpr std::uint8_t kProbeAnswer = 0x20;  // 20 or 550 bytes down
}  // namespace type

inline constexpr std::uint16_t kSetUpVersion = 0x0500;  // behind type 01
// The second octet of the tag has its highest bit set on control messages and not on media.
inline constexpr std::uint8_t kControlBit = 0x80;
// Media: the tag, then a whole RTP packet. Payload types 107 and 98 in 2016; any dynamic one
// counts.
inline constexpr std::size_t kTagSize = 2;
inline constexpr std::uint8_t kFirstDynamicType = 96;  // RFC 3551 section 6

inline constexpr std::string_view kRealm = "viber";  // TURN realm contains it (nDPI, 2026-11-22)

// ---- Chat and signalling, on 4244, 5242 and as a false TLS on 443: the capture of 2016; nDPI's
// and libprotoident's dissectors, read 2026-11-22.
inline constexpr std::array<std::uint16_t, 4> kTextPorts = {4244, 5242, 5243, 9785};
inline constexpr std::uint32_t kHelloMark = 0xfcff0380;  // bytes 6 to 9 of the client's first frame
inline constexpr std::uint16_t kAnswerMark = 0x0380;     // bytes 4 and 5 of the server's first
inline constexpr std::size_t kShortestFrame = 8;
inline constexpr std::size_t kLongestFrame = 0x1fff;  // 1041 bytes seen; leaves text outside

inline constexpr SignalInfo kCallControl = {
    "VIBER.CALL.CONTROL", Rank::bytes,
    "Control message whose type, length and millisecond clock fit Viber's layout"};
inline constexpr SignalInfo kCallMessages = {
    "VIBER.CALL.MESSAGES", Rank::bytes,
    "Several control messages, of two types or one set-up repeated, under one tag"};
inline constexpr SignalInfo kCallMedia = {
    "VIBER.CALL.MEDIA", Rank::bytes,
    "RTP behind a 2-byte tag, and a control message under the same tag"};
inline constexpr SignalInfo kCallTagged = {"VIBER.CALL.TAGGED", Rank::bytes,
                                           "RTP behind a constant 2-byte tag, nothing else seen"};
inline constexpr SignalInfo kTurnRealm = {"VIBER.TURN.REALM", Rank::bytes,
                                          "TURN realm contains viber"};
inline constexpr SignalInfo kTextHello = {
    "VIBER.TEXT.HELLO", Rank::bytes, "Client's first frame: its length, a number, fc ff 03 80"};
inline constexpr SignalInfo kTextAnswer = {"VIBER.TEXT.ANSWER", Rank::bytes,
                                           "Server's first frame: its length, a counter, 03 80"};
inline constexpr SignalInfo kTextFrames = {
    "VIBER.TEXT.FRAMES", Rank::bytes,
    "Frames that follow each other: little-endian length, a counter that grows by one, two zeros"};
inline constexpr SignalInfo kTextFrame = {"VIBER.TEXT.FRAME", Rank::bytes,
                                          "One such frame, on a port of Viber's"};
inline constexpr SignalInfo kFalseTls = {
    "VIBER.TEXT.FALSETLS", Rank::bytes,
    "What looks like TLS holds Viber's frames, their own lengths in front"};
inline constexpr SignalInfo kFalseTlsRecord = {"VIBER.TEXT.FALSETLS1", Rank::bytes,
                                               "One TLS record that begins with its own length"};
inline constexpr SignalInfo kNameCall = {"VIBER.NAME.CALL", Rank::name, "Name of a call server"};
inline constexpr SignalInfo kNameTransfer = {"VIBER.NAME.TRANSFER", Rank::name,
                                             "Name of a server of photos and files"};
inline constexpr SignalInfo kNameWeb = {"VIBER.NAME.WEB", Rank::name,
                                        "Name of Viber's sites and interfaces"};
inline constexpr SignalInfo kDns = {"VIBER.DNS", Rank::name,
                                    "A DNS answer gave this address for a Viber name"};
inline constexpr SignalInfo kCertificate = {"VIBER.CERTIFICATE", Rank::name,
                                            "The server's certificate is for a Viber name"};
inline constexpr SignalInfo kPeerSocket = {
    "VIBER.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a call flow of the same host"};

inline constexpr std::array kSignals = {
    kCallControl,  kCallMessages, kCallMedia, kCallTagged,  kTurnRealm,      kTextHello,
    kTextAnswer,   kTextFrames,   kTextFrame, kFalseTls,    kFalseTlsRecord, kNameCall,
    kNameTransfer, kNameWeb,      kDns,       kCertificate, kPeerSocket};

// ---- Names: v2fly's domain list, a stored copy read 2026-11-22.
inline constexpr std::array kNames = {
    NameRule{"cdn.viber.com", "", Service::transfer, &kNameTransfer},  // media, share, download ...
    NameRule{"viber.com", "media", Service::transfer, &kNameTransfer},
    NameRule{"viber.com", "dl-media", Service::transfer, &kNameTransfer},
    NameRule{"viber.com", "share", Service::transfer, &kNameTransfer},
    NameRule{"viber.com", "download", Service::transfer, &kNameTransfer},
    NameRule{"vbcdn.com", "", Service::transfer, &kNameTransfer},
    NameRule{"vbcdn.net", "", Service::transfer, &kNameTransfer},
    NameRule{"turn.viber.com", "", Service::call, &kNameCall},
    NameRule{"webrtc.viber.com", "", Service::call, &kNameCall},
    NameRule{"viber.com", "", Service::web, &kNameWeb},
    NameRule{"viber.me", "", Service::web, &kNameWeb},
    NameRule{"viber.co", "", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::viber
