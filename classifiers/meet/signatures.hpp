// What identifies Google Meet: media networks, ports, host names and documented signals, with
// source and date.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::meet {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

inline constexpr SignalInfo kIce = {"MEET.MEDIA.ICE", Rank::bytes,
                                    "STUN with an end in Meet's media networks"};
inline constexpr SignalInfo kDtls = {"MEET.MEDIA.DTLS", Rank::bytes,
                                     "DTLS with an end in Meet's media networks"};
inline constexpr SignalInfo kRtp = {"MEET.MEDIA.RTP", Rank::bytes,
                                    "Flowing RTP with an end in Meet's media networks"};
inline constexpr SignalInfo kGoogle = {
    "MEET.MEDIA.GOOGLE", Rank::bytes,
    "ICE, DTLS or flowing RTP on port 19303 to 19309 of another address of Google's"};
inline constexpr SignalInfo kRelay = {
    "MEET.MEDIA.RELAY", Rank::bytes,
    "WebRTC through Google's relay of Meet, which other services of Google's use as well"};
inline constexpr SignalInfo kPseudoTls = {
    "MEET.MEDIA.PSEUDOTLS", Rank::bytes,
    "WebRTC's fixed TLS-like greeting over TCP with an end in Meet's media networks"};
inline constexpr SignalInfo kNameCall = {"MEET.NAME.CALL", Rank::name,
                                         "Name of a media relay (meet.turns.goog and others)"};
inline constexpr SignalInfo kNameWeb = {"MEET.NAME.WEB", Rank::name,
                                        "Name of the site or the interface"};
inline constexpr SignalInfo kDns = {"MEET.DNS", Rank::name,
                                    "A DNS answer gave this address for a Meet name"};
inline constexpr SignalInfo kPeerSocket = {
    "MEET.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Meet call flow of the same host"};

inline constexpr std::array kSignals = {kIce,       kDtls,     kRtp,     kGoogle, kRelay,
                                        kPseudoTls, kNameCall, kNameWeb, kDns,    kPeerSocket};

// WebRTC begins a stream to port 443 with a constant that resembles the first message of TLS 1.0,
// and its server answers with another (rtc_base/socket_adapters.cc of WebRTC, read 2026-11-22).
inline constexpr std::array<std::uint8_t, 11> kPseudoClientHello = {
    0x80, 0x46, 0x01, 0x03, 0x01, 0x00, 0x2d, 0x00, 0x00, 0x00, 0x10};
inline constexpr std::array<std::uint8_t, 11> kPseudoServerHello = {
    0x16, 0x03, 0x01, 0x00, 0x4a, 0x02, 0x00, 0x00, 0x46, 0x03, 0x01};

// Google, "Prepare your network for Meet meetings" (support.google.com/a/answer/1279090), read
// 2026-11-22. googleapis.com and turns.goog hold other services beside these names.
inline constexpr std::array kNames = {
    NameRule{"meet.turns.goog", "", Service::call, &kNameCall},
    NameRule{"workspace.turns.goog", "", Service::call, &kNameCall},
    NameRule{"meet.google.com", "", Service::web, &kNameWeb},
    NameRule{"duo.google.com", "", Service::web, &kNameWeb},
    NameRule{"meetings.googleapis.com", "", Service::web, &kNameWeb},
    NameRule{"meetings.clients6.google.com", "", Service::web, &kNameWeb},
};

// The same page, step 3: "used exclusively for Meet".
inline constexpr std::string_view kSource = "Google, Prepare your network for Meet, step 3";
inline constexpr std::array kMediaNetworks = {
    NetworkRule{"74.125.250.0/24", "2026-09-28", kSource},
    NetworkRule{"142.250.82.0/24", "2026-09-28", kSource},
    NetworkRule{"2001:4860:4864:5::/64", "2026-09-28", kSource},
    NetworkRule{"2001:4860:4864:6::/64", "2026-09-28", kSource},
};

// The same list has this relay, but NotebookLM and Chrome Remote Desktop are sent there too (notes
// on both in public repositories, read 2026-11-22).
inline constexpr std::array kRelays = {
    NetworkRule{"74.125.247.128/32", "2026-09-28", kSource},
    NetworkRule{"2001:4860:4864:4:8000::/128", "2026-09-28", kSource},
};

// Google's own addresses, those of its cloud's customers left out.
inline constexpr std::string_view kGoogleSource =
    "Google's published prefixes (goog.json), copies in public projects";
inline constexpr std::array kNetworks = {
    NetworkRule{"64.233.160.0/19", "2026-11-22", kGoogleSource},
    NetworkRule{"66.102.0.0/20", "2026-11-22", kGoogleSource},
    NetworkRule{"72.14.192.0/18", "2026-11-22", kGoogleSource},
    NetworkRule{"74.125.0.0/16", "2026-11-22", kGoogleSource},
    NetworkRule{"108.177.0.0/17", "2026-11-22", kGoogleSource},
    NetworkRule{"142.250.0.0/15", "2026-11-22", kGoogleSource},
    NetworkRule{"172.217.0.0/16", "2026-11-22", kGoogleSource},
    NetworkRule{"172.253.0.0/16", "2026-11-22", kGoogleSource},
    NetworkRule{"173.194.0.0/16", "2026-11-22", kGoogleSource},
    NetworkRule{"192.178.0.0/15", "2026-11-22", kGoogleSource},
    NetworkRule{"209.85.128.0/17", "2026-11-22", kGoogleSource},
    NetworkRule{"216.58.192.0/19", "2026-11-22", kGoogleSource},
    NetworkRule{"216.239.32.0/19", "2026-11-22", kGoogleSource},
    NetworkRule{"2001:4860::/32", "2026-11-22", kGoogleSource},
    NetworkRule{"2404:6800::/32", "2026-11-22", kGoogleSource},
    NetworkRule{"2607:f8b0::/32", "2026-11-22", kGoogleSource},
    NetworkRule{"2800:3f0::/32", "2026-11-22", kGoogleSource},
    NetworkRule{"2a00:1450::/32", "2026-11-22", kGoogleSource},
    NetworkRule{"2c0f:fb50::/32", "2026-11-22", kGoogleSource},
};

// Ports of media of Meet, Duo and Hangouts (the same page, step 1); 19302 is left out, for Google's
// public STUN server answers everybody there.
inline constexpr std::uint16_t kMediaPortFirst = 19303;
inline constexpr std::uint16_t kMediaPortLast = 19309;

}  // namespace deadair::classifiers::meet
