// Tells DNS answers that a network, or a program of the user's, gives by its own choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "interference/dns_book.hpp"

namespace deadair::interference {

// Why an answer is somebody's own arrangement rather than a forgery.
enum class OwnChoice : std::uint8_t {
  none,
  itself,    // the resolver's own address: a filter with a page of its own, or a login page
  for_many,  // one address for unrelated names, from a resolver of the user's network
  for_all,   // one address for nearly every name for a while, in the name of whatever resolver
  embedded,  // an IPv6 address that holds the name's IPv4 address: DNS64 (RFC 6147)
  made_up,   // each name its own address of a range that is never routed: a proxy's table
};

// What the odd answers of a whole run have in common, by resolver.
class LocalAnswers {
 public:
  static constexpr std::size_t kManyNames = 3;

  // The book outlives it.
  explicit LocalAnswers(const DnsBook& book);

  // Nobody but the network itself answers from a private address; one taken for public is none.
  [[nodiscard]] bool is_near(const IpAddress& resolver) const;
  // Of all addresses of the answer that no public name has.
  [[nodiscard]] OwnChoice choice(const DnsTransaction& story, const DnsAnswer& answer) const;

 private:
  // Given one address by one resolver.
  struct Given {
    std::set<std::string_view> sites;
    bool nobodys = false;  // a name among them that nobody watches
    std::uint64_t answers = 0;
    // What the resolver had answered well before the first and the last of them.
    std::uint64_t good_first = 0, good_last = 0;
  };

  [[nodiscard]] OwnChoice choice(const DnsTransaction& story, const IpAddress& address) const;
  void note(const DnsTransaction& story, const IpAddress& address);
  [[nodiscard]] static bool to_all(const Given& given);
  [[nodiscard]] bool holds_good_v4(const DnsTransaction& story, const IpAddress& address) const;

  const DnsBook* book_;
  // Sites given each address, and names given each made-up one.
  std::map<std::pair<IpAddress, IpAddress>, Given> given_;
  std::map<IpAddress, std::map<IpAddress, std::set<std::uint64_t>>> made_up_;
};

// 198.18.0.0/15 (RFC 2544, for benchmarks) and fc00::/18 (never assigned: RFC 4193 section 3.2 left
// the L bit 0 for later): what proxies take whose resolver makes addresses up.
bool is_made_up(const IpAddress& address);

// Does the IPv6 address hold the IPv4 address at a position that RFC 6052 section 2.2 gives for
// prefixes of 32, 40, 48, 56, 64 or 96 bits?
bool embeds(const IpAddress& v6, const IpAddress& v4);

}  // namespace deadair::interference
