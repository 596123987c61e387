// What identifies Skype: its imitation of TLS, STUN attributes, host names and documented signals,
// with source and date.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::skype {

using classify::NameRule;
using classify::NetworkRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

// "Captures" below: public captures of Skype of 2012 to 2019 (nDPI test set), read 2026-11-21.

// The imitation of TLS (until about 2017): an empty handshake record, which RFC 8446 section 5.1
// forbids, answered by an empty application record; then a record that starts with 8 constant bytes
// (8 of 8 connections that carried data).
inline constexpr std::array<std::uint8_t, 5> kFakeHello = {0x16, 0x03, 0x01, 0x00, 0x00};
inline constexpr std::array<std::uint8_t, 5> kFakeAnswer = {0x17, 0x03, 0x01, 0x00, 0x00};
inline constexpr std::array<std::uint8_t, 3> kFakeRecord = {0x16, 0x03, 0x01};
inline constexpr std::array<std::uint8_t, 8> kFakeConstant = {0x42, 0xcd, 0xef, 0xe7,
                                                              0x40, 0xd7, 0x2f, 0x1d};

// The other imitation, on port 443 of supernodes: a hello in SSL 2.0 form as Windows XP sent it,
// all of it but the challenge constant (26 of 26 connections; Windows' own is the same), answered
// by a ServerHello with a constant "random" (9 of 9 answers).
inline constexpr std::array<std::uint8_t, 56> kSsl2Hello = {
    0x80, 0x46, 0x01, 0x03, 0x01, 0x00, 0x2d, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x05,
    0x00, 0x00, 0x04, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x09, 0x00, 0x00, 0x64, 0x00, 0x00,
    0x62, 0x00, 0x00, 0x08, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x01, 0x00, 0x80, 0x07,
    0x00, 0xc0, 0x03, 0x00, 0x80, 0x06, 0x00, 0x40, 0x02, 0x00, 0x80, 0x04, 0x00, 0x80};
inline constexpr std::size_t kSsl2HelloSize = 72;  // with 16 bytes of challenge
inline constexpr std::array<std::uint8_t, 43> kServerHello = {
    0x16, 0x03, 0x01, 0x00, 0x4a, 0x02, 0x00, 0x00, 0x46, 0x03, 0x01, 0x40, 0x1b, 0xe4, 0x86,
    0x02, 0xad, 0xe0, 0x29, 0xe1, 0x77, 0x74, 0xe5, 0x44, 0xb9, 0xc9, 0x9c, 0xb4, 0x31, 0x31,
    0x5e, 0x02, 0xdd, 0x77, 0x9d, 0x15, 0x4a, 0x96, 0x09, 0xba, 0x5d, 0xa8, 0x70};

// When Skype opened (2003-08-29) and closed (2025-05-05), and when the last clients that spoke to
// each other without servers were shut out (2017-03-01; Microsoft's announcement of February 2017):
// seconds since 1970.
inline constexpr std::int64_t kOpened = 1'062'115'200;
inline constexpr std::int64_t kClosed = 1'746'403'200;
inline constexpr std::int64_t kPeerToPeerEnd = 1'488'326'400;

// Functions of peer-to-peer UDP: Biondi and Desclaux 2006; Bonfiglio et al. 2007 for the mask.
inline constexpr std::uint8_t kFunctionMask = 0x8f;
inline constexpr std::uint8_t kPayload = 0x02, kResend = 0x03, kNatInfo = 0x05, kRefusal = 0x07,
                              kData = 0x0d, kMore = 0x0f;
inline constexpr std::size_t kRefusalSize = 11;
inline constexpr std::size_t kResendExtra = 5;  // 18 bytes became 23 (Baset, Schulzrinne 2004)
// Probes: 18 bytes in 2004, 18 to 37 in 2015. Ids of one socket rise by 2 a datagram, so between
// two to the same host by what the others took meanwhile.
inline constexpr std::size_t kProbeSizeMin = 18, kProbeSizeMax = 40;
inline constexpr std::uint16_t kLargestStep = 1024;

// Ports of supernodes in Microsoft's networks (captures: 40001 to 40034 and 33033 over UDP and
// TCP), of log-in servers, and the way past firewalls.
inline constexpr std::uint16_t kSupernodePortFirst = 40001, kSupernodePortLast = 40047;
inline constexpr std::uint16_t kSupernodePort = 33033, kLoginPort = 12350, kWebPort = 443;

inline constexpr SignalInfo kFakeTls = {
    "SKYPE.TLS.FAKE", Rank::bytes,
    "Empty TLS handshake record first, then its empty answer or the constant 42cdefe740d72f1d"};
inline constexpr SignalInfo kFakeTlsStart = {"SKYPE.TLS.EMPTY", Rank::bytes,
                                             "Empty TLS handshake record first, no more seen"};
inline constexpr SignalInfo kFakeAnswered = {"SKYPE.TLS.ANSWER", Rank::bytes,
                                             "The server begins with an empty TLS record"};
inline constexpr SignalInfo kServerHelloConstant = {
    "SKYPE.TLS.SERVER", Rank::bytes, "TLS ServerHello with the random 401be48602ade029..."};
