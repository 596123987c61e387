// Direct-mapped tables of pairs and servers.
#include "interference/handshakes.hpp"

#include <algorithm>
#include <limits>

#include "bytes/hash.hpp"

namespace deadair::interference {
namespace {

std::uint64_t key_of(const IpAddress& client, const IpAddress& server) {
  return hash_of(client, server, 0) | 1;
}
std::uint64_t key_of(const IpAddress& server) { return hash_of(server, 2, 0) | 1; }

void count(std::uint8_t& number) {
  if (number != std::numeric_limits<std::uint8_t>::max()) ++number;
}

}  // namespace

Handshakes::Pair& Handshakes::pair_of(const IpAddress& client, const IpAddress& server) {
  if (pairs_.empty()) pairs_.resize(kPairs);
  const std::uint64_t key = key_of(client, server);
  Pair& pair = pairs_[(key >> 1) % kPairs];
  if (pair.key != key) pair = {.key = key};
  return pair;
}

void Handshakes::asked(const IpAddress& client, const IpAddress& server,
                       std::optional<std::uint32_t> clock, std::int64_t ts_ns) {
  constexpr std::uint32_t kAstray = 1000;  // ticks
  constexpr std::uint8_t kOften = 2, kTurns = 3;
  if (!clock || several_clocks_) return;
  Pair& pair = pair_of(client, server);
  const std::uint32_t zero = *clock - static_cast<std::uint32_t>(ts_ns / 1'000'000);
  for (std::size_t i = 0; i < pair.clocks.size(); ++i) {
    Clock& known = pair.clocks[i];
    if (known.hits != 0 && zero - known.zero + kAstray > 2 * kAstray) continue;
    known.zero = zero;
    count(known.hits);
    if (pair.second_last != (i == 1)) count(pair.turns);
    pair.second_last = i == 1;
    several_clocks_ =
        pair.clocks[0].hits >= kOften && pair.clocks[1].hits >= kOften && pair.turns >= kTurns;
    return;
  }
}

void Handshakes::accepted(const IpAddress& client, const IpAddress& server, std::uint16_t port,
                          std::uint8_t ttl, std::int64_t took_ns) {
  Pair& pair = pair_of(client, server);
  const auto took_us = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(took_ns / 1000, 0, std::numeric_limits<std::uint32_t>::max()));
  pair.least_us = pair.count == 0 ? took_us : std::min(pair.least_us, took_us);
  ++pair.count;
  if (servers_.empty()) servers_.resize(kServers);
  const std::uint64_t key = key_of(server);
  Server& known = servers_[(key >> 1) % kServers];
  if (known.key != key) known = {.key = key};
  if (known.ports[0].number != port) known.ports[1] = known.ports[0];
  known.ports[0] = {port, ttl};
}

std::optional<Handshakes::Distance> Handshakes::distance(const IpAddress& client,
                                                         const IpAddress& server) const {
  if (pairs_.empty()) return std::nullopt;
  const std::uint64_t key = key_of(client, server);
  const Pair& pair = pairs_[(key >> 1) % kPairs];
  if (pair.key != key || pair.count == 0) return std::nullopt;
  return Distance{std::int64_t{pair.least_us} * 1000, pair.count};
}

std::optional<std::uint8_t> Handshakes::ttl_elsewhere(const IpAddress& server,
                                                      std::uint16_t port) const {
  if (servers_.empty()) return std::nullopt;
  const std::uint64_t key = key_of(server);
  const Server& known = servers_[(key >> 1) % kServers];
  if (known.key != key) return std::nullopt;
  for (const Port& other : known.ports)
    if (other.number != 0 && other.number != port) return other.ttl;
  return std::nullopt;
}

}  // namespace deadair::interference
