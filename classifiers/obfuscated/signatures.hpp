// What gives traffic away that tries to look like nothing, or like TLS: thresholds, byte constants
// and documented signals, each with source and date.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "classify/classifier.hpp"

namespace deadair::classifiers::obfuscated {

using classify::Rank;
using classify::SignalInfo;

// ---- Fully encrypted streams: no byte of them says what they are (obfs4, Shadowsocks, VMess,
// obfuscated SSH). The rule is the one that China's firewall was measured to apply to the first
// packet of the client: Wu et al., "How the Great Firewall of China Detects and Blocks Fully
// Encrypted Traffic", USENIX Security 2023, exemptions Ex1 to Ex5 (read 2026-11-21).
inline constexpr std::size_t kFewestOnesTenths = 34;  // Ex1: set bits a byte, in tenths
inline constexpr std::size_t kMostOnesTenths = 46;
inline constexpr std::size_t kPrintableStart = 6;  // Ex2: that many printable bytes in front
inline constexpr std::size_t kPrintableRun = 20;   // Ex4: more printable bytes than this in a row

// Ours, for alone the rule claims 69 TCP flows of our test captures (README), of which two are
// tunnels. Skype's old TCP, BitTorrent's "Message Stream Encryption" (a key of 96 bytes and 0 to
// 512 random ones each way: pkg.go.dev/github.com/cbluth/bittorrent/pkg/mse, read 2026-11-22),
// eMule, Threema, I2P (general knowledge, not looked up) and speed tests exchange short random
// greetings; a proxy's client sends a whole request, or its server a whole answer.
inline constexpr std::size_t kShortest = 64;          // of either side's first flight
inline constexpr std::size_t kLongestGreeting = 608;  // one flight at least exceeds it
// Chi-squared of the byte values, 255 degrees of freedom: mean 255, deviation 22.6, so that random
// bytes fail once in a million.
inline constexpr std::uint64_t kChiSquaredLow = 142;
inline constexpr std::uint64_t kChiSquaredHigh = 368;
inline constexpr std::size_t kMostCounted = 4096;
inline constexpr std::size_t kHeadOfNoRuns = 64;  // no three equal bytes in a row there

// Bitcoin, whose version 2 transport looks random by design: a key of 64 bytes and up to 4095 more
// each way (bitcoin/bips, bip-0324.mediawiki, read 2026-11-22). Ports of its four networks: copies
// of its chainparams.cpp, read 2026-11-22.
inline constexpr std::array<std::uint16_t, 4> kBitcoinPorts = {8333, 18333, 38333, 48333};

// ---- Imitations of TLS. PotatoVPN sends hellos under the names of famous sites whose cipher
// suites are random numbers, and its server chooses one of them (public capture of 2023, mercury's
// test set, read 2026-11-22; suites: IANA, "TLS Cipher Suites", 2026-11-21). No TLS can use them.
inline constexpr std::size_t kFewestInvented = 4;

// simple-obfs in TLS mode puts its data into a session_ticket extension that comes first, before
// the name, with a copy of OpenSSL 1.1.0's 28 suites (simple-obfs, src/obfs_tls.c, read
// 2026-11-22). OpenSSL itself writes the name first.
inline constexpr std::size_t kSimpleObfsSuiteBytes = 56;
inline constexpr std::uint32_t kSimpleObfsFirstSuites = 0xc02cc030;

inline constexpr SignalInfo kEntropy = {
    "OBF.ENTROPY", Rank::behaviour,
    "Both sides' first flights are random bytes without any structure, and no short greetings: the "
    "entropy rule of fully encrypted traffic (obfs4, Shadowsocks, VMess, obfuscated SSH)"};
inline constexpr SignalInfo kSuites = {
    "OBF.TLS.SUITES", Rank::bytes,
    "Imitation of TLS: the cipher suites of the ClientHello are invented numbers"};
inline constexpr SignalInfo kChoice = {
    "OBF.TLS.CHOICE", Rank::bytes,
    "Imitation of TLS: the ServerHello chooses a cipher suite that does not exist"};
inline constexpr SignalInfo kTicket = {
    "OBF.TLS.TICKET", Rank::bytes,
    "Imitation of TLS by simple-obfs: data in a session ticket in front of the server name"};

inline constexpr std::array kSignals = {kEntropy, kSuites, kChoice, kTicket};

}  // namespace deadair::classifiers::obfuscated
