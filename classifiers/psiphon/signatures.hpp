// What identifies Psiphon: its names and the cookie of its plain HTTP transport, with source and
// date.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::psiphon {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// ---- Meek over plain HTTP: POST to "/", a body of bytes, and one cookie whose name is a capital
// letter and whose value is the base64 of a key exchange: seed (16), magic and padding length (8),
// padding (16 or more), ephemeral key (32), authenticator (16) and a small JSON object.
// psiphon-tunnel-core, psiphon/meekConn.go and psiphon/common/obfuscator, read 2026-11-22.
inline constexpr std::string_view kRequest = "POST / HTTP/1.1\r\n";
inline constexpr std::string_view kContentType = "\r\nContent-Type: application/octet-stream\r\n";
inline constexpr std::string_view kCookie = "\r\nCookie: ";
inline constexpr std::size_t kShortestValue = 4 * ((16 + 8 + 16 + 32 + 16) / 3);
inline constexpr std::size_t kLongestHead = 4096;  // the padding is at most 256 bytes by default

inline constexpr SignalInfo kMeek = {"PSIPHON.MEEK", Rank::bytes,
                                     "POST / of octets with a single cookie, named by one capital "
                                     "letter, as long as a key exchange: "
                                     "Psiphon's meek over plain HTTP"};
inline constexpr SignalInfo kNameTunnel = {"PSIPHON.NAME.TUNNEL", Rank::name,
                                           "Name that Psiphon's servers behind a CDN answer to"};
inline constexpr SignalInfo kNameWeb = {"PSIPHON.NAME.WEB", Rank::name, "Name of Psiphon's site"};
inline constexpr SignalInfo kDns = {"PSIPHON.DNS", Rank::name,
                                    "A DNS answer gave this address for a Psiphon name"};
inline constexpr SignalInfo kCertificate = {
    "PSIPHON.CERT", Rank::name, "The server's certificate is for psiphon3.net, without SNI"};

inline constexpr std::array kSignals = {kMeek, kNameTunnel, kNameWeb, kDns, kCertificate};

// The client of 2022 connects without SNI to a CDN's address whose certificate names psiphon3.net
// and *.psiphon3.net (public capture, nDPI's test set); www.psiphon3.net is also a site. Sites:
// v2fly's data/category-anticensorship (psiphon.ca, psiphon3.com) and pages under www.psiphon3.net
// that public guides link. Read 2026-11-22.
inline constexpr std::array kNames = {
    NameRule{"psiphon3.net", "", Service::tunnel, &kNameTunnel},
    NameRule{"psiphon3.net", "www", Service::web, &kNameWeb},
    NameRule{"psiphon3.com", "", Service::web, &kNameWeb},
    NameRule{"psiphon.ca", "", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::psiphon
