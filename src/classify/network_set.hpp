// Answers whether an address lies in one of a classifier's networks, for signatures that count only
// there.
#pragma once

#include <algorithm>
#include <bitset>
#include <span>
#include <vector>

#include "bytes/ip_address.hpp"
#include "classify/classifier.hpp"

namespace deadair::classify {

// Made once, at start-up. Rules that are no networks are left out here; RuleIndex refuses them.
class NetworkSet {
 public:
  explicit NetworkSet(std::span<const NetworkRule> rules) {
    for (const NetworkRule& rule : rules) {
      IpPrefix prefix;
      if (parse_ip_prefix(rule.cidr, prefix)) add(prefix);
    }
  }

  // Most addresses end at their first octet.
  [[nodiscard]] bool contains(const IpAddress& address) const {
    if (address.is_v4() && !first_octets_[address.v4() >> 24]) return false;
    return std::any_of(prefixes_.begin(), prefixes_.end(),
                       [&address](const IpPrefix& prefix) { return prefix.contains(address); });
  }
  [[nodiscard]] bool contains_end_of(const FlowFacts& flow) const {
    return contains(flow.server) || contains(flow.client);
  }

 private:
  void add(const IpPrefix& prefix) {
    prefixes_.push_back(prefix);
    if (!prefix.address.is_v4()) return;
    const std::uint32_t open = prefix.bits >= 8 ? 0 : 0xffU >> prefix.bits;
    const std::uint32_t first = prefix.address.v4() >> 24 & ~open;
    for (std::uint32_t octet = first; octet <= (first | open); ++octet) first_octets_.set(octet);
  }

  std::vector<IpPrefix> prefixes_;
  std::bitset<256> first_octets_;  // of IPv4 prefixes
};

}  // namespace deadair::classify
