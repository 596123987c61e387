// What detectors of forged DNS answers are given: one question, all answers to it, and whose name
// it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bytes/ip_address.hpp"
#include "proto/dns.hpp"
#include "wire/packet.hpp"

namespace deadair::interference {

// Bits of the second pair of octets of a DNS header (RFC 1035 section 4.1.1).
namespace dns_flag {
inline constexpr std::uint16_t kAuthoritative = 0x0400, kTruncated = 0x0200, kAsked = 0x0100,
                               kRecursion = 0x0080;
}  // namespace dns_flag
namespace dns_rcode {
inline constexpr std::uint8_t kNoError = 0, kServerFailure = 2, kNoSuchName = 3;
}  // namespace dns_rcode

// One answer as it came: header fields of its packet and what it says.
struct DnsAnswer {
  static constexpr std::size_t kMostAddresses = 4;

  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
  std::uint64_t set_hash = 0;    // of what it says, in any order: records, or the denial
  std::uint64_t bytes_hash = 0;  // of the whole message
  std::uint32_t rr_ttl = 0;      // seconds, of the first record
  std::uint16_t flags = 0;       // dns_flag bits and the rest, as on the wire
  std::uint16_t ip_id = 0;
  std::uint8_t ttl = 0;  // of the IP packet
  std::uint8_t rcode = 0;
  std::uint8_t address_count = 0;  // kept ones
  bool ipv4 = true;
  bool opt = false;                                   // carries an OPT record (RFC 6891)
  std::array<IpAddress, kMostAddresses> addresses{};  // the first ones

  [[nodiscard]] std::span<const IpAddress> kept() const {
    return std::span(addresses).first(address_count);
  }
};

// Whose name is asked for. `app` is a string that lives as long as the program.
struct DnsName {
  std::string_view app;  // the classifier that knows the name; empty: none does
  bool watched = false;  // of a known application, or on the user's list
};

// A question without its name, and how often it was asked and answered.
struct DnsQuestion {
  std::uint64_t name_hash = 0;
  IpAddress client, resolver;
  std::uint16_t client_port = 0;
  std::uint16_t id = 0;
  std::uint16_t qtype = 0;
  std::int64_t begun_ns = 0;   // the first question, or the first answer without one
  std::int64_t asked_ns = 0;   // the last question
  wire::FrameRef first_query;  // not valid: no question was captured
  DnsName of;
  std::uint16_t queries = 0;  // sent, copies of the capture left out
  std::uint16_t query_flags = 0;
  std::uint16_t answers_seen = 0;  // copies and retransmissions of the same bytes left out
  std::uint8_t answer_count = 0;   // kept
  bool query_opt = false;

  // From the first question to the answer; nothing when no question was captured.
  [[nodiscard]] std::optional<std::int64_t> latency(const DnsAnswer& answer) const {
    if (!first_query.valid()) return std::nullopt;
    return answer.ts_ns - begun_ns;
  }
};

// A question and what came back within five seconds.
struct DnsTransaction : DnsQuestion {
  static constexpr std::size_t kMostAnswers = 4;

  proto::dns::Name name;
  std::array<DnsAnswer, kMostAnswers> answers;
  // Questions before it that the resolver answered with addresses, and nothing odd.
  std::uint64_t addresses_before = 0;

  [[nodiscard]] std::span<const DnsAnswer> kept() const {
    return std::span(answers).first(answer_count);
  }
};

// Hash of a whole message: the same bytes are a copy.
std::uint64_t dns_bytes_hash(const proto::dns::Message& message);
// Reads an answer's fields. Allocates nothing. Of `out.addresses` only the kept ones are written.
void read_dns_answer(const wire::Packet& packet, const proto::dns::Message& message,
                     std::uint64_t bytes_hash, DnsAnswer& out);
// Does any section of the message hold an OPT record?
bool has_opt(const proto::dns::Message& message);
// Of a name in the form of proto::dns::Name.
std::uint64_t dns_name_hash(std::string_view name);

// A name that the whole Internet is to resolve alike: not one label, not under a domain of local
// use (RFC 6761, RFC 6762 appendix G, RFC 8375) and not in a reverse zone.
bool is_public_name(std::string_view name);

// An address that no public name has: unspecified, private, shared, loopback, link-local, unique
// local, documentation, or for future use. `public_nets` are taken as public ones.
bool is_bogon(const IpAddress& address, std::span<const IpPrefix> public_nets);

}  // namespace deadair::interference
