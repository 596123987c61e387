// Knows which flows that may belong to a call are still going on: an attempt waits for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "bytes/hash.hpp"
#include "bytes/ip_address.hpp"
#include "call/hash_chains.hpp"
#include "call/sip_event.hpp"
#include "flow/key.hpp"

namespace deadair::call {

using Socket = SocketAddress;

// `seed` keeps a capture from being made to collide; no output depends on it.
struct SocketHash {
  std::uint64_t seed = 0;
  std::size_t operator()(const Socket& socket) const {
    return static_cast<std::size_t>(hash_of(socket.ip, socket.port, seed));
  }
};
struct AddressHash {
  std::uint64_t seed = 0;
  std::size_t operator()(const IpAddress& ip) const {
    return static_cast<std::size_t>(hash_of(ip, 0, seed));
  }
};

struct NumberHash {
  std::uint64_t seed = 0;
  std::size_t operator()(std::uint64_t number) const {
    return static_cast<std::size_t>(mix(number ^ seed));
  }
};

class LiveFlows {
 public:
  // Nothing depends on `seed` but the time look-ups take.
  explicit LiveFlows(std::uint64_t seed = 0)
      : sockets_(0, SocketHash{seed}),
        hosts_(0, AddressHash{seed}),
        sessions_(0, NumberHash{seed}) {}

  void begin(const flow::FlowKey& key, std::int64_t ts_ns);
  // `ts_ns` as it was given to begin().
  void end(const flow::FlowKey& key, std::int64_t ts_ns);

  // A live flow's checks are of this ICE session (flow::SetupTrack::ice_session()); told once each.
  void begin_session(std::uint64_t session) { ++sessions_[session]; }
  void end_session(std::uint64_t session);
  [[nodiscard]] bool has_session(std::uint64_t session) const {
    return sessions_.contains(session);
  }

  [[nodiscard]] bool uses(const Socket& socket) const { return sockets_.contains(socket); }
  // True when a live flow of the host began within the stretch. Of a host with more than a few,
  // only the latest are known.
  [[nodiscard]] bool began(const IpAddress& host, std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  static constexpr std::size_t kMostKnown = 8;

  void add(const IpAddress& host, std::uint16_t port, std::int64_t ts_ns);
  void remove(const IpAddress& host, std::uint16_t port, std::int64_t ts_ns);

  std::unordered_map<Socket, std::uint32_t, SocketHash> sockets_;  // flows of each
  std::unordered_map<IpAddress, std::vector<std::int64_t>, AddressHash> hosts_;
  std::unordered_map<std::uint64_t, std::uint32_t, NumberHash> sessions_;  // flows of each
};

}  // namespace deadair::call
