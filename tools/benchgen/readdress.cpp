// Finds the addresses and checksums of Ethernet frames and rewrites them.
#include "readdress.hpp"

#include <cstddef>

#include "random.hpp"

namespace deadair::bench {
namespace {

using Frame = std::span<const std::uint8_t>;

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::size_t kIpv6Header = 40;

std::uint32_t get16(Frame frame, std::size_t at) {
  return at + 2 <= frame.size() ? std::uint32_t{frame[at]} << 8 | frame[at + 1] : 0;
}

std::uint32_t get32(Frame frame, std::size_t at) {
  return get16(frame, at) << 16 | get16(frame, at + 2);
}

void put16(std::span<std::uint8_t> frame, std::size_t at, std::uint32_t value) {
  frame[at] = static_cast<std::uint8_t>(value >> 8);
  frame[at + 1] = static_cast<std::uint8_t>(value);
}

bool is_private(std::uint32_t address) {
  return address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8 ||
         address >> 22 == (100u << 2 | 1);
}

// Multicast, broadcast, loopback and "this host" mean something and stay.
bool is_unicast(std::uint32_t address) {
  const std::uint32_t net = address >> 24;
  return net != 0 && net != 127 && net < 224;
}

// Where the checksum over the pseudo header stands; 0 when it is not there, or not in use.
std::uint16_t transport_checksum(Frame frame, std::size_t at, std::uint8_t protocol) {
  const std::size_t offset = protocol == kTcp      ? 16
                             : protocol == kUdp    ? 6
                             : protocol == kIcmpv6 ? 2
                                                   : 0;
  if (offset == 0 || at + offset + 2 > frame.size()) return 0;
  if (protocol == kUdp && get16(frame, at + offset) == 0) return 0;
  return static_cast<std::uint16_t>(at + offset);
}

// 0 when the source is the client, 1 when the destination is.
int higher_port(Frame frame, std::size_t at, std::uint8_t protocol, bool source_is_higher) {
  const bool has_ports = protocol == kTcp || protocol == kUdp;
  const std::uint32_t from = has_ports ? get16(frame, at) : 0;
  const std::uint32_t to = has_ports ? get16(frame, at + 2) : 0;
  if (from == to) return source_is_higher ? 0 : 1;
  return from > to ? 0 : 1;
}

AddressPlan plan_ipv6(Frame frame, std::size_t at) {
  AddressPlan plan;
  if (at + kIpv6Header > frame.size()) return plan;
  const std::uint8_t protocol = frame[at + 6];
  const std::size_t transport = at + kIpv6Header;
  plan.transport_checksum_at = transport_checksum(frame, transport, protocol);
  const bool source_is_higher = get32(frame, at + 20) > get32(frame, at + 36);
  const int client = higher_port(frame, transport, protocol, source_is_higher);
  const std::size_t address = at + (client == 0 ? 8 : 24);
  const bool is_multicast = frame[address] == 0xff;
  if (!is_multicast) plan.address_at[0] = static_cast<std::uint16_t>(address + 12);
  return plan;
}

// RFC 1624 section 3, equation 3: HC' = ~(~HC + ~m + m').
void update_checksum(std::span<std::uint8_t> frame, std::size_t at, std::uint32_t old_address,
                     std::uint32_t new_address) {
  if (at == 0) return;
  std::uint32_t sum = ~get16(frame, at) & 0xffff;
  sum +=
      (~old_address >> 16) + (~old_address & 0xffff) + (new_address >> 16) + (new_address & 0xffff);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  put16(frame, at, ~sum);
}

}  // namespace

AddressPlan Planner::plan(Frame frame) {
  std::size_t at = 12;
  while (get16(frame, at) == 0x8100 || get16(frame, at) == 0x88a8) at += 4;
  const std::uint32_t type = get16(frame, at);
  at += 2;
  if (type == 0x0800 && at + 20 <= frame.size() && frame[at] >> 4 == 4) return plan_ipv4(frame, at);
  if (type == 0x86dd) return plan_ipv6(frame, at);
  return {};
}

AddressPlan Planner::plan_ipv4(Frame frame, std::size_t at) {
  const std::uint32_t ends[2] = {get32(frame, at + 12), get32(frame, at + 16)};
  const std::uint8_t protocol = frame[at + 9];
  const std::size_t transport = at + std::size_t{frame[at] & 0xfu} * 4;
  const bool is_first = (get16(frame, at + 6) & 0x1fff) == 0;
  int client = higher_port(frame, transport, protocol, ends[0] > ends[1]);
  const FragmentKey key{ends[0], ends[1], get16(frame, at + 4) << 8 | protocol};
  if (is_first && (get16(frame, at + 6) & 0x2000) != 0) client_of_fragment_[key] = client;
  if (const auto found = client_of_fragment_.find(key);
      !is_first && found != client_of_fragment_.end()) {
    client = found->second;
  }
  AddressPlan plan;
  plan.ip_checksum_at = static_cast<std::uint16_t>(at + 10);
  if (is_first && protocol != kIcmpv6) {
    plan.transport_checksum_at = transport_checksum(frame, transport, protocol);
  }
  const bool none_private = !is_private(ends[0]) && !is_private(ends[1]);
  for (int end = 0; end < 2; end++) {
    const bool changes =
        none_private ? end == client && is_unicast(ends[end]) : is_private(ends[end]);
    if (changes) plan.address_at[end] = static_cast<std::uint16_t>(at + (end == 0 ? 12 : 16));
  }
  return plan;
}

void readdress(std::span<std::uint8_t> frame, const AddressPlan& plan, std::uint64_t salt) {
  for (const std::size_t at : plan.address_at) {
    if (at == 0) continue;
    const std::uint32_t before = get32(frame, at);
    auto after = static_cast<std::uint32_t>(splitmix64(before ^ salt));
    if (plan.ip_checksum_at != 0) after = 10u << 24 | (after & 0xffffff);
    put16(frame, at, after >> 16);
    put16(frame, at + 2, after);
    update_checksum(frame, plan.ip_checksum_at, before, after);
    update_checksum(frame, plan.transport_checksum_at, before, after);
  }
}

}  // namespace deadair::bench
