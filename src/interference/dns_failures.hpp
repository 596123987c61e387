// Judges how watched names fared with each resolver, against each other.
#pragma once

#include <vector>

#include "interference/dns_answers.hpp"

namespace deadair::interference {

// DNS.NXDIFF, DNS.SERVFAIL, DNS.NOANS and DNS.WRONGNET.
void judge_names(const DnsBook& book, const DnsContext& context, std::vector<Finding>& out);

// The record of the same name with another resolver, or of another client, that was answered well;
// null when there is none.
const DnsNameRecord* good_control_of(const DnsBook& book, std::uint64_t name_hash,
                                     const IpAddress& but_resolver);

}  // namespace deadair::interference
