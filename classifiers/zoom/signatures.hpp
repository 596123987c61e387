// What identifies Zoom: ports, host names, networks and documented signals, with source and date.
// The layout of its framing is in framing.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::zoom {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// UDP ports of the media servers (Zoom, "Network firewall or proxy server settings", KB0065712 and
// KB0060548, read 2026-11-22).
inline constexpr std::uint16_t kSfuPortFirst = 8801;
inline constexpr std::uint16_t kSfuPortLast = 8810;

// Attributes of Zoom's STUN, which has RFC 3489's form: no magic cookie (captures of 2020 to 2023
// in nDPI's test set and nDPI's dissector, read 2026-11-21).
inline constexpr std::uint16_t kStunRequestAttribute = 0x0101;
inline constexpr std::uint16_t kStunAnswerAttribute = 0x0103;

inline constexpr SignalInfo kSfuMedia = {
    "ZOOM.SFU.MEDIA", Rank::bytes,
    "SFU header towards or from port 8801 to 8810, with RTP or RTCP where the media header says"};
inline constexpr SignalInfo kSfuControl = {
    "ZOOM.SFU.CONTROL", Rank::bytes,
    "Join, keep-alive or leave message of the SFU on port 8801 to 8810"};
inline constexpr SignalInfo kSfuFlow = {
    "ZOOM.SFU.FLOW", Rank::bytes,
    "Several SFU headers with one cookie on port 8801 to 8810, whatever they carry"};
inline constexpr SignalInfo kPeerHello = {
    "ZOOM.PEER.HELLO", Rank::bytes,
    "First message between peers: type 31, an address and an id that fill the datagram"};
inline constexpr SignalInfo kPeerMedia = {
    "ZOOM.PEER.MEDIA", Rank::bytes,
    "Media headers without SFU header, with RTP and its extension where they say"};
inline constexpr SignalInfo kPeerFrame = {"ZOOM.PEER.FRAME", Rank::bytes,
                                          "One such media header (ZOOM.PEER.MEDIA needs three)"};
inline constexpr SignalInfo kStunServer = {"ZOOM.STUN.SERVER", Rank::bytes,
                                           "STUN with an end in Zoom's networks"};
inline constexpr SignalInfo kStunClassic = {
    "ZOOM.STUN.CLASSIC", Rank::bytes,
    "STUN without magic cookie that holds attribute 0x0101 or 0x0103, outside Zoom's networks"};
inline constexpr SignalInfo kNetworkMedia = {"ZOOM.MEDIA.NETWORK", Rank::bytes,
                                             "DTLS or flowing RTP with an end in Zoom's networks"};
inline constexpr SignalInfo kNameCall = {"ZOOM.NAME.CALL", Rank::name,
                                         "Name of a media server or its controller"};
inline constexpr SignalInfo kNameText = {"ZOOM.NAME.TEXT", Rank::name, "Name of a chat server"};
inline constexpr SignalInfo kNameTransfer = {"ZOOM.NAME.TRANSFER", Rank::name,
                                             "Name of a server of files"};
inline constexpr SignalInfo kNameWeb = {"ZOOM.NAME.WEB", Rank::name,
                                        "Name of the site, the interface or downloads"};
inline constexpr SignalInfo kCertificate = {"ZOOM.CERTIFICATE", Rank::name,
                                            "The server's certificate names a host of Zoom"};
inline constexpr SignalInfo kDns = {"ZOOM.DNS", Rank::name,
                                    "A DNS answer gave this address for a Zoom name"};
inline constexpr SignalInfo kNetwork = {"ZOOM.NET", Rank::prefix,
                                        "Nothing but an address in Zoom's networks"};
inline constexpr SignalInfo kPeerSocket = {
    "ZOOM.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Zoom call flow of the same host"};