inline constexpr SignalInfo kSsl2Start = {"SKYPE.TLS.SSL2", Rank::bytes,
                                          "Hello in SSL 2.0 form, and what follows it is no TLS"};
inline constexpr SignalInfo kTcpSupernode = {
    "SKYPE.TCP.SUPERNODE", Rank::prefix,
    "No known protocol, to a supernode's port in Microsoft's networks, before 2017"};
inline constexpr SignalInfo kPeerHandshake = {
    "SKYPE.UDP.HANDSHAKE", Rank::bytes,
    "Refusal or repetition of a datagram: its id again, the size and address that belong to it"};
inline constexpr SignalInfo kPeerProbes = {
    "SKYPE.UDP.PROBES", Rank::bytes,
    "Three probes to one host: function 02, rising ids, nothing else in common"};
inline constexpr SignalInfo kPeerSupernode = {
    "SKYPE.UDP.SUPERNODE", Rank::prefix,
    "Datagram like a probe or refusal, at a supernode's port in Microsoft's networks, before 2017"};
inline constexpr SignalInfo kPeerData = {"SKYPE.UDP.DATA", Rank::bytes,
                                         "Run of datagrams with function 0D: a call or a file"};
inline constexpr SignalInfo kStunMicrosoft = {"SKYPE.STUN.MS", Rank::bytes,
                                              "Microsoft's STUN attributes and none of Teams' own"};
inline constexpr SignalInfo kNameText = {"SKYPE.NAME.TEXT", Rank::name,
                                         "Name of a chat or signalling server"};
inline constexpr SignalInfo kNameTransfer = {"SKYPE.NAME.TRANSFER", Rank::name,
                                             "Name of a server of pictures and files"};
inline constexpr SignalInfo kNameWeb = {"SKYPE.NAME.WEB", Rank::name,
                                        "Name of the site or the interface"};
inline constexpr SignalInfo kNameCall = {"SKYPE.NAME.CALL", Rank::name,
                                         "Name of a call controller or a media relay"};
inline constexpr SignalInfo kDns = {"SKYPE.DNS", Rank::name,
                                    "A DNS answer gave this address for a Skype name"};
inline constexpr SignalInfo kPeerSocket = {
    "SKYPE.PEER.SOCKET", Rank::behaviour,
    "Shares its local UDP port with a Skype relay flow of the same host"};

inline constexpr std::array kSignals = {
    kFakeTls,       kFakeTlsStart,  kFakeAnswered, kServerHelloConstant, kSsl2Start,
    kTcpSupernode,  kPeerHandshake, kPeerProbes,   kPeerSupernode,       kPeerData,
    kStunMicrosoft, kNameText,      kNameCall,     kNameTransfer,        kNameWeb,
    kDns,           kPeerSocket};

// Captures of 2015 to 2019. *.lync.com (Skype for Business) is another product and left out.
inline constexpr std::array kNames = {
    NameRule{"gateway.messenger.live.com", "", Service::text, &kNameText},
    NameRule{"trouter.skype.com", "", Service::text, &kNameText},
    NameRule{"trouter.io", "", Service::text, &kNameText},
    NameRule{"msg.skype.com", "", Service::text, &kNameText},
    NameRule{"skype.com", "conn", Service::text, &kNameText},
    NameRule{"flightproxy.skype.com", "", Service::text, &kNameText},
    NameRule{"registrar.skype.com", "", Service::text, &kNameText},
    NameRule{"skype.net", "", Service::text, &kNameText},         // directory and login nodes
    NameRule{"skype.akadns.net", "", Service::text, &kNameText},  // conn.skype.akadns.net
    NameRule{"cc.skype.com", "", Service::call, &kNameCall},
    NameRule{"relay.skype.com", "", Service::call, &kNameCall},
    NameRule{"tr.skype.com", "", Service::call, &kNameCall},
    NameRule{"asm.skype.com", "api", Service::transfer, &kNameTransfer},
    NameRule{"skype.com", "", Service::web, &kNameWeb},
    NameRule{"skypeassets.com", "", Service::web, &kNameWeb},
    NameRule{"skype.trafficmanager.net", "", Service::web, &kNameWeb},
    NameRule{"skypedata.akadns.net", "", Service::web, &kNameWeb},  // pipe.prd.skypedata
};

// Where supernodes and log-in servers stood. Microsoft's registered networks say nothing by
// themselves, so they are no networks of the application: they count together with port and shape.
inline constexpr std::string_view kRegistry =
    "ARIN, RIPE, APNIC: Microsoft; as nDPI 2.0 listed them";
inline constexpr std::array kSupernodeNetworks = {
    NetworkRule{"64.4.0.0/18", "2015-05", kRegistry},
    NetworkRule{"65.52.0.0/14", "2015-05", kRegistry},
    NetworkRule{"91.190.216.0/21", "2015-05", "RIPE: Skype Communications"},
    NetworkRule{"111.221.64.0/18", "2015-05", kRegistry},
    NetworkRule{"157.54.0.0/15", "2015-05", kRegistry},
    NetworkRule{"157.56.0.0/14", "2015-05", kRegistry},
    NetworkRule{"157.60.0.0/16", "2015-05", kRegistry},
    NetworkRule{"213.199.128.0/18", "2015-05", kRegistry},
};

}  // namespace deadair::classifiers::skype
