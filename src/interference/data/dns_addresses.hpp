// Addresses published as those of forged or filtering DNS answers.
//
// From the list of ooni/blocking-fingerprints (fingerprints_dns.csv, read 2026-11-22), those of
// national scope ("nat") and "full" patterns; 10.10.34.36 from reports of users (read 2026-11-22 in
// public repositories of checkers for Iran, the oldest dated 2016-03-14). Left out: filters that a
// subscriber chooses, lists of institutions, 0.0.0.0, 127.0.0.1 and 1.2.3.4 (no one's in
// particular). For Azerbaijan the list has no entry. An address may be an innocent host's today.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "bytes/ip_address.hpp"

namespace deadair::interference {

struct PublishedAddress {
  IpAddress address;
  std::string_view label;
  std::string_view reference;
};

namespace published {
constexpr IpAddress quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return IpAddress::v4(a << 24 | b << 16 | c << 8 | d);
}
inline constexpr std::string_view kOoni = "ooni/blocking-fingerprints, read 2026-11-22";
inline constexpr std::string_view kUsers = "reports of users since 2016, read 2026-11-22";
}  // namespace published

inline constexpr std::array kPublishedAddresses = {
    PublishedAddress{published::quad(8, 7, 198, 45), "CN", published::kOoni},
    PublishedAddress{published::quad(37, 61, 54, 158), "CN", published::kOoni},
    PublishedAddress{published::quad(46, 82, 174, 68), "CN", published::kOoni},
    PublishedAddress{published::quad(78, 16, 49, 15), "CN", published::kOoni},
    PublishedAddress{published::quad(93, 46, 8, 89), "CN", published::kOoni},
    PublishedAddress{published::quad(159, 106, 121, 75), "CN", published::kOoni},
    PublishedAddress{published::quad(203, 98, 7, 65), "CN", published::kOoni},
    PublishedAddress{published::quad(59, 24, 3, 173), "CN", published::kOoni},
    PublishedAddress{published::quad(243, 185, 187, 39), "CN", published::kOoni},
    PublishedAddress{published::quad(10, 10, 34, 34), "IR", published::kOoni},
    PublishedAddress{published::quad(10, 10, 34, 35), "IR", published::kOoni},
    PublishedAddress{published::quad(10, 10, 34, 36), "IR", published::kUsers},
    PublishedAddress{published::quad(167, 172, 4, 60), "MM", published::kOoni},
    PublishedAddress{published::quad(218, 100, 84, 78), "MN", published::kOoni},
    PublishedAddress{published::quad(175, 139, 142, 25), "MY", published::kOoni},
    PublishedAddress{published::quad(145, 237, 235, 240), "PL", published::kOoni},
    PublishedAddress{published::quad(195, 187, 6, 33), "PL", published::kOoni},
    PublishedAddress{published::quad(195, 187, 6, 34), "PL", published::kOoni},
    PublishedAddress{published::quad(195, 187, 6, 35), "PL", published::kOoni},
    PublishedAddress{published::quad(78, 133, 250, 166), "PL", published::kOoni},
    PublishedAddress{published::quad(195, 116, 107, 98), "PL", published::kOoni},
    PublishedAddress{published::quad(62, 33, 207, 196), "RU", published::kOoni},
    PublishedAddress{published::quad(62, 33, 207, 197), "RU", published::kOoni},
    PublishedAddress{published::quad(125, 26, 170, 3), "TH", published::kOoni},
    PublishedAddress{published::quad(195, 175, 254, 2), "TR", published::kOoni},
    PublishedAddress{published::quad(217, 175, 53, 72), "IT", published::kOoni},
    PublishedAddress{published::quad(83, 224, 65, 74), "IT", published::kOoni},
};

namespace published {
// Last octets of the addresses: nearly no other address goes further.
inline constexpr std::array<bool, 256> kOctets = [] {
  std::array<bool, 256> octets{};
  for (const PublishedAddress& row : kPublishedAddresses) octets[row.address.low & 0xff] = true;
  return octets;
}();
}  // namespace published

// Null when the address is not on the list.
inline const PublishedAddress* published_address(const IpAddress& address) {
  if (!published::kOctets[address.low & 0xff]) return nullptr;
  for (const PublishedAddress& row : kPublishedAddresses)
    if (row.address == address) return &row;
  return nullptr;
}

}  // namespace deadair::interference
