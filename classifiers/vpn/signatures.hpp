// Names of VPN services: which belong to the ends of tunnels, which to sites and interfaces.
#pragma once

#include <array>

#include "classify/classifier.hpp"

namespace deadair::classifiers::vpn {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// One signal a service: its id tells which, the flow's `service` whether tunnel or site.
inline constexpr SignalInfo kOpera = {"VPN.NAME.OPERA", Rank::name,
                                      "Name of a server or site of Opera VPN (SurfEasy)"};
inline constexpr SignalInfo kTunnelBear = {"VPN.NAME.TUNNELBEAR", Rank::name,
                                           "Name of a server or site of TunnelBear"};
inline constexpr SignalInfo kProton = {"VPN.NAME.PROTON", Rank::name,
                                       "Name of a server or site of Proton VPN"};
inline constexpr SignalInfo kNord = {"VPN.NAME.NORD", Rank::name,
                                     "Name of a server or site of NordVPN"};
inline constexpr SignalInfo kSurfshark = {"VPN.NAME.SURFSHARK", Rank::name,
                                          "Name of a server or site of Surfshark"};
inline constexpr SignalInfo kExpress = {"VPN.NAME.EXPRESS", Rank::name,
                                        "Name of a server or site of ExpressVPN"};
inline constexpr SignalInfo kCyberGhost = {"VPN.NAME.CYBERGHOST", Rank::name,
                                           "Name of a server or site of CyberGhost"};
inline constexpr SignalInfo kPure = {"VPN.NAME.PURE", Rank::name,
                                     "Name of a server or site of PureVPN"};
inline constexpr SignalInfo kAir = {"VPN.NAME.AIR", Rank::name,
                                    "Name of a server or site of AirVPN"};
inline constexpr SignalInfo kIvpn = {"VPN.NAME.IVPN", Rank::name,
                                     "Name of a server or site of IVPN"};
inline constexpr SignalInfo kMullvad = {"VPN.NAME.MULLVAD", Rank::name,
                                        "Name of a server or site of Mullvad"};
inline constexpr SignalInfo kWindscribe = {"VPN.NAME.WINDSCRIBE", Rank::name,
                                           "Name of a server or site of Windscribe"};
inline constexpr SignalInfo kPia = {"VPN.NAME.PIA", Rank::name,
                                    "Name of a server or site of Private Internet Access"};
inline constexpr SignalInfo kWarp = {"VPN.NAME.WARP", Rank::name,
                                     "Name of a server or site of Cloudflare WARP"};
inline constexpr SignalInfo kHotspot = {"VPN.NAME.HOTSPOT", Rank::name,
                                        "Name of a server or site of Hotspot Shield or its maker"};
inline constexpr SignalInfo kLantern = {"VPN.NAME.LANTERN", Rank::name,
                                        "Name of a server or site of Lantern"};
inline constexpr SignalInfo kDns = {"VPN.DNS", Rank::name,
                                    "A DNS answer gave this address for a name of a VPN service"};

inline constexpr std::array kSignals = {
    kOpera, kTunnelBear, kProton,     kNord, kSurfshark, kExpress, kCyberGhost, kPure, kAir,
    kIvpn,  kMullvad,    kWindscribe, kPia,  kWarp,      kHotspot, kLantern,    kDns};

// Looked up in public repositories on 2026-11-22. Servers: gluetun's internal/provider (Express,
// CyberGhost), Snawoot/opera-proxy, usque (WARP) and, for the others, OpenVPN and WireGuard
// profiles. Sites and interfaces: v2fly's data/lantern, clients of the services, lists that block
// VPNs.
inline constexpr std::array kNames = {
    // eu0 and its like are the proxies, api and api2 the service (public capture of 2022;
    // opera-proxy).
    NameRule{"sec-tunnel.com", "", Service::tunnel, &kOpera},
    NameRule{"sec-tunnel.com", "api", Service::web, &kOpera},
    NameRule{"sec-tunnel.com", "log", Service::web, &kOpera},
    NameRule{"surfeasy.com", "", Service::web, &kOpera},
    NameRule{"lazerpenguin.com", "", Service::tunnel, &kTunnelBear},
    NameRule{"polargrizzly.com", "", Service::web, &kTunnelBear},
    NameRule{"tunnelbear.com", "", Service::web, &kTunnelBear},
    NameRule{"protonvpn.net", "", Service::tunnel, &kProton},
    NameRule{"protonvpn.com", "", Service::web, &kProton},
    NameRule{"protonvpn.ch", "", Service::web, &kProton},
    NameRule{"proton.me", "vpn-api", Service::web, &kProton},
    // Servers share the suffix with the site (us1234.nordvpn.com) and are mostly reached by
    // address.
    NameRule{"nordvpn.com", "", Service::web, &kNord},
    NameRule{"prod.surfshark.com", "", Service::tunnel, &kSurfshark},
    NameRule{"surfshark.com", "", Service::web, &kSurfshark},
    NameRule{"expressnetw.com", "", Service::tunnel, &kExpress},
    NameRule{"expressvpn.com", "", Service::web, &kExpress},
    NameRule{"cg-dialup.net", "", Service::tunnel, &kCyberGhost},
    NameRule{"cyberghostvpn.com", "", Service::web, &kCyberGhost},
    NameRule{"ptoserver.com", "", Service::tunnel, &kPure},
    NameRule{"purevpn.com", "", Service::web, &kPure},
    NameRule{"vpn.airdns.org", "", Service::tunnel, &kAir},
    NameRule{"airvpn.org", "", Service::web, &kAir},
    NameRule{"gw.ivpn.net", "", Service::tunnel, &kIvpn},
    NameRule{"ivpn.net", "", Service::web, &kIvpn},
    NameRule{"relays.mullvad.net", "", Service::tunnel, &kMullvad},
    NameRule{"mullvad.net", "", Service::web, &kMullvad},
    NameRule{"whiskergalaxy.com", "", Service::tunnel, &kWindscribe},
    NameRule{"windscribe.com", "", Service::web, &kWindscribe},
    // Programs and the interface in front, and the browser extension's proxies (hk-016 and its
    // like).
    NameRule{"totallyacdn.com", "", Service::tunnel, &kWindscribe},
    NameRule{"totallyacdn.com", "api", Service::web, &kWindscribe},
    NameRule{"totallyacdn.com", "assets", Service::web, &kWindscribe},
    NameRule{"totallyacdn.com", "deploy", Service::web, &kWindscribe},
    NameRule{"staticnetcontent.com", "", Service::web, &kWindscribe},
    NameRule{"privateinternetaccess.com", "", Service::web, &kPia},
    NameRule{"cloudflareclient.com", "engage", Service::tunnel, &kWarp},
    NameRule{"cloudflareclient.com", "consumer-masque", Service::tunnel, &kWarp},
    NameRule{"cloudflareclient.com", "zt-masque", Service::tunnel, &kWarp},
    NameRule{"cloudflareclient.com", "", Service::web, &kWarp},
    NameRule{"hotspotshield.com", "", Service::web, &kHotspot},
    NameRule{"hsselite.com", "", Service::web, &kHotspot},
    // Interface of its maker's kit, which other VPN services are built with.
    NameRule{"northghost.com", "", Service::web, &kHotspot},
    NameRule{"getlantern.org", "", Service::web, &kLantern},
    NameRule{"lantern.io", "", Service::web, &kLantern},
};

}  // namespace deadair::classifiers::vpn
