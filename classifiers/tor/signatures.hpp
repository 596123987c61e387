// What identifies Tor: its ClientHellos, the names it makes up, its directory, and the documented
// signals.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classify/classifier.hpp"

namespace deadair::classifiers::tor {

using classify::NetworkRule;
using classify::Rank;
using classify::SignalInfo;

// Cipher suites that clients offer, in order, without those of TLS 1.3: src/lib/tls/ciphers.inc and
// src/common/ciphers.inc of tor (copies of 0.4.x and 0.3.x, read 2026-11-22). OpenSSL leaves out
// what it no longer has.
inline constexpr std::array<std::uint16_t, 15> kSuites2018 = {
    0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009,
    0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035, 0x000a};
inline constexpr std::array<std::uint16_t, 23> kSuites2014 = {
    0xc02b, 0xc02f, 0xc00a, 0xc009, 0xc013, 0xc014, 0xc012, 0xc007, 0xc011, 0x0033, 0x0032, 0x0045,
    0x0039, 0x0038, 0x0088, 0x0016, 0x002f, 0x0041, 0x0035, 0x0084, 0x000a, 0x0005, 0x0004};
// A public capture of 2013 (nDPI test set), read 2026-11-22.
inline constexpr std::array<std::uint16_t, 35> kSuites2012 = {
    0xc00a, 0xc014, 0x0088, 0x0087, 0x0039, 0x0038, 0xc00f, 0xc005, 0x0084, 0x0035, 0xc007, 0xc009,
    0xc011, 0xc013, 0x0045, 0x0044, 0x0033, 0x0032, 0xc00c, 0xc00e, 0xc002, 0xc004, 0x0096, 0x0041,
    0x0004, 0x0005, 0x002f, 0xc008, 0xc012, 0x0016, 0x0013, 0xc00d, 0xc003, 0xfeff, 0x000a};
inline constexpr std::size_t kLeastSuites = 11;
inline constexpr std::uint16_t kRenegotiation = 0x00ff;  // OpenSSL's, last; browsers do not send it

// Names are "www.", random base32, and a domain: crypto_random_hostname(4, 25, "www.", ".com") for
// the SNI, (8, 20, "www.", ".net") for the subject of a certificate, (8, 20, "www.", ".com") for
// its issuer (tor's tortls.c and tortls_openssl.c, read 2026-11-22).
struct MadeUp {
  std::size_t least, most;
  std::string_view suffix;
};
inline constexpr MadeUp kServerName = {4, 25, ".com"};
inline constexpr MadeUp kSubject = {8, 20, ".net"};
inline constexpr MadeUp kIssuer = {8, 20, ".com"};

// What a letter says for base32 (1 in 32) against a name people chose: 10 log2 of the ratio, with
// the frequencies of letters in English and two digits in a hundred characters.
inline constexpr std::array<std::int8_t, 26> kLetterOdds = {-14, 6,   -4, -1, -17, 8,   4, 1,  -12,
                                                            27,  9,   -7, 0,  -10, -13, 1, 37, -10,
                                                            -11, -10, -1, 12, 11,  27,  8, 24};
inline constexpr int kDigitOdds = 36;
inline constexpr int kMoreRandom = 1;   // rather base32 than a name
inline constexpr int kVeryRandom = 40;  // 1 in 16; passed by 60 to 97 of 100 labels of Tor's

// Requests to a directory (dir-spec.txt, appendix B, read 2026-11-22) and the header of its
// answers.
inline constexpr std::string_view kDirectory = "GET /tor/";
inline constexpr std::array<std::string_view, 7> kResources = {
    "status-vote/", "server/", "extra/", "micro/", "keys/", "rendezvous2/", "hs/3/"};
inline constexpr std::string_view kAddressHeader = "\r\nX-Your-Address-Is: ";

inline constexpr SignalInfo kHello = {
    "TOR.TLS.HELLO", Rank::bytes,
    "A ClientHello of tor: its cipher suites, no ALPN, and a random name as SNI"};
inline constexpr SignalInfo kName = {"TOR.TLS.NAME", Rank::bytes,
                                     "A random name as SNI in a hello of OpenSSL without ALPN, or "
                                     "tor's cipher suites with a name that may be chosen"};
inline constexpr SignalInfo kCertificate = {
    "TOR.TLS.CERT", Rank::bytes,
    "A certificate for a random name under .net, issued by a random name under .com"};
inline constexpr SignalInfo kDirectoryUse = {"TOR.DIR", Rank::bytes,
                                             "A request to a Tor directory, or its answer"};

inline constexpr std::array kSignals = {kHello, kName, kCertificate, kDirectoryUse};

// Directory authorities. They confirm the unsure signal; alone they claim nothing.
inline constexpr std::string_view kAuthorities = "torproject/tor, src/app/config/auth_dirs.inc";
inline constexpr std::string_view kMoved = "lists of authorities in several Tor clients";
inline constexpr std::array kNetworks = {
    NetworkRule{"128.31.0.39/32", "2026-11-22", kAuthorities},
    NetworkRule{"86.59.21.38/32", "2026-11-22", kAuthorities},
    NetworkRule{"217.196.147.77/32", "2026-11-22", kMoved},
    NetworkRule{"45.66.35.11/32", "2026-11-22", kAuthorities},
    NetworkRule{"66.111.2.131/32", "2026-11-22", kAuthorities},
    NetworkRule{"131.188.40.189/32", "2026-11-22", kAuthorities},
    NetworkRule{"193.23.244.244/32", "2026-11-22", kAuthorities},
    NetworkRule{"171.25.193.9/32", "2026-11-22", kAuthorities},
    NetworkRule{"154.35.175.225/32", "2026-11-22", kAuthorities},
    NetworkRule{"216.218.219.41/32", "2026-11-22", kMoved},
    NetworkRule{"199.58.81.140/32", "2026-11-22", kAuthorities},
    NetworkRule{"204.13.164.118/32", "2026-11-22", kAuthorities},
};

}  // namespace deadair::classifiers::tor
