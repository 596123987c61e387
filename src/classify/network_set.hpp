// Answers whether an address lies in one of a classifier's networks, for signatures that count only
// there.
#pragma once

#include <algorithm>
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
      if (parse_ip_prefix(rule.cidr, prefix)) prefixes_.push_back(prefix);
    }
  }

  // Looks at every prefix: ask only when the bytes already fit.
  [[nodiscard]] bool contains(const IpAddress& address) const {
    return std::any_of(prefixes_.begin(), prefixes_.end(),
                       [&address](const IpPrefix& prefix) { return prefix.contains(address); });
  }
  [[nodiscard]] bool contains_end_of(const FlowFacts& flow) const {
    return contains(flow.server) || contains(flow.client);
  }

 private:
  std::vector<IpPrefix> prefixes_;
};

}  // namespace deadair::classify
