// Remembers of TCP handshakes how far the hosts were from each other, and how servers accept.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "bytes/ip_address.hpp"

namespace deadair::interference {

// Two tables of fixed size; a newer pair or server takes the place of an older one. What is
// forgotten makes an answer more careful, never bolder.
class Handshakes {
 public:
  static constexpr std::size_t kPairs = 1U << 12, kServers = 1U << 12;

  // A client asks, with this value of its timestamp clock where it shows one (RFC 7323).
  void asked(const IpAddress& client, const IpAddress& server, std::optional<std::uint32_t> clock,
             std::int64_t ts_ns);
  // A server answers the one SYN it got, `took_ns` after that came by, with this TTL.
  void accepted(const IpAddress& client, const IpAddress& server, std::uint16_t port,
                std::uint8_t ttl, std::int64_t took_ns);

  // From the SYN to its answer, at the place of capture: the shortest, and of how many.
  struct Distance {
    std::int64_t least_ns = 0;
    std::uint32_t count = 0;
  };
  [[nodiscard]] std::optional<Distance> distance(const IpAddress& client,
                                                 const IpAddress& server) const;
  // The TTL with which another port of the server accepted.
  [[nodiscard]] std::optional<std::uint8_t> ttl_elsewhere(const IpAddress& server,
                                                          std::uint16_t port) const;
  // One address spoke to one server by two clocks in turn: it stands for several hosts.
  [[nodiscard]] bool several_clocks() const { return several_clocks_; }

 private:
  // The clocks are those that tick in milliseconds, as most do; each is told by where it stood at
  // time zero.
  struct Clock {
    std::uint32_t zero = 0;
    std::uint8_t hits = 0;
  };
  struct Pair {
    std::uint64_t key = 0;
    std::uint32_t least_us = 0;
    std::uint32_t count = 0;
    std::array<Clock, 2> clocks{};
    bool second_last = false;  // which clock spoke last
    std::uint8_t turns = 0;
  };
  struct Port {
    std::uint16_t number = 0;
    std::uint8_t ttl = 0;
  };
  struct Server {
    std::uint64_t key = 0;
    std::array<Port, 2> ports{};
  };

  Pair& pair_of(const IpAddress& client, const IpAddress& server);

  std::vector<Pair> pairs_;
  std::vector<Server> servers_;
  bool several_clocks_ = false;
};

}  // namespace deadair::interference
