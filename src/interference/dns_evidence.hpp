// Weighs what one DNS transaction shows: two answers, and answers that are not the resolver's own.
#pragma once

#include "interference/dns_book.hpp"
#include "interference/evidence.hpp"

namespace deadair::interference {

// What fired; each becomes a finding of its own with the evidence of all.
struct DnsSigns {
  bool duplicate = false;  // DNS.DUP
  bool early = false;      // DNS.FAST
  bool ttl = false;        // DNS.TTLDEV
  bool flags = false;      // DNS.EDNS
  bool bogon = false;      // DNS.BOGON
  bool published = false;  // DNS.FP

  [[nodiscard]] bool any() const {
    return duplicate || early || ttl || flags || bogon || published;
  }
  void join(const DnsSigns& other);
};

// Two answers of different content to one question: which is the stranger one, and the other.
struct DnsConflict {
  const DnsAnswer* suspect = nullptr;
  const DnsAnswer* other = nullptr;
};

// Nothing when there are not more answers than questions. Either answer may come first. The suspect
// is the one less like what the resolver sends otherwise, and the first of two equally strange
// ones.
std::optional<DnsConflict> conflict_of(const DnsTransaction& transaction,
                                       const ResolverHabit* habit);

// Adds items for a conflict, and for what its suspect says.
DnsSigns judge_conflict(const DnsTransaction& transaction, const DnsConflict& conflict,
                        const ResolverHabit* habit, std::span<const IpPrefix> public_nets,
                        Evidence& evidence);

// The same for an answer that is the only one.
DnsSigns judge_answer(const DnsTransaction& transaction, const DnsAnswer& answer,
                      const ResolverHabit& habit, std::span<const IpPrefix> public_nets,
                      Evidence& evidence);

// Looks like a filter in the user's own device or network: nothing but 0.0.0.0, or from so near
// that no operator's equipment can have sent it.
bool is_local_filter(const DnsTransaction& transaction, const DnsAnswer& answer,
                     const ResolverHabit* habit);

// "203.0.113.66 (TTL 46)", "no such name (TTL 46)".
std::string describe(const DnsAnswer& answer);

}  // namespace deadair::interference
