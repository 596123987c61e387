// Judges what a run's DNS transactions show: the findings of the family DNS.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "interference/dns_book.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"

namespace deadair::interference {

inline constexpr std::string_view kDnsRules = "DNS 1.2";

struct DnsContext {
  GateSet gates;  // of the capture
  // Does the address lie in the networks configured for the app? Left out: no networks are known.
  std::function<bool(std::string_view app, const IpAddress& address)> in_network;
};

// Findings of a book that is finished, in the order of their first frame. All findings of one name,
// client and resolver share one piece of evidence:
//   DNS.DUP       two different answers to one question; `likely` with one more sign from the
//                 headers
//   DNS.FAST, DNS.TTLDEV, DNS.EDNS    an answer unlike the resolver's others; alone never reported
//   DNS.BOGON     an address that no public name has; at most `likely`, `anomalous` from a resolver
//                 of the user's own network, `observed` where it is somebody's own arrangement, and
//                 once for each resolver when nobody's application asked
//   DNS.FP        an address published as that of a forged answer
//   DNS.WRONGNET  outside the app's networks, while inside ones were given elsewhere
//   DNS.NXDIFF, DNS.SERVFAIL, DNS.NOANS    an app's name fails three times while other names do not
std::vector<Finding> judge_dns(const DnsBook& book, const DnsContext& context);

}  // namespace deadair::interference
