// What identifies IPsec: IKE's fixed fields, its ports and protocol numbers, and the documented
// signals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::ipsec {

using classify::ProtocolRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

inline constexpr std::uint16_t kNatPort = 4500;  // RFC 3948: IKE and ESP over UDP

inline constexpr std::uint8_t kVersion1 = 0x10, kVersion2 = 0x20;  // RFC 2408, RFC 7296 section 3.1

inline constexpr SignalInfo kIke = {
    "IPSEC.IKE", Rank::bytes,
    "An IKE header: version, exchange type, flags, and the length of the datagram"};
inline constexpr SignalInfo kIkeTcp = {"IPSEC.IKE.TCP", Rank::bytes, "A stream that begins IKETCP"};
inline constexpr SignalInfo kEspUdp = {
    "IPSEC.ESP.UDP", Rank::bytes,
    "ESP on port 4500: one SPI in a direction, sequence numbers that rise"};
inline constexpr SignalInfo kEsp = {"IPSEC.ESP", Rank::bytes, "IP protocol 50"};
inline constexpr SignalInfo kAh = {"IPSEC.AH", Rank::bytes, "IP protocol 51"};

inline constexpr std::array kSignals = {kIke, kIkeTcp, kEspUdp, kEsp, kAh};

inline constexpr std::array kProtocols = {ProtocolRule{50, Service::tunnel, &kEsp},
                                          ProtocolRule{51, Service::tunnel, &kAh}};

}  // namespace deadair::classifiers::ipsec
