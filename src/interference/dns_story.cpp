// Reads the fields of a DNS answer that tell on its sender, and what names and addresses are
// public.
#include "interference/dns_story.hpp"

#include <algorithm>
#include <cstring>

#include "bytes/hash.hpp"

namespace deadair::interference {
namespace {

namespace dns = proto::dns;

// Eight bytes at a time: it is asked for each message.
std::uint64_t hash_of(ByteView bytes) {
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;  // 2^64 by the golden ratio
  constexpr std::size_t kWord = 8;
  std::uint64_t value = bytes.size();
  const auto take = [&](ByteView piece) {
    std::uint64_t word = 0;
    std::memcpy(&word, piece.data(), piece.size());
    value = (value ^ word) * kOdd;
    value ^= value >> 32;
  };
  for (std::size_t at = 0; at + kWord < bytes.size(); at += kWord) take(bytes.sub(at, kWord));
  if (bytes.size() >= kWord)
    take(bytes.sub(bytes.size() - kWord, kWord));  // may overlap the one before
  else if (!bytes.empty())
    take(bytes);
  return mix(value);
}

void take_record(const dns::Record& record, DnsAnswer& out) {
  IpAddress address;
  if (!dns::address_of(record, address)) return;
  out.set_hash += mix(address.high ^ mix(address.low + record.type));
  const auto known = out.kept();
  if (out.address_count < DnsAnswer::kMostAddresses &&
      std::ranges::find(known, address) == known.end())
    out.addresses[out.address_count++] = address;
}

// What stands in the answer when no address does: a name may be written in several ways, its kind
// and number are not.
std::uint64_t shape_of(const dns::Message& message) {
  std::uint64_t hash = mix(std::uint64_t{message.rcode} + 1);
  dns::AnswerReader reader(message);
  for (dns::Record record; reader.next(record);) hash += mix(std::uint64_t{record.type} << 8);
  return hash;
}

constexpr std::array<std::string_view, 17> kLocalDomains = {
    "local", "lan",     "home", "localdomain", "internal", "intranet",
    "corp",  "private", "arpa", "test",        "invalid",  "localhost",
    "onion", "alt",     "box",  "domain",      "workgroup"};

constexpr IpPrefix v4_net(std::uint32_t address, std::uint8_t bits) {
  return {IpAddress::v4(address), bits};
}

// RFC 6890 and its updates; 0/8 and :: are answers of filters. ipv4only.arpa (192.0.0.0/29) and the
// NAT64 prefix are no bogons.
constexpr std::array kBogons = {
    v4_net(0x0000'0000, 8),
    v4_net(0x0a00'0000, 8),
    v4_net(0x6440'0000, 10),
    v4_net(0x7f00'0000, 8),
    v4_net(0xa9fe'0000, 16),
    v4_net(0xac10'0000, 12),
    v4_net(0xc000'0200, 24),
    v4_net(0xc0a8'0000, 16),
    v4_net(0xc612'0000, 15),
    v4_net(0xc633'6400, 24),
    v4_net(0xcb00'7100, 24),
    v4_net(0xf000'0000, 4),
    IpPrefix{{0, 0}, 127},
    IpPrefix{{0xfc00'0000'0000'0000, 0}, 7},
    IpPrefix{{0xfe80'0000'0000'0000, 0}, 10},
    IpPrefix{{0x2001'0db8'0000'0000, 0}, 32},
};

// First octets of IPv4 addresses that may be bogons.
constexpr std::array<bool, 256> kBogonOctets = [] {
  std::array<bool, 256> octets{};
  for (const IpPrefix& net : kBogons) {
    if (!net.address.is_v4()) continue;
    const std::uint32_t first = net.address.v4() >> 24;
    const std::uint32_t count = net.bits < 8 ? 1U << (8 - net.bits) : 1;
    for (std::uint32_t octet = first; octet < first + count; ++octet) octets[octet] = true;
  }
  return octets;
}();

}  // namespace

std::uint64_t dns_name_hash(std::string_view name) { return hash_of(ByteView::of(name)); }

std::uint64_t dns_bytes_hash(const dns::Message& message) { return hash_of(message.bytes); }

bool has_opt(const dns::Message& message) {
  if (message.additionals == 0) return false;
  dns::AnswerReader reader(message, dns::AnswerReader::kEverySection);
  for (dns::Record record; reader.next(record);)
    if (record.type == dns::record_type::kOpt) return true;
  return false;
}

void read_dns_answer(const wire::Packet& packet, const dns::Message& message,
                     std::uint64_t bytes_hash, DnsAnswer& out) {
  out.frame = packet.frame;
  out.ts_ns = packet.ts_ns;
  out.set_hash = 0;
  out.bytes_hash = bytes_hash;
  out.rr_ttl = 0;
  out.flags = message.bytes.be16(2);
  out.ip_id = packet.ip_id;
  out.ttl = packet.ttl;
  out.rcode = message.rcode;
  out.address_count = 0;
  out.ipv4 = packet.ip_version == 4;
  out.opt = false;
  dns::AnswerReader reader(message, dns::AnswerReader::kEverySection);
  std::uint32_t read = 0;
  for (dns::Record record; reader.next(record); ++read) {
    if (read == 0 && message.answers != 0) out.rr_ttl = record.ttl;
    if (read < message.answers) take_record(record, out);
    out.opt = out.opt || record.type == dns::record_type::kOpt;
  }
  if (out.set_hash == 0) out.set_hash = shape_of(message);
}

bool is_public_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  return std::ranges::find(kLocalDomains, name.substr(dot + 1)) == kLocalDomains.end();
}

bool is_bogon(const IpAddress& address, std::span<const IpPrefix> public_nets) {
  if (address.is_v4() && !kBogonOctets[address.v4() >> 24]) return false;
  const auto holds = [&address](const IpPrefix& net) { return net.contains(address); };
  return std::ranges::any_of(kBogons, holds) && std::ranges::none_of(public_nets, holds);
}

}  // namespace deadair::interference