inline constexpr std::array kSignals = {
    kSfuMedia,   kSfuControl,  kSfuFlow,      kPeerHello, kPeerMedia, kPeerFrame,
    kStunServer, kStunClassic, kNetworkMedia, kNameCall,  kNameText,  kNameTransfer,
    kNameWeb,    kCertificate, kDns,          kNetwork,   kPeerSocket};

// Media servers are named zoom, place, number, "mmr" (multimedia router) or "zc" (zone controller)
// under their place, zoomsjccv154mmr.sjc.zoom.us; gateways of the web client begin with rwc. Places
// from captures of 2020 to 2026 and public lists of gateways, read 2026-11-22; servers of other
// places count as web.
inline constexpr std::array kNames = {
    NameRule{"am.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"ams.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"ca.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"cloud.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"dv.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"fr.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"fra.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"hk.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"iad.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"jed.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"ksa.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"lhr.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"mb.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"ny.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"ruh.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"sg.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"sin.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"sjc.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"sy.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"to.zoom.us", "zoom", Service::call, &kNameCall},
    NameRule{"zoom.us", "rwc", Service::call, &kNameCall},
    NameRule{"zoom.us", "us01xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "us02xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "us03xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "us04xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "us05xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "us06xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "xmpp", Service::text, &kNameText},
    NameRule{"zoom.us", "us01file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "us02file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "us03file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "us04file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "us05file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "us06file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "file", Service::transfer, &kNameTransfer},
    NameRule{"zoom.us", "", Service::web, &kNameWeb},
    NameRule{"zoom.com", "", Service::web, &kNameWeb},
    NameRule{"zoomgov.com", "", Service::web, &kNameWeb},
    NameRule{"zoom.com.cn", "", Service::web, &kNameWeb},
    NameRule{"zoom-x.de", "", Service::web, &kNameWeb},
    NameRule{"zoomonprem.com", "", Service::web, &kNameWeb},
};

// Zoom's list of 2025, as public scripts quote it (IPv4) and nDPI's utils add to it (IPv6, which
// the published file lacks); read from stored copies.
inline constexpr std::string_view kDated = "2026-11-22";
inline constexpr std::string_view kSource = "Zoom KB0060548, list of meetings and webinars";
inline constexpr std::string_view kOldSource = "the same list, copies of 2020 to 2022";
inline constexpr std::array kNetworks = {
    NetworkRule{"3.7.35.0/25", kDated, kSource},
    NetworkRule{"3.21.137.128/25", kDated, kSource},
    NetworkRule{"3.25.41.128/25", kDated, kSource},
    NetworkRule{"3.80.20.128/25", kDated, kSource},
    NetworkRule{"3.104.34.128/25", kDated, kSource},
    NetworkRule{"3.120.121.0/25", kDated, kSource},
    NetworkRule{"3.127.194.128/25", kDated, kSource},
    NetworkRule{"3.208.72.0/25", kDated, kSource},
    NetworkRule{"3.235.71.128/25", kDated, kSource},
    NetworkRule{"3.235.72.128/25", kDated, kSource},
    NetworkRule{"3.235.73.0/25", kDated, kSource},
    NetworkRule{"3.235.82.0/23", kDated, kSource},
    NetworkRule{"3.235.96.0/23", kDated, kSource},
    NetworkRule{"4.34.125.128/25", kDated, kSource},
    NetworkRule{"4.35.64.128/25", kDated, kSource},
    NetworkRule{"8.5.128.0/23", kDated, kSource},
    NetworkRule{"13.52.6.128/25", kDated, kSource},
    NetworkRule{"15.220.80.0/24", kDated, kSource},
    NetworkRule{"15.220.81.0/25", kDated, kSource},
    NetworkRule{"18.254.23.128/25", kDated, kSource},
    NetworkRule{"18.254.61.0/25", kDated, kSource},
    NetworkRule{"50.239.202.0/23", kDated, kSource},
    NetworkRule{"50.239.204.0/24", kDated, kSource},
    NetworkRule{"52.61.100.128/25", kDated, kSource},
    NetworkRule{"52.202.62.192/26", kDated, kSource},
    NetworkRule{"64.125.62.0/24", kDated, kSource},
    NetworkRule{"64.211.144.0/24", kDated, kSource},
    NetworkRule{"64.224.32.0/19", kDated, kSource},
    NetworkRule{"65.39.152.0/24", kDated, kSource},
    NetworkRule{"69.174.57.0/24", kDated, kSource},
    NetworkRule{"69.174.108.0/22", kDated, kSource},
    NetworkRule{"99.79.20.0/25", kDated, kSource},
    NetworkRule{"101.36.167.0/24", kDated, kSource},
    NetworkRule{"101.36.170.0/23", kDated, kSource},
    NetworkRule{"103.122.166.0/23", kDated, kSource},
    NetworkRule{"109.94.160.0/22", kDated, kOldSource},
    NetworkRule{"115.110.154.192/26", kDated, kSource},
    NetworkRule{"115.114.56.192/26", kDated, kSource},
    NetworkRule{"115.114.115.0/26", kDated, kSource},
    NetworkRule{"115.114.131.0/26", kDated, kSource},
    NetworkRule{"120.29.148.0/24", kDated, kSource},
    NetworkRule{"121.244.146.0/27", kDated, kSource},
    NetworkRule{"134.224.0.0/16", kDated, kSource},
    NetworkRule{"137.66.128.0/17", kDated, kSource},
    NetworkRule{"144.195.0.0/16", kDated, kSource},
    NetworkRule{"147.124.96.0/19", kDated, kSource},
    NetworkRule{"149.137.0.0/17", kDated, kSource},
    NetworkRule{"156.45.0.0/17", kDated, kSource},
    NetworkRule{"159.124.0.0/16", kDated, kSource},
    NetworkRule{"160.1.56.128/25", kDated, kSource},
    NetworkRule{"161.199.136.0/22", kDated, kSource},
    NetworkRule{"162.12.232.0/22", kDated, kSource},
    NetworkRule{"162.255.36.0/22", kDated, kSource},
    NetworkRule{"165.254.88.0/23", kDated, kSource},
    NetworkRule{"166.108.64.0/18", kDated, kSource},
    NetworkRule{"168.140.0.0/17", kDated, kSource},
    NetworkRule{"170.114.0.0/16", kDated, kSource},
    NetworkRule{"173.231.80.0/20", kDated, kSource},
    NetworkRule{"192.204.12.0/22", kDated, kSource},
    NetworkRule{"198.251.128.0/17", kDated, kSource},
    NetworkRule{"202.177.207.128/27", kDated, kSource},
    NetworkRule{"203.200.219.128/27", kDated, kSource},
    NetworkRule{"204.80.104.0/21", kDated, kSource},
    NetworkRule{"204.141.28.0/22", kDated, kSource},
    NetworkRule{"206.247.0.0/16", kDated, kSource},
    NetworkRule{"207.226.132.0/24", kDated, kSource},
    NetworkRule{"209.9.211.0/24", kDated, kSource},
    NetworkRule{"209.9.215.0/24", kDated, kSource},
    NetworkRule{"213.19.144.0/24", kDated, kSource},
    NetworkRule{"213.19.153.0/24", kDated, kSource},
    NetworkRule{"213.244.140.0/24", kDated, kSource},
    NetworkRule{"221.122.63.0/24", kDated, kSource},
    NetworkRule{"221.122.64.0/24", kDated, kSource},
    NetworkRule{"221.122.88.64/27", kDated, kSource},
    NetworkRule{"221.122.88.128/25", kDated, kSource},
    NetworkRule{"221.122.89.128/25", kDated, kSource},
    NetworkRule{"221.123.139.192/27", kDated, kSource},
    NetworkRule{"2407:30c0::/32", kDated, kSource},
    NetworkRule{"2600:9000:2600::/48", kDated, kSource},
    NetworkRule{"2620:123:2000::/40", kDated, kSource},
};

}  // namespace deadair::classifiers::zoom
